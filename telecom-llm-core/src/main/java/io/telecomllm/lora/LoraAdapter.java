package io.telecomllm.lora;

import static com.google.common.base.Preconditions.checkArgument;

import io.telecomllm.tensor.DataType;
import io.telecomllm.tensor.Operators;
import io.telecomllm.tensor.Scope;
import io.telecomllm.tensor.Tensor;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A low-rank adapter (Hu et al. 2021): two matrices in fp32 for each adapted linear layer. It owns
 * its memory. Threads may share it as long as nobody trains it.
 */
public final class LoraAdapter implements AutoCloseable {
  private final LoraConfig config;
  private final Scope scope;
  private final Map<String, Pair> pairs;

  /** a (rank, in), b (out, rank). */
  record Pair(Tensor a, Tensor b) {}

  LoraAdapter(LoraConfig config, Scope scope, Map<String, Pair> pairs) {
    this.config = config;
    this.scope = scope;
    this.pairs = new LinkedHashMap<>(pairs);
  }

  /**
   * A new adapter that changes nothing yet: a uniform in +-1/sqrt(in) as PEFT has it, b zero.
   *
   * @param modules the linear layers of the model
   * @throws IllegalArgumentException naming the layers there are, if the config targets none of
   *     them
   */
  public static LoraAdapter create(
      LoraConfig config,
      List<AdaptedModule> modules,
      io.telecomllm.tensor.Device device,
      long seed) {
    List<AdaptedModule> targets = modules.stream().filter(m -> config.targets(m.name())).toList();
    requireEveryTargetMatches(config, modules);
    Scope scope = Scope.open(device);
    Operators ops = scope.operators();
    Map<String, Pair> pairs = new LinkedHashMap<>();
    for (AdaptedModule module : targets) {
      // a generator for each layer: its values do not depend on which others are adapted
      SplittableRandom random = new SplittableRandom(seed ^ stableHash(module.name()));
      float bound = (float) (1 / Math.sqrt(module.in()));
      Tensor a =
          ops.filled(
              DataType.FLOAT32,
              bytes -> uniform(bytes.asFloatBuffer(), random, bound),
              config.rank(),
              module.in());
      pairs.put(
          module.name(), new Pair(a, ops.zeros(DataType.FLOAT32, module.out(), config.rank())));
    }
    return new LoraAdapter(config, scope, pairs);
  }

  private static void requireEveryTargetMatches(LoraConfig config, List<AdaptedModule> modules) {
    String existing =
        modules.stream()
            .map(m -> m.name().substring(m.name().lastIndexOf('.') + 1))
            .distinct()
            .sorted()
            .collect(Collectors.joining(", "));
    for (String target : config.targetModules()) {
      LoraConfig alone = config.toBuilder().targetModules(target).build();
      checkArgument(
          modules.stream().anyMatch(m -> alone.targets(m.name())),
          "target module %s matches no linear layer; this model has %s",
          target,
          existing);
    }
    checkArgument(!modules.isEmpty(), "a model without linear layers cannot be adapted");
  }

  private static long stableHash(String name) {
    long hash = 0xcbf29ce484222325L;
    for (int i = 0; i < name.length(); i++) {
      hash = (hash ^ name.charAt(i)) * 0x100000001b3L;
    }
    return hash;
  }

  private static void uniform(FloatBuffer into, SplittableRandom random, float bound) {
    while (into.hasRemaining()) {
      into.put((float) ((random.nextDouble() * 2 - 1) * bound));
    }
  }

  /**
   * Reads a PEFT folder: {@code adapter_config.json} and {@code adapter_model.safetensors}.
   *
   * @param modules the linear layers of the model that it shall adapt
   * @throws io.telecomllm.IncompatibleException if it was made for another base model
   * @throws io.telecomllm.UnsupportedModelException naming the setting, if it uses one that is not
   *     known here
   * @throws io.telecomllm.InvalidDataException naming file and field or tensor, if it is damaged
   */
  public static LoraAdapter load(
      Path folder, List<AdaptedModule> modules, io.telecomllm.tensor.Device device) {
    return PeftFolder.read(folder, modules, device);
  }

  /**
   * Writes a PEFT folder; each file appears whole or not at all.
   *
   * @param baseModel PEFT's {@code base_model_name_or_path}
   */
  public void save(Path folder, String baseModel) {
    PeftFolder.write(this, folder, baseModel);
  }

  /** What it adapts and how strongly. */
  public LoraConfig config() {
    return config;
  }

  /** The names of the adapted linear layers. */
  public List<String> modules() {
    return List.copyOf(pairs.keySet());
  }

  /** The number of trainable values. */
  public long trainableParameters() {
    return parameters().stream().mapToLong(p -> p.value().elements()).sum();
  }

  /** The matrices by PEFT's names, the a of a layer before its b. */
  public List<Parameter> parameters() {
    List<Parameter> parameters = new ArrayList<>();
    pairs.forEach(
        (module, pair) -> {
          parameters.add(new Parameter(PeftFolder.nameOfA(module), pair.a()));
          parameters.add(new Parameter(PeftFolder.nameOfB(module), pair.b()));
        });
    return parameters;
  }

  /** Ready to answer with, in the compute type; the copies belong to the scope. */
  public Deltas deltas(DataType compute, Scope owner) {
    return deltas(compute, owner, null);
  }

  /** Ready to train with: the backward pass adds to these gradients. */
  public Deltas deltas(DataType compute, Scope owner, @Nullable Gradients gradients) {
    Operators ops = owner.operators();
    Map<String, LoraDelta> deltas = new LinkedHashMap<>();
    pairs.forEach(
        (module, pair) ->
            deltas.put(
                module,
                new LoraDelta(
                    ops.to(pair.a(), compute),
                    ops.to(pair.b(), compute),
                    config.scale(),
                    gradients == null ? null : gradients.of(PeftFolder.nameOfA(module)),
                    gradients == null ? null : gradients.of(PeftFolder.nameOfB(module)))));
    return new Deltas(deltas);
  }

  /**
   * scale b a, (out, in) in fp32: what merging adds to the layer's weight; null if it is not
   * adapted.
   */
  public @Nullable Tensor update(String module, Operators ops) {
    Pair pair = pairs.get(module);
    return pair == null ? null : ops.multiply(ops.matmul(pair.b(), pair.a()), config.scale());
  }

  /** Frees its memory; a second call does nothing. */
  @Override
  public void close() {
    scope.close();
  }
}
