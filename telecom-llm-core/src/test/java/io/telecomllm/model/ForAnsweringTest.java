package io.telecomllm.model;

import static io.telecomllm.testing.Vectors.assertClose;
import static io.telecomllm.testing.Vectors.maxDifference;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.telecomllm.lora.Deltas;
import io.telecomllm.lora.Gradients;
import io.telecomllm.lora.LoraAdapter;
import io.telecomllm.lora.LoraConfig;
import io.telecomllm.lora.Parameter;
import io.telecomllm.model.files.ModelLoader;
import io.telecomllm.quantization.FourBitWeight;
import io.telecomllm.quantization.GroupWeight;
import io.telecomllm.quantization.Int8Rows;
import io.telecomllm.quantization.Int8Weight;
import io.telecomllm.quantization.QuantizationConfig;
import io.telecomllm.quantization.Weight;
import io.telecomllm.tensor.DataType;
import io.telecomllm.tensor.Device;
import io.telecomllm.tensor.Operators;
import io.telecomllm.tensor.Scope;
import io.telecomllm.testing.Losses;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A model for answering gives what the same values give when they are dense. */
@ParameterizedClass
@EnumSource(
    value = WeightType.class,
    names = {"INT4", "INT8"})
class ForAnsweringTest {
  /** Of logits up to 3: what bf16 products rounded at other places differ by. */
  private static final double ROUNDING = 0.06;

  /** What inputs rounded to 8 bits come to, in two layers. */
  private static final double ROUNDING_8 = 0.4;

  private static final int LENGTH = 100; // more rows than are multiplied packed

  private final WeightType type;
  private final LanguageModel model;
  private final LanguageModel dense; // unpacked layers hold the packed values rounded to bf16

  ForAnsweringTest(WeightType type) {
    this.type = type;
    this.model = loader(64).load();
    this.dense = model.trading(model.config().layers(), 0);
  }

  private ModelLoader loader(int hidden) {
    ModelConfig config =
        ModelConfig.builder(Architecture.LLAMA)
            .hiddenSize(hidden)
            .intermediateSize(192)
            .layers(2)
            .heads(4, 4, hidden / 4)
            .vocabularySize(80)
            .contextLength(128)
            .build();
    return ModelLoader.random(config, 0.1, 5).device(Device.cpu()).forAnswering(type);
  }

  @AfterEach
  void close() {
    dense.close();
    model.close();
  }

  private static int[] ids(int count) {
    return IntStream.range(0, count).map(i -> i * 37 % 80).toArray();
  }

  /** The logits of all tokens but the last, read at once, and of the last one, read alone. */
  private static float[][] logits(LanguageModel model, Deltas deltas) {
    int[] ids = ids(LENGTH);
    try (Scope scope = Scope.open(Device.cpu());
        KvCache cache = model.network().newCache(LENGTH)) {
      float[][] found = new float[2][];
      int[] first = IntStream.range(0, LENGTH - 1).map(i -> ids[i]).toArray();
      Operators ops = scope.operators();
      TokenBatch all = TokenBatch.continuing(0, first);
      found[0] = ops.toFloats(model.network().logits(all, cache, deltas, null, scope));
      TokenBatch one = TokenBatch.continuing(0, ids[LENGTH - 1]);
      found[1] = ops.toFloats(model.network().logits(one, cache, deltas, new int[] {0}, scope));
      return found;
    }
  }

  @Test
  void itsLayersArePackedIntegers() {
    assertThat(model.weightType()).isEqualTo(type);
    assertThat(model.computeType()).isEqualTo(DataType.BFLOAT16);
    assertThat(model.network().decoder().linears())
        .hasSize(14)
        .allMatch(
            linear ->
                type == WeightType.INT4
                    ? linear.weight() instanceof GroupWeight
                    : linear.weight() instanceof Int8Weight || linear.weight() instanceof Int8Rows);
    assertThat(dense.weightType()).isEqualTo(WeightType.DENSE);
  }

  @Test
  void oneTokenAndManyGiveTheLogitsOfDenseLayers() {
    float[][] found = logits(model, Deltas.none());
    float[][] expected = logits(dense, Deltas.none());
    assertTogether(found[0], expected[0]);
    assertClose("one token", found[1], expected[1], rounding());
    assertThat(maxDifference(expected[1], new float[80])).isBetween(0.5, 3.0);
  }

  /** Many rows are multiplied with unpacked values; in INT8 they are rounded instead. */
  private void assertTogether(float[] found, float[] expected) {
    assertClose("many tokens", found, expected, type == WeightType.INT4 ? 0 : ROUNDING_8);
  }

  private double rounding() {
    return type == WeightType.INT4 ? ROUNDING : ROUNDING_8;
  }

