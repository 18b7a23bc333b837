package io.telecomllm.tensor;

import ai.djl.engine.Engine;
import java.util.Map;
import java.util.TreeMap;

/** The library that tensors are computed with. */
public final class NativeLibrary {
  private NativeLibrary() {}

  /** The versions of {@code djl} and {@code libtorch} in use. */
  public static Map<String, String> versions() {
    return new TreeMap<>(
        Map.of(
            "djl", Engine.getDjlVersion(), "libtorch", Engine.getEngine("PyTorch").getVersion()));
  }
}
