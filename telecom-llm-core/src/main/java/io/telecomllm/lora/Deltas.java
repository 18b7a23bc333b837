package io.telecomllm.lora;

import io.telecomllm.Internal;
import io.telecomllm.tensor.DataType;
import io.telecomllm.tensor.Scope;
import io.telecomllm.tensor.Seed;
import io.telecomllm.tensor.Tensor;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The changes that an adapter makes to a model, ready to compute with. Immutable. */
@Internal
public final class Deltas {
  private static final Deltas NONE = new Deltas(Map.of(), Map.of(), false);
  private final Map<String, LoraDelta> byModule;
  private final Map<String, Tensor> parameters;
  private final boolean tied;

  Deltas(Map<String, LoraDelta> byModule, Map<String, Tensor> parameters, boolean tied) {
    this.byModule = Map.copyOf(byModule);
    this.parameters = Map.copyOf(parameters);
    this.tied = tied;
  }

  /** Returns no changes: the base model computes alone. */
  public static Deltas none() {
    return NONE;
  }

  /**
   * Returns the changes of an adapter, if there is one, for answering; see {@link
   * LoraAdapter#deltas}.
   *
   * @param owner owns the copies; closed if this fails
   */
  public static Deltas of(Optional<LoraAdapter> adapter, DataType compute, Scope owner) {
    try {
      return adapter.map(a -> a.deltas(compute, owner)).orElse(NONE);
    } catch (RuntimeException e) {
      owner.close();
      throw e;
    }
  }

  /**
   * Returns a copy for one training pass, forward and backward, with the configuration's dropout;
   * without it nothing is dropped. Each layer draws its mask from this seed and its own name.
   *
   * @param seed a different one for each micro-batch of a run
   */
  public Deltas withDropout(Seed seed) {
    Map<String, LoraDelta> dropped = new HashMap<>();
    byModule.forEach((name, delta) -> dropped.put(name, delta.withDropout(seed.child(name))));
    return new Deltas(dropped, parameters, tied);
  }

  /** Returns whether the matrix that replaces the embedding is the head's too. */
  public boolean tied() {
    return tied;
  }

  /** Returns the update of a linear layer, or null if it is not adapted. */
  public @Nullable LoraDelta of(String module) {
    return byModule.get(module);
  }

  /**
   * Returns the value that replaces a parameter of the base model, a vector in fp32 or a matrix in
   * the compute type; or null. Its gradient has the same name.
   */
  public @Nullable Tensor parameter(String name) {
    return parameters.get(name);
  }
}
