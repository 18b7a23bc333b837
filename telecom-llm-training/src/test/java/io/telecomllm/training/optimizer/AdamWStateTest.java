package io.telecomllm.training.optimizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.telecomllm.IncompatibleException;
import io.telecomllm.lora.Gradients;
import io.telecomllm.lora.Parameter;
import io.telecomllm.tensor.DataType;
import io.telecomllm.tensor.Device;
import io.telecomllm.tensor.Operators;
import io.telecomllm.tensor.Scope;
import io.telecomllm.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a checkpoint keeps of the optimizer, LoRA+ and which parameters decay. */
class AdamWStateTest {
  private static final double RATE = 0.01;

  private final Scope scope = Scope.open(Device.cpu());
  private final Operators ops = scope.operators();

  @AfterEach
  void close() {
    scope.close();
  }

  /** A large and a small matrix and a vector, of which only the first may take 8 bits. */
  private List<Parameter> parameters() {
    return List.of(
        random("lora_A.weight", 1, 4, 1031),
        random("lora_B.weight", 2, 7, 4),
        random("bias", 3, 5));
  }

  private Parameter random(String name, long seed, long... shape) {
    Tensor value = ops.empty(DataType.FLOAT32, shape);
    ops.normalInPlace(value, 0.1, seed);
    return new Parameter(name, value);
  }

  private Gradients gradients(List<Parameter> parameters, int step) {
    Gradients gradients = Gradients.zeros(parameters, scope);
    int i = 0;
    for (Tensor gradient : gradients.all()) {
      ops.normalInPlace(gradient, 1, 100L * step + i++);
    }
    return gradients;
  }

  private AdamW steps(List<Parameter> parameters, AdamW optimizer, int from, int to) {
    for (int step = from; step < to; step++) {
      optimizer.step(gradients(parameters, step), RATE);
    }
    return optimizer;
  }

  private List<float[]> values(List<Parameter> parameters) {
    return parameters.stream().map(p -> ops.toFloats(p.value())).toList();
  }

