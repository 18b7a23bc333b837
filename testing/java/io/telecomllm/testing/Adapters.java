package io.telecomllm.testing;

import io.telecomllm.lora.LoraAdapter;
import io.telecomllm.lora.Parameter;
import io.telecomllm.tensor.Device;
import io.telecomllm.tensor.Scope;

/** Adapters that change something. */
public final class Adapters {
  private Adapters() {}

  /**
   * Fills all parameters with random values that depend on their names. The b of a new adapter is
   * 0, which would hide what is wrong with a.
   */
  public static void randomise(LoraAdapter adapter, double deviation) {
    try (Scope scope = Scope.open(Device.cpu())) {
      for (Parameter parameter : adapter.parameters()) {
        scope.operators().normalInPlace(parameter.value(), deviation, parameter.name().hashCode());
      }
    }
  }
}
