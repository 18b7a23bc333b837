package io.telecomllm.lora;

import io.telecomllm.tensor.Seed;
import io.telecomllm.tensor.Tensor;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What an adapter changes, ready to compute with. */
public final class Deltas {
  private static final Deltas NONE = new Deltas(Map.of(), Map.of());
  private final Map<String, LoraDelta> byModule;
  private final Map<String, Tensor> parameters;

  Deltas(Map<String, LoraDelta> byModule, Map<String, Tensor> parameters) {
    this.byModule = Map.copyOf(byModule);
    this.parameters = Map.copyOf(parameters);
  }

  /** No adapter: the base model alone. */
  public static Deltas none() {
    return NONE;
  }

  /**
   * The same for one training pass, forward and backward, with the config's dropout; without this
   * nothing is dropped. Each layer draws its mask from this seed and its name.
   *
   * @param seed another one for each micro-batch of a run
   */
  public Deltas withDropout(Seed seed) {
    Map<String, LoraDelta> dropped = new HashMap<>();
    byModule.forEach((name, delta) -> dropped.put(name, delta.withDropout(seed.child(name))));
    return new Deltas(dropped, parameters);
  }

  /** The update of that linear layer, or null. */
  public @Nullable LoraDelta of(String module) {
    return byModule.get(module);
  }

  /**
   * The value that takes the place of that parameter of the base, or null: a vector in fp32, a
   * matrix in the compute type. Its gradient gathers under the same name.
   */
  public @Nullable Tensor parameter(String name) {
    return parameters.get(name);
  }
}
