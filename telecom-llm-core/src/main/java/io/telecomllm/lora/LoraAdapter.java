package io.telecomllm.lora;

import io.telecomllm.IncompatibleException;
import io.telecomllm.tensor.DataType;
import io.telecomllm.tensor.Operators;
import io.telecomllm.tensor.Scope;
import io.telecomllm.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A low-rank adapter (Hu et al. 2021): two small matrices for each adapted linear layer, and copies
 * of those parameters of the base that are trained whole, all in fp32. It owns its memory. Threads
 * may share it as long as nobody trains it.
 */
public final class LoraAdapter implements AutoCloseable {
  private final LoraConfig config;
  private final Scope scope;
  private final Map<String, AdaptedLayer> layers;
  private final Map<String, Tensor> replaced;

  public LoraAdapter(
      LoraConfig config,
      Scope scope,
      Map<String, AdaptedLayer> layers,
      Map<String, Tensor> replaced) {
    this.config = config;
    this.scope = scope;
    this.layers = new LinkedHashMap<>(layers);
    this.replaced = new LinkedHashMap<>(replaced);
  }

  /**
   * A new adapter, with the values of the config's initialization. It changes nothing yet, except
   * that {@link LoraInitialization#LOFTQ} repairs some of what quantisation took away.
   *
   * @throws IllegalArgumentException naming the layers there are, if a target means none of them;
   *     or if the config asks for what does not go together, such as {@link
   *     LoraInitialization#LOFTQ} for dense weights
   */
  public static LoraAdapter create(LoraConfig config, AdaptableModel model, long seed) {
    AdapterPlan plan = AdapterPlan.of(config, model);
    plan.requireEveryTargetMatches(config, model);
    Scope scope = Scope.open(model.device());
    try {
      Initialization values = new Initialization(config.initialization(), model, seed, scope);
      Map<String, AdaptedLayer> layers = new LinkedHashMap<>();
      plan.layers().forEach((name, layer) -> layers.put(name, values.layer(layer)));
      Map<String, Tensor> replaced = new LinkedHashMap<>();
      for (String name : plan.replaced().keySet()) {
        try (Scope work = scope.child()) {
          Tensor copy = work.operators().copy(model.parameter(name, work));
          replaced.put(name, scope.adopt(copy));
        }
      }
      return new LoraAdapter(config, scope, layers, replaced);
    } catch (RuntimeException e) {
      scope.close();
      throw e;
    }
  }

  /**
   * Checks that the model has every layer that this adapter adapts and every parameter that it
   * replaces, in the same sizes.
   *
   * @throws io.telecomllm.IncompatibleException naming the first that is missing or of another size
   */
  public void requireFits(AdaptableModel model) {
    Map<String, AdaptedModule> modules = new LinkedHashMap<>();
    model.linearLayers().forEach(module -> modules.put(module.name(), module));
    layers.forEach(
        (name, layer) -> {
          AdaptedModule own = layer.plan().module();
          AdaptedModule other = modules.get(name);
          requireSame(
              "linear layer " + name,
              List.of((long) own.out(), (long) own.in()),
              other == null ? null : List.of((long) other.out(), (long) other.in()));
        });
    Map<String, List<Long>> replaceable = model.replaceable();
    replaced.forEach(
        (name, value) ->
            requireSame(
                "parameter " + name + " to replace",
                Arrays.stream(value.shape()).boxed().toList(),
                replaceable.get(name)));
  }

  private static void requireSame(String what, List<Long> own, @Nullable List<Long> other) {
    if (other == null) {
      throw new IncompatibleException("the adapter is for another model: this one has no " + what);
    }
    if (!own.equals(other)) {
      throw new IncompatibleException(
          "the adapter is for another model: it expects the "
              + what
              + " of shape "
              + own
              + ", this one has "
              + other);
    }
  }

  /** What it adapts and how strongly. */
  public LoraConfig config() {
    return config;
  }

  /** The names of the adapted linear layers. */
  public List<String> modules() {
    return List.copyOf(layers.keySet());
  }

  public Map<String, AdaptedLayer> layers() {
    return layers;
  }

  public Map<String, Tensor> replaced() {
    return replaced;
  }

  /** The number of trainable values. */
  public long trainableParameters() {
    return parameters().stream().mapToLong(p -> p.value().elements()).sum();
  }

  /**
   * What is trained: the matrices by PEFT's names, the a of a layer before its b; then the copies
   * of the base's parameters by the base's names.
   */
  public List<Parameter> parameters() {
    List<Parameter> parameters = new ArrayList<>();
    layers.values().forEach(layer -> parameters.addAll(layer.parameters()));
    replaced.forEach((name, value) -> parameters.add(new Parameter(name, value)));
    return parameters;
  }

  /** Ready to answer with, in the compute type; the copies belong to the scope. */
  public Deltas deltas(DataType compute, Scope owner) {
    return deltas(compute, owner, null);
  }

  /**
   * Ready to train with: the backward pass adds to these gradients. Dropout comes with {@link
   * Deltas#withDropout}, for each micro-batch anew.
   */
  public Deltas deltas(DataType compute, Scope owner, @Nullable Gradients gradients) {
    Operators ops = owner.operators();
    Map<String, LoraDelta> deltas = new LinkedHashMap<>();
    layers.forEach(
        (module, layer) ->
            deltas.put(module, layer.delta(compute, config.dropout(), ops, gradients)));
    Map<String, Tensor> parameters = new LinkedHashMap<>();
    replaced.forEach(
        (name, value) ->
            parameters.put(
                name, ops.to(value, value.shape().length > 1 ? compute : DataType.FLOAT32)));
    return new Deltas(deltas, parameters);
  }

  /**
   * The merged weight of a layer minus its own, (out, in) in fp32; null if the layer is not
   * adapted.
   *
   * @param weight its own, (out, in) in fp32 on the adapter's device
   */
  public @Nullable Tensor update(String module, Tensor weight, Operators ops) {
    AdaptedLayer layer = layers.get(module);
    return layer == null ? null : layer.update(weight, ops);
  }

  /** The value that takes the place of that parameter of the base, in fp32; or null. */
  public @Nullable Tensor replacement(String name) {
    return replaced.get(name);
  }

  /** Frees its memory; a second call does nothing. */
  @Override
  public void close() {
    scope.close();
  }
}
