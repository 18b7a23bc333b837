package io.telecomllm.export;

import io.telecomllm.model.NetworkWeights;
import io.telecomllm.quantization.Workspace;
import io.telecomllm.tensor.DataType;
import io.telecomllm.tensor.Device;
import io.telecomllm.tensor.Operators;
import io.telecomllm.tensor.Scope;
import io.telecomllm.tensor.Tensor;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Reads the weights of a network as floats on the host, with one weight in memory at a time. */
final class DecoderFloats implements AutoCloseable {
  private final Map<String, GgufExport.Weight> weights = new LinkedHashMap<>();
  private @Nullable Scope scope;
  private @Nullable FloatBuffer floats;
  private String held = "";

  DecoderFloats(NetworkWeights network, Workspace workspace) {
    network
        .others()
        .forEach((name, value) -> weights.put(name, weight(name, value.shape(), () -> value)));
    network
        .matrices()
        .forEach(
            (name, matrix) -> {
              long[] shape = {matrix.out(), matrix.in()};
              weights.put(name, weight(name, shape, () -> matrix.dense(workspace)));
            });
  }

  /** Returns the weights by Hugging Face's names. */
  Map<String, GgufExport.Weight> weights() {
    return weights;
  }

  private GgufExport.Weight weight(String name, long[] shape, Supplier<Tensor> value) {
    List<Long> dimensions = Arrays.stream(shape).boxed().toList();
    return new GgufExport.Weight(
        dimensions,
        (from, into) -> {
          FloatBuffer all = floats(name, value);
          int count = into.remaining();
          into.put(all.slice(Math.toIntExact(from), count));
        });
  }

  private FloatBuffer floats(String name, Supplier<Tensor> value) {
    FloatBuffer current = floats;
    if (current == null || !name.equals(held)) {
      close();
      Scope own = Scope.open(Device.cpu());
      scope = own;
      Operators ops = own.operators();
      current = ops.copy(ops.to(value.get(), DataType.FLOAT32)).bytes().asFloatBuffer();
      floats = current;
      held = name;
    }
    return current;
  }

  @Override
  public void close() {
    if (scope != null) {
      scope.close();
      scope = null;
      floats = null;
    }
  }
}
