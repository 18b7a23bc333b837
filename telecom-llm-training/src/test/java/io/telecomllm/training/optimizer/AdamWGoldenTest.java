package io.telecomllm.training.optimizer;

import static io.telecomllm.testing.Vectors.assertClose;
import static org.assertj.core.api.Assertions.assertThat;

import io.telecomllm.lora.Gradients;
import io.telecomllm.lora.Parameter;
import io.telecomllm.quantization.DynamicCode;
import io.telecomllm.tensor.Device;
import io.telecomllm.tensor.Operators;
import io.telecomllm.tensor.Scope;
import io.telecomllm.tensor.Tensor;
import io.telecomllm.testing.Golden;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Twelve steps of bitsandbytes' 8-bit AdamW and the state they leave. */
@Tag("shared")
class AdamWGoldenTest {
  private static final String FILE = "goldens/optimizer/expected.safetensors";
  // read off the first step of the golden run: p falls by rate * sign(g), then by rate * decay * p
  private static final double RATE = 0.01;
  private static final double DECAY = 0.01;

  @Test
  void parametersAndStateOfEveryStep() {
    try (Golden golden = Golden.open(FILE)) {
      List<String> sizes =
          golden.names().stream()
              .filter(name -> name.endsWith(".initial"))
              .map(name -> name.substring(0, name.indexOf('.')))
              .collect(Collectors.toList());
      assertThat(sizes).isNotEmpty();
      for (String size : sizes) {
        check(golden, size);
      }
      assertThat(DynamicCode.signed()).isEqualTo(golden.floats(sizes.get(0) + ".qmap1"));
      assertThat(DynamicCode.unsigned()).isEqualTo(golden.floats(sizes.get(0) + ".qmap2"));
    }
  }

  private static void check(Golden golden, String size) {
    try (Scope scope = Scope.open(Device.cpu())) {
      Operators ops = scope.operators();
      float[] initial = golden.floats(size + ".initial");
      // a matrix of one row: a vector would not decay
      Parameter parameter = new Parameter("p", ops.floats(initial, 1, initial.length));
      try (AdamW optimizer =
          new AdamW(List.of(parameter), AdamW.Settings.eightBit(DECAY), Device.cpu())) {
        int steps = 0;
        for (; golden.names().contains(size + ".grad." + steps); steps++) {
          Gradients gradients = Gradients.zeros(List.of(parameter), scope);
          Tensor gradient = ops.floats(golden.floats(size + ".grad." + steps), 1, initial.length);
          ops.copyInPlace(gradients.of("p"), gradient);
          optimizer.step(gradients, RATE);
          assertClose(
              size + ", step " + steps,
              ops.toFloats(parameter.value()),
              golden.floats(size + ".param." + steps),
              2e-6);
        }
        assertThat(steps).isPositive();
        List<Tensor> moments = optimizer.moments(parameter);
        assertThat(differing(ops.toFloats(moments.get(0)), golden.floats(size + ".state1")))
            .isLessThanOrEqualTo(2);
        assertClose(
            "absmax1", ops.toFloats(moments.get(1)), golden.floats(size + ".absmax1"), 2e-6);
        // a value on the edge between two codes may fall either way
        assertThat(differing(ops.toFloats(moments.get(2)), golden.floats(size + ".state2")))
            .isLessThanOrEqualTo(2);
        assertClose(
            "absmax2", ops.toFloats(moments.get(3)), golden.floats(size + ".absmax2"), 2e-6);
      }
    }
  }

  private static int differing(float[] found, float[] expected) {
    assertThat(found).hasSameSizeAs(expected);
    int count = 0;
    for (int i = 0; i < found.length; i++) {
      if (found[i] != expected[i]) {
        count++;
      }
    }
    return count;
  }
}
