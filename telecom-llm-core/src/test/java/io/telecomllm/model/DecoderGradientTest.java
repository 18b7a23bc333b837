package io.telecomllm.model;

import static io.telecomllm.testing.Vectors.assertClose;

import ai.djl.ndarray.NDArray;
import io.telecomllm.lora.Deltas;
import io.telecomllm.lora.Gradients;
import io.telecomllm.lora.Parameter;
import io.telecomllm.model.files.ModelLoader;
import io.telecomllm.tensor.Autograd;
import io.telecomllm.tensor.Autograd.Values;
import io.telecomllm.tensor.DataType;
import io.telecomllm.tensor.Device;
import io.telecomllm.tensor.Operators;
import io.telecomllm.tensor.Scope;
import io.telecomllm.testing.Golden;
import io.telecomllm.testing.Shared;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The explicit backward of every architecture against autograd, for every parameter there is. */
@Tag("shared")
class DecoderGradientTest {
  /**
   * Of the largest magnitude, at least of 1; how far off fp32 is depends on the processor's sums.
   */
  private static final double TOLERANCE = 5e-5;

  static Stream<String> models() {
    return Shared.names("goldens/models");
  }

  @ParameterizedTest
  @MethodSource("models")
  void backwardEqualsAutograd(String name) {
    try (LanguageModel model =
            ModelLoader.of(Shared.path("goldens/models/" + name))
                .device(Device.cpu())
                .computeType(DataType.FLOAT32)
                .dense()
                .load();
        Golden golden = Golden.open("goldens/models/" + name + "/expected.safetensors");
        Scope scope = Scope.open(Device.cpu())) {
      Operators ops = scope.operators();
      // the head has no part in the hidden states
      List<Parameter> parameters =
          model.network().parameters().stream()
              .filter(p -> !p.name().startsWith("lm_head"))
              .toList();
      int[] ids = golden.ints("2.input_ids");
      Values g = Values.random(7, ids.length, model.config().hiddenSize());
      Autograd.Result expected =
          Autograd.differentiate(
              arrays -> oracle(model, parameters, arrays).hidden(ids),
              g,
              parameters.stream()
                  .map(p -> new Values(ops.toFloats(p.value()), p.value().shape()))
                  .toArray(Values[]::new));

      Gradients gradients = Gradients.zeros(parameters, scope);
      ForwardPass pass = model.network().record(TokenBatch.of(ids), Deltas.none(), null, scope);
      same("hidden states", ops.toFloats(pass.hidden()), expected.value());
      pass.backward(g.in(ops), gradients);
      for (int i = 0; i < parameters.size(); i++) {
        String parameter = parameters.get(i).name();
        float[] found = ops.toFloats(Objects.requireNonNull(gradients.of(parameter)));
        same(parameter, found, expected.gradients().get(i));
      }
    }
  }

  private static void same(String what, float[] found, float[] expected) {
    double largest = 1;
    for (float value : expected) {
      largest = Math.max(largest, Math.abs(value));
    }
    assertClose(what, found, expected, TOLERANCE * largest);
  }

  private static NaiveDecoder oracle(
      LanguageModel model, List<Parameter> parameters, List<NDArray> arrays) {
    Map<String, NDArray> byName = new HashMap<>();
    for (int i = 0; i < parameters.size(); i++) {
      byName.put(parameters.get(i).name(), arrays.get(i));
    }
    return new NaiveDecoder(model.config(), byName);
  }
}
