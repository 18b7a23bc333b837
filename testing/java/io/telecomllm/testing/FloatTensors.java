package io.telecomllm.testing;

import io.telecomllm.weights.SafetensorsFile;
import io.telecomllm.weights.SafetensorsWriter;
import io.telecomllm.weights.SafetensorsWriter.Tensor;
import io.telecomllm.weights.TensorInfo;
import io.telecomllm.weights.TensorSource;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

/** A file of fp32 tensors that a test changes by hand. */
public final class FloatTensors {
  private FloatTensors() {}

  /** Reads all tensors of a file, in its order. */
  public static Map<String, Tensor> read(Path file) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    try (TensorSource source = SafetensorsFile.open(file)) {
      for (String name : source.names()) {
        TensorInfo info = source.info(name);
        float[] values = new float[Math.toIntExact(info.elements())];
        source.readFloats(name, FloatBuffer.wrap(values));
        tensors.put(name, Tensor.ofFloats(info.shape(), values));
      }
    }
    return tensors;
  }

  /** Writes a file again with other tensors. */
  public static void change(Path file, Consumer<Map<String, Tensor>> change) {
    Map<String, Tensor> tensors = read(file);
    change.accept(tensors);
    SafetensorsWriter.write(file, tensors, Map.of("format", "pt"));
  }
}