  private LoraAdapter adapter(boolean dora) {
    LoraConfig config = LoraConfig.builder().rank(4).alpha(8).dora(dora).build();
    LoraAdapter adapter = LoraAdapter.create(config, model, 1);
    try (Scope scope = Scope.open(Device.cpu())) {
      for (Parameter parameter : adapter.parameters()) {
        if (parameter.name().contains("lora_")) {
          scope.operators().normalInPlace(parameter.value(), 0.2, parameter.name().hashCode());
        }
      }
    }
    return adapter;
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void anAdapterAddsWhatItAddsToDenseLayers(boolean dora) {
    try (LoraAdapter adapter = adapter(dora);
        Scope scope = Scope.open(Device.cpu());
        LanguageModel merged = model.merged(adapter)) {
      Deltas deltas = adapter.deltas(DataType.BFLOAT16, scope);
      float[][] found = logits(model, deltas);
      float[][] expected = logits(dense, deltas);
      assertTogether(found[0], expected[0]);
      assertClose("one token", found[1], expected[1], rounding());
      assertThat(maxDifference(found[1], logits(model, Deltas.none())[1])).isGreaterThan(1);
      assertThat(merged.weightType()).isEqualTo(WeightType.DENSE);
      assertClose("merged", logits(merged, Deltas.none())[1], expected[1], 2 * rounding());
    }
  }

  private static float[][] lossAndGradient(LanguageModel model, LoraAdapter adapter, int length) {
    try (Scope scope = Scope.open(Device.cpu())) {
      Operators ops = scope.operators();
      Gradients gradients = Gradients.zeros(adapter.parameters(), scope);
      Deltas deltas = adapter.deltas(DataType.BFLOAT16, scope, gradients);
      ForwardPass pass = model.network().record(TokenBatch.of(ids(length)), deltas, null, scope);
      float[] weights = new float[length];
      java.util.Arrays.fill(weights, 1f / length);
      Operators.Pair loss =
          Losses.crossEntropy(
              model, deltas, pass.hidden(), ids(length), weights, 64, gradients, scope);
      pass.backward(loss.second(), gradients);
      String name = gradients.names().iterator().next();
      return new float[][] {ops.toFloats(loss.first()), ops.toFloats(gradients.require(name))};
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {20, LENGTH})
  void itCanBeTrained(int length) {
    try (LoraAdapter adapter = adapter(false)) {
      float[][] found = lossAndGradient(model, adapter, length);
      float[][] expected = lossAndGradient(dense, adapter, length);
      double largest = maxDifference(expected[1], new float[expected[1].length]);
      assertThat(largest).isGreaterThan(1e-4);
      assertClose("loss", found[0], expected[0], 0.01);
      // the packed forward pass of few rows is rounded at other places
      double off = length == LENGTH && type == WeightType.INT4 ? 0 : 0.1;
      assertClose("gradient", found[1], expected[1], off * largest);
    }
  }

  /** Outputs of 96, and of 192: INT4 is for multiples of 64 and loads others as usual. */
  @Test
  void everySizeIsComputedWith() {
    try (LanguageModel odd = loader(96).load()) {
      List<Weight> weights = odd.network().decoder().linears().map(Linear::weight).toList();
      assertThat(weights).hasSize(14);
      if (type == WeightType.INT4) {
        assertThat(odd.weightType()).isEqualTo(WeightType.NF4);
        assertThat(weights).filteredOn(FourBitWeight.class::isInstance).hasSize(10);
        assertThat(weights).filteredOn(GroupWeight.class::isInstance).hasSize(4);
      } else {
        assertThat(odd.weightType()).isEqualTo(WeightType.INT8);
        assertThat(weights).allMatch(w -> w instanceof Int8Weight || w instanceof Int8Rows);
        assertThat(logits(odd, Deltas.none())[1]).doesNotContain(Float.NaN);
      }
    }
  }

  @Test
  void otherTypesAreRefused() {
    assertThatThrownBy(() -> loader(64).computeType(DataType.FLOAT16).load())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            type == WeightType.INT4
                ? "INT4 weights are computed with on cpu in BFLOAT16, not on cpu in FLOAT16"
                : "INT8 weights are computed with on cpu in BFLOAT16 or FLOAT32, not on cpu in"
                    + " FLOAT16");
    assertThatThrownBy(() -> loader(64).forAnswering(WeightType.NF4))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the weight type for answering is NF4, must be INT4 or INT8");
  }

  /** 8-bit products serve CPUs without bf16 as well. */
  @Test
  void int8ComputesInFloat32() {
    if (type == WeightType.INT4) {
      assertThatThrownBy(() -> loader(64).computeType(DataType.FLOAT32).load())
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("not on cpu in FLOAT32");
      return;
    }
    try (LanguageModel exact = loader(64).computeType(DataType.FLOAT32).load();
        LanguageModel unpacked = exact.trading(exact.config().layers(), 0)) {
      float[][] found = logits(exact, Deltas.none());
      float[][] expected = logits(unpacked, Deltas.none());
      assertClose("one token", found[1], expected[1], rounding());
      assertClose("many tokens", found[0], expected[0], rounding());
    }
  }

  @Test
  void theLastSettingOfThePackingWins() {
    try (LanguageModel own = loader(64).dense().load();
        LanguageModel packed = loader(64).quantization(QuantizationConfig.nf4()).load()) {
      assertThat(own.weightType()).isEqualTo(WeightType.DENSE);
      assertThat(packed.weightType()).isEqualTo(WeightType.NF4);
    }
  }
}
