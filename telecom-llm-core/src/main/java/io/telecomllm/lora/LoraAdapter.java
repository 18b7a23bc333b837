package io.telecomllm.lora;

import io.telecomllm.IncompatibleException;
import io.telecomllm.Internal;
import io.telecomllm.tensor.DataType;
import io.telecomllm.tensor.Operators;
import io.telecomllm.tensor.Scope;
import io.telecomllm.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A low-rank adapter (Hu et al. 2021): two small matrices for each adapted linear layer, and
 * trained copies of parameters of the base model, all in fp32. It owns its native memory, which
 * {@link #close} frees. Thread-safe while it is not being trained.
 */
public final class LoraAdapter implements AutoCloseable {
  private final LoraConfig config;
  private final Scope scope;
  private final Map<String, AdaptedLayer> layers;
  private final Map<String, Tensor> replaced;
  private final Optional<AdaptableNetwork.Embeddings> tied;

  /**
   * Creates an adapter of existing values; it closes the scope that owns them.
   *
   * @param tied embedding and head, if the replaced embedding is the head's matrix too
   */
  @Internal
  public LoraAdapter(
      LoraConfig config,
      Scope scope,
      Map<String, AdaptedLayer> layers,
      Map<String, Tensor> replaced,
      Optional<AdaptableNetwork.Embeddings> tied) {
    this.config = config;
    this.scope = scope;
    this.layers = Collections.unmodifiableMap(new LinkedHashMap<>(layers));
    this.replaced = Collections.unmodifiableMap(new LinkedHashMap<>(replaced));
    this.tied = tied;
  }

  /**
   * Creates an adapter with the initial values that the configuration asks for. It does not change
   * the model's results yet, except that {@link LoraInitialization#LOFTQ} corrects part of the
   * quantization error.
   *
   * @param seed the seed of random initial values; the same seed gives the same adapter
   * @throws IllegalArgumentException naming the existing layers, if a target matches none of them;
   *     or if the configuration asks for a combination that is not supported, such as {@link
   *     LoraInitialization#LOFTQ} for dense weights
   */
  public static LoraAdapter create(LoraConfig config, AdaptableModel model, long seed) {
    AdaptableNetwork network = model.network();
    AdapterPlan plan = AdapterPlan.of(config, network);
    plan.requireEveryTargetMatches(config, network);
    Scope scope = Scope.open(network.device());
    try {
      Initialization values = new Initialization(config.initialization(), network, seed, scope);
      Map<String, AdaptedLayer> layers = new LinkedHashMap<>();
      plan.layers().forEach((name, layer) -> layers.put(name, values.layer(layer)));
      Map<String, Tensor> replaced = new LinkedHashMap<>();
      for (String name : plan.replaced().keySet()) {
        try (Scope work = scope.child()) {
          Tensor copy = work.operators().copy(network.parameter(name, work));
          replaced.put(name, scope.adopt(copy));
        }
      }
      return new LoraAdapter(config, scope, layers, replaced, plan.tied());
    } catch (RuntimeException e) {
      scope.close();
      throw e;
    }
  }

  /**
   * Checks that a model has every layer and parameter that this adapter changes, in the same sizes.
   *
   * @throws io.telecomllm.IncompatibleException naming the first one that is missing or has another
   *     size
   */
  public void requireFits(AdaptableModel model) {
    Map<String, AdaptedModule> modules = new LinkedHashMap<>();
    model.network().linearLayers().forEach(module -> modules.put(module.name(), module));
    layers.forEach(
        (name, layer) -> {
          AdaptedModule own = layer.plan().module();
          AdaptedModule other = modules.get(name);
          requireSame(
              "linear layer " + name,
              List.of((long) own.out(), (long) own.in()),
              other == null ? null : List.of((long) other.out(), (long) other.in()));
        });
    Map<String, List<Long>> replaceable = model.network().replaceable();
    replaced.forEach(
        (name, value) ->
            requireSame(
                "parameter " + name + " to replace",
                Arrays.stream(value.shape()).boxed().toList(),
                replaceable.get(name)));
    if (tied.isPresent() && !model.network().embeddings().tied()) {
      throw new IncompatibleException(
          "the adapter is for another model: it has one matrix for embedding and head, this one"
              + " has two");
    }
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

  /** Returns the configuration. */
  public LoraConfig config() {
    return config;
  }

  /** Returns the names of the adapted linear layers. */
  public List<String> modules() {
    return List.copyOf(layers.keySet());
  }

  /** Returns the values of the adapted layers by name, in the model's order; unmodifiable. */
  @Internal
  public Map<String, AdaptedLayer> layers() {
    return layers;
  }

  /** Returns the values of the replaced parameters by name; unmodifiable. */
  @Internal
  public Map<String, Tensor> replaced() {
    return replaced;
  }

  /**
   * Returns the names of embedding and head if the replaced embedding is the head's matrix too;
   * empty if the head is replaced by itself or not at all.
   */
  @Internal
  public Optional<AdaptableNetwork.Embeddings> tied() {
    return tied;
  }

  /** Returns the number of trainable values. */
  public long trainableParameters() {
    return parameters().stream().mapToLong(p -> p.value().elements()).sum();
  }

  /**
   * Returns the trained parameters: the matrices under PEFT's names, each layer's a before its b;
   * then the copies of the base model's parameters under the base model's names.
   */
  @Internal
  public List<Parameter> parameters() {
    List<Parameter> parameters = new ArrayList<>();
    layers.values().forEach(layer -> parameters.addAll(layer.parameters()));
    replaced.forEach((name, value) -> parameters.add(new Parameter(name, value)));
    return parameters;
  }

  /** Returns the changes for answering, in the compute type; the copies belong to the scope. */
  @Internal
  public Deltas deltas(DataType compute, Scope owner) {
    return deltas(compute, owner, null);
  }

  /**
   * Returns the changes for training, whose backward pass adds to these gradients; the copies
   * belong to the scope. {@link Deltas#withDropout} adds dropout for each micro-batch.
   */
  @Internal
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
    return new Deltas(deltas, parameters, tied.isPresent());
  }

  /**
   * Returns the merged weight of a layer minus its own, (out, in) in fp32; null if the layer is not
   * adapted.
   *
   * @param weight the layer's own weight, (out, in) in fp32 on the adapter's device
   */
  @Internal
  public @Nullable Tensor update(String module, Tensor weight, Operators ops) {
    AdaptedLayer layer = layers.get(module);
    return layer == null ? null : layer.update(weight, ops);
  }

  /** Returns the value that replaces a parameter of the base model, in fp32; or null. */
  @Internal
  public @Nullable Tensor replacement(String name) {
    return replaced.get(name);
  }

  /** Frees its memory; a second call does nothing. */
  @Override
  public void close() {
    scope.close();
  }
}
