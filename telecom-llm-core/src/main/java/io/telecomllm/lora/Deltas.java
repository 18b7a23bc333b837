package io.telecomllm.lora;

import io.telecomllm.tensor.Tensor;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The updates of an adapter by the names of the linear layers, ready to compute with. */
public final class Deltas {
  private static final Deltas NONE = new Deltas(Map.of());
  private final Map<String, LoraDelta> byModule;

  Deltas(Map<String, LoraDelta> byModule) {
    this.byModule = Map.copyOf(byModule);
  }

  /** No adapter: the base model alone. */
  public static Deltas none() {
    return NONE;
  }

  /** The update of that linear layer, or null. */
  public @Nullable LoraDelta of(String module) {
    return byModule.get(module);
  }

  /** What stands for that parameter of the base, vectors in fp32, matrices in the compute type. */
  public @Nullable Tensor parameter(String name) {
    return null;
  }
}
