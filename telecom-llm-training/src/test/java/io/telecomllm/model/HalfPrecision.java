package io.telecomllm.model;

import io.telecomllm.tensor.DataType;
import io.telecomllm.tensor.Device;
import java.nio.file.Path;

/** Models that compute in FLOAT16, which the library does not offer yet. */
public final class HalfPrecision {
  private HalfPrecision() {}

  /** A dense one on the CPU. */
  public static LanguageModel load(Path folder) {
    return LanguageModel.loader(folder)
        .device(Device.cpu())
        .computingIn(DataType.FLOAT16)
        .dense()
        .load();
  }
}
