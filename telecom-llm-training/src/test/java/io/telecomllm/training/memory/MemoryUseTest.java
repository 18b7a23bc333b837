package io.telecomllm.training.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.telecomllm.lora.LoraConfig;
import io.telecomllm.model.Architecture;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.model.ModelConfig;
import io.telecomllm.model.WeightType;
import io.telecomllm.model.files.ModelLoader;
import io.telecomllm.tensor.DataType;
import io.telecomllm.tensor.Device;
import io.telecomllm.training.settings.TrainingConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MemoryUseTest {
  private static final int LAYERS = 6;
  private static final QuestionLengths LENGTHS = new QuestionLengths(200, 39, 16, 20);

  private static LanguageModel model(int layers) {
    ModelConfig config =
        ModelConfig.builder(Architecture.LLAMA)
            .hiddenSize(64)
            .intermediateSize(128)
            .layers(layers)
            .heads(4, 2, 16)
            .vocabularySize(96)
            .contextLength(256)
            .build();
    return ModelLoader.random(config, 0.02, 1)
        .device(Device.cpu())
        .computeType(DataType.FLOAT32)
        .dense()
        .load();
  }

  private static TrainingConfig limited(long bytes) {
    return TrainingConfig.builder()
        .batchSize(2)
        .gradientAccumulation(1)
        .maxSteps(5)
        .memoryLimit(bytes)
        .build();
  }

  /** The fewest layers that fit, tried one by one. */
  private static int fewest(MemoryPlan plan, long bytes) {
    for (int layers = 0; layers < LAYERS; layers++) {
      if (plan.recomputed(layers).fits(bytes)) {
        return layers;
      }
    }
    return LAYERS;
  }

  @Test
  void noMoreLayersAreComputedAgainThanMemoryAsksFor() {
    try (LanguageModel model = model(LAYERS)) {
      MemoryPlan plan =
          MemoryUse.plan(model, LoraConfig.builder().rank(4).build(), limited(1), LENGTHS);
      long all = plan.microBatch(2).recomputed(LAYERS).peakBytes();
      long none = plan.microBatch(2).peakBytes();
      assertThat(all).isLessThan(none);
      for (long bytes = all; bytes < none; bytes += Math.max(1, (none - all) / 9)) {
        MemoryUse use = MemoryUse.of(model, plan, limited(bytes), 2);
        assertThat(use.microBatch()).isEqualTo(2);
        assertThat(use.recomputed()).isEqualTo(fewest(plan.microBatch(2), bytes));
        assertThat(use.recomputed()).isPositive();
      }
      assertThat(MemoryUse.of(model, plan, limited(none), 2).recomputed()).isZero();
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = WeightType.class,
      names = {"INT4", "INT8"})
  void weightsForAnsweringCountAsTheyAre(WeightType type) {
    ModelConfig config =
        ModelConfig.builder(Architecture.LLAMA)
            .hiddenSize(64)
            .intermediateSize(128)
            .layers(2)
            .heads(4, 4, 16)
            .vocabularySize(96)
            .contextLength(256)
            .build();
    ModelLoader loader = ModelLoader.random(config, 0.02, 1).device(Device.cpu());
    try (LanguageModel packed = loader.forAnswering(type).load();
        LanguageModel usual = loader.load()) {
      LoraConfig lora = LoraConfig.builder().rank(4).build();
      MemoryPlan plan =
          MemoryUse.plan(packed, lora, limited(1), LENGTHS).computeType(DataType.FLOAT32);
      assertThat(plan.weightBytes()).isEqualTo(packed.weightBytes());
      assertThat(plan.parts().get(MemoryPlan.Part.WEIGHTS)).isEqualTo(packed.weightBytes());
      MemoryPlan other =
          MemoryUse.plan(usual, lora, limited(1), LENGTHS).computeType(DataType.FLOAT32);
      assertThat(plan.peakBytes() - other.peakBytes())
          .isEqualTo(packed.weightBytes() - usual.weightBytes());
    }
  }

  @Test
  void oneQuestionAtATimeMayNeedNoLayerTwice() {
    // of one layer hardly anything is saved by computing it again
    try (LanguageModel model = model(1)) {
      MemoryPlan plan =
          MemoryUse.plan(model, LoraConfig.builder().rank(4).build(), limited(1), LENGTHS);
      long one = plan.microBatch(1).peakBytes();
      assertThat(plan.microBatch(2).recomputed(1).fits(one)).isFalse();
      assertThat(MemoryUse.of(model, plan, limited(one), 2)).isEqualTo(new MemoryUse(1, 0, 0));
    }
  }
}
