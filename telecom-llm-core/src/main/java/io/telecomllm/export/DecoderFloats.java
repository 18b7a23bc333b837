package io.telecomllm.export;

import io.telecomllm.model.NetworkWeights;
import io.telecomllm.quantization.Workspace;
import io.telecomllm.tensor.DataType;
import io.telecomllm.tensor.Device;
import io.telecomllm.tensor.Scope;
import io.telecomllm.tensor.Tensor;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads the weights of a network as floats on the host, with one weight in memory at a time. */
final class DecoderFloats implements AutoCloseable {
  private final Map<String, GgufExport.Weight> weights = new LinkedHashMap<>();
  private @Nullable Scope scope;
  private @Nullable FloatBuffer floats;
  private String held = "";

  DecoderFloats(NetworkWeights network, Workspace workspace) {
    network
        .vectors()
        .forEach(
            (name, vector) ->
                add(
                    name,
                    vector.shape(),
                    own -> own.operators().copy(own.operators().to(vector, DataType.FLOAT32))));
    network
        .matrices()
        .forEach(
            (name, matrix) ->
                add(
                    name,
                    new long[] {matrix.out(), matrix.in()},
                    own -> matrix.copy(workspace, DataType.FLOAT32, own)));
  }

  /** Returns the weights by Hugging Face's names. */
  Map<String, GgufExport.Weight> weights() {
    return weights;
  }

  /**
   * @param reader returns a copy of the values in fp32 on the scope's device
   */
  private void add(String name, long[] shape, Function<Scope, Tensor> reader) {
    List<Long> dimensions = Arrays.stream(shape).boxed().toList();
    GgufExport.Weight weight =
        new GgufExport.Weight(
            dimensions,
            (from, into) -> {
              FloatBuffer all = floats(name, reader);
              int count = into.remaining();
              into.put(all.slice(Math.toIntExact(from), count));
            });
    weights.put(name, weight);
  }

  private FloatBuffer floats(String name, Function<Scope, Tensor> reader) {
    FloatBuffer current = floats;
    if (current == null || !name.equals(held)) {
      close();
      Scope own = Scope.open(Device.cpu());
      scope = own;
      current = reader.apply(own).bytes().asFloatBuffer();
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
