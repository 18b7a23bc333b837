package io.telecomllm.tensor;

import ai.djl.engine.Engine;
import io.telecomllm.Internal;
import java.util.Map;
import java.util.TreeMap;

/** Tells which native library computes the tensors. */
@Internal
public final class NativeLibrary {
  private NativeLibrary() {}

  /** Returns the versions in use, under the keys {@code djl} and {@code libtorch}. */
  public static Map<String, String> versions() {
    return new TreeMap<>(
        Map.of(
            "djl", Engine.getDjlVersion(), "libtorch", Engine.getEngine("PyTorch").getVersion()));
  }
}