  private static AdamW.Settings settings(boolean eightBit) {
    return eightBit ? AdamW.Settings.eightBit(0.01) : AdamW.Settings.fp32(0.01);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aRestoredOptimizerGoesOnBitForBit(boolean eightBit) {
    List<Parameter> parameters = parameters();
    List<Parameter> others = parameters();
    try (AdamW straight = new AdamW(parameters, settings(eightBit), Device.cpu());
        AdamW first = new AdamW(others, settings(eightBit), Device.cpu());
        AdamW second = new AdamW(others, settings(eightBit), Device.cpu())) {
      steps(parameters, straight, 0, 9);
      steps(others, first, 0, 5);
      Map<String, Tensor> state = new LinkedHashMap<>();
      first.state().forEach((name, value) -> state.put(name, ops.copy(value)));
      assertThat(state.keySet())
          .containsExactlyElementsOf(
              eightBit
                  ? List.of(
                      "lora_A.weight.state1",
                      "lora_A.weight.absmax1",
                      "lora_A.weight.state2",
                      "lora_A.weight.absmax2",
                      "lora_B.weight.exp_avg",
                      "lora_B.weight.exp_avg_sq",
                      "bias.exp_avg",
                      "bias.exp_avg_sq")
                  : List.of(
                      "lora_A.weight.exp_avg",
                      "lora_A.weight.exp_avg_sq",
                      "lora_B.weight.exp_avg",
                      "lora_B.weight.exp_avg_sq",
                      "bias.exp_avg",
                      "bias.exp_avg_sq"));
      second.restore(first.steps(), state);
      assertThat(second.steps()).isEqualTo(5);
      // a copy was taken: what happens to the source does not matter
      state.values().forEach(ops::zeroInPlace);
      steps(others, second, 5, 9);
      assertThat(second.steps()).isEqualTo(9);
      assertThat(values(others)).usingRecursiveComparison().isEqualTo(values(parameters));
      straight
          .state()
          .forEach(
              (name, value) ->
                  assertThat(ops.toFloats(second.state().get(name)))
                      .as(name)
                      .isEqualTo(ops.toFloats(value)));
    }
  }

  @Test
  void anotherStateIsRefusedByTheTensorsName() {
    List<Parameter> parameters = parameters();
    try (AdamW optimizer = new AdamW(parameters, settings(true), Device.cpu());
        AdamW fp32 = new AdamW(parameters, settings(false), Device.cpu())) {
      steps(parameters, optimizer, 0, 2);
      List<float[]> before = states(optimizer);
      refused(optimizer, fp32.state(), "the optimizer's state has no tensor lora_A.weight.state1");
      Map<String, Tensor> state = new LinkedHashMap<>(optimizer.state());
      state.put("other.exp_avg", ops.zeros(DataType.FLOAT32, 1));
      refused(
          optimizer,
          state,
          "the optimizer's state has a tensor other.exp_avg, which belongs to nothing that is"
              + " trained here");
      state.remove("other.exp_avg");
      state.put("bias.exp_avg", ops.zeros(DataType.FLOAT32, 6));
      refused(
          optimizer,
          state,
          "the optimizer's state has the tensor bias.exp_avg as FLOAT32[6], expected FLOAT32[5]");
      state.put("bias.exp_avg", ops.zeros(DataType.BFLOAT16, 5));
      refused(
          optimizer,
          state,
          "the optimizer's state has the tensor bias.exp_avg as BFLOAT16[5], expected FLOAT32[5]");
      assertThatThrownBy(() -> optimizer.restore(-1, optimizer.state()))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("steps are -1, must be at least 0");
      assertThat(states(optimizer)).usingRecursiveComparison().isEqualTo(before);
      assertThat(optimizer.steps()).isEqualTo(2);
    }
  }

  private List<float[]> states(AdamW optimizer) {
    return optimizer.state().values().stream().map(ops::toFloats).toList();
  }

  private static void refused(AdamW optimizer, Map<String, Tensor> state, String message) {
    assertThatThrownBy(() -> optimizer.restore(7, state))
        .isInstanceOf(IncompatibleException.class)
        .hasMessage(message);
  }

  /** AdamW's first step moves every value by its rate, whatever the gradient. */
  @Test
  void loraPlusMovesTheMatricesBAndVectorsFaster() {
    List<Parameter> parameters = parameters();
    List<float[]> before = values(parameters);
    try (AdamW optimizer = new AdamW(parameters, AdamW.Settings.fp32(0), Device.cpu())) {
      optimizer.step(gradients(parameters, 1), new LoraPlus(16).rates(RATE));
    }
    List<float[]> after = values(parameters);
    double[] expected = {RATE, 16 * RATE, 16 * RATE};
    for (int i = 0; i < expected.length; i++) {
      for (int k = 0; k < after.get(i).length; k++) {
        assertThat(Math.abs(after.get(i)[k] - before.get(i)[k]))
            .as(parameters.get(i).name())
            .isCloseTo((float) expected[i], within(1e-5f));
      }
    }
    assertThatThrownBy(() -> new LoraPlus(0)).hasMessage("ratio is 0.0, must be finite and over 0");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void onlyMatricesDecay(boolean eightBit) {
    List<Parameter> parameters = parameters();
    List<float[]> before = values(parameters);
    double decay = 0.5;
    AdamW.Settings settings =
        eightBit ? AdamW.Settings.eightBit(decay) : AdamW.Settings.fp32(decay);
    try (AdamW optimizer = new AdamW(parameters, settings, Device.cpu())) {
      optimizer.step(Gradients.zeros(parameters, scope), RATE);
    }
    List<float[]> after = values(parameters);
    for (int i = 0; i < before.size(); i++) {
      float factor = parameters.get(i).value().shape().length > 1 ? (float) (1 - RATE * decay) : 1;
      for (int k = 0; k < after.get(i).length; k++) {
        assertThat(after.get(i)[k]).isCloseTo(factor * before.get(i)[k], within(1e-7f));
      }
    }
  }
}
