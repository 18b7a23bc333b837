package io.telecomllm.model.files;

import static io.telecomllm.testing.Vectors.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.telecomllm.lora.Deltas;
import io.telecomllm.model.Architecture;
import io.telecomllm.model.KvCache;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.model.ModelConfig;
import io.telecomllm.model.RopeScaling;
import io.telecomllm.model.TokenBatch;
import io.telecomllm.tensor.DataType;
import io.telecomllm.tensor.Device;
import io.telecomllm.tensor.Scope;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A scaling set by the caller: the context grows, and reading step by step changes nothing. */
class ContextExtensionTest {
  private static final int TRAINED = 16;
  private static final ModelConfig CONFIG =
      ModelConfig.builder(Architecture.LLAMA)
          .hiddenSize(32)
          .intermediateSize(64)
          .layers(2)
          .heads(4, 2, 8)
          .vocabularySize(64)
          .contextLength(TRAINED)
          .build();

  static List<RopeScaling> scalings() {
    return List.of(
        RopeScaling.linear(4), RopeScaling.dynamic(4, TRAINED), RopeScaling.yarn(4, TRAINED));
  }

  private static ModelLoader loader(ModelConfig config) {
    return ModelLoader.random(config, 0.3, 11)
        .dense()
        .device(Device.cpu())
        .computeType(DataType.FLOAT32);
  }

  private static float[] last(LanguageModel model, int[] ids, KvCache cache) {
    try (Scope scope = Scope.open(Device.cpu())) {
      return scope
          .operators()
          .toFloats(
              model
                  .network()
                  .logits(
                      TokenBatch.of(ids), cache, Deltas.none(), new int[] {ids.length - 1}, scope));
    }
  }

  @ParameterizedTest
  @MethodSource("scalings")
  void theContextGrowsAndStepsEqualTheWhole(RopeScaling scaling) {
    try (LanguageModel model = loader(CONFIG).ropeScaling(scaling).load();
        KvCache cache = model.network().newCache(40)) {
      assertThat(model.config().contextLength()).isEqualTo(64);
      int[] ids = IntStream.range(0, 40).map(i -> i * 37 % 64).toArray();
      int at = 0;
      for (int step : new int[] {10, 1, 9, 1, 19}) {
        float[] found = last(model, Arrays.copyOfRange(ids, at, at + step), cache);
        at += step;
        float[] whole = last(model, Arrays.copyOf(ids, at), null);
        assertClose("after " + at + " tokens", found, whole, 2e-5);
      }
    }
  }

  @Test
  void withinTheTrainedLengthDynamicScalingChangesNothing() {
    int[] ids = {5, 9, 33, 2};
    try (LanguageModel plain = loader(CONFIG).load();
        LanguageModel scaled = loader(CONFIG).ropeScaling(RopeScaling.dynamic(4, TRAINED)).load()) {
      assertThat(last(scaled, ids, null)).isEqualTo(last(plain, ids, null));
    }
  }

  @Test
  void aCheckpointThatIsScaledAlreadyIsNotScaledAgain() {
    ModelConfig scaled = CONFIG.toBuilder().ropeScaling(RopeScaling.linear(2)).build();
    assertThatThrownBy(() -> loader(scaled).ropeScaling(RopeScaling.linear(4)).load())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "the rotary embedding of this checkpoint is already scaled, by Linear[factor=2.0]");
    assertThatThrownBy(() -> RopeScaling.linear(0.5))
        .hasMessage("RoPE scaling factor is 0.5, must be 1 to 1024");
  }
}
