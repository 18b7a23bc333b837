package io.telecomllm.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.telecomllm.lora.LoraConfig;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.testing.TinyModel;
import io.telecomllm.training.progress.LearningRateRange;
import io.telecomllm.training.progress.LearningRateRange.Point;
import io.telecomllm.training.settings.TrainingConfig;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LearningRateRangeTest {
  @Test
  void ratesRiseByOneFactorAndTheSuggestionLiesWhereTheLossFalls() {
    try (LanguageModel model = TinyModel.load(512)) {
      LearningRateRange range =
          QLoraTrainer.on(model)
              .lora(LoraConfig.builder().rank(4).alpha(8).build())
              .learningRateRange(QLoraTrainerTest.split(), 1e-5, 10, 25);
      List<Point> points = range.points();
      double factor = Math.pow(1e6, 1 / 24.0);
      for (int i = 1; i < points.size(); i++) {
        assertThat(points.get(i).learningRate() / points.get(i - 1).learningRate())
            .isCloseTo(factor, org.assertj.core.api.Assertions.within(1e-9));
      }
      // it learns, and a rate of 10 is too much for anything
      double least = points.stream().mapToDouble(Point::loss).min().orElseThrow();
      assertThat(least).isLessThan(points.get(0).loss() - 0.3);
      assertThat(points.get(points.size() - 1).loss()).isGreaterThan(least + 0.3);
      assertThat(range.suggestion().orElseThrow()).isBetween(1e-4, 1.0);
    }
  }

  @Test
  void itsStepsAreThoseOfTheRunWithAllItsNoise() {
    TrainingConfig config =
        TrainingConfig.builder()
            .batchSize(8)
            .gradientAccumulation(1)
            .maxSteps(1)
            .labelSmoothing(0.2)
            .neftuneNoiseAlpha(5)
            .build();
    try (LanguageModel model = TinyModel.load(512)) {
      QLoraTrainer trainer =
          QLoraTrainer.on(model)
              .lora(LoraConfig.builder().rank(4).alpha(8).dropout(0.1).build())
              .config(config);
      double first =
          trainer.learningRateRange(QLoraTrainerTest.split(), 1e-5, 1e-4, 5).points().get(0).loss();
      double plain =
          trainer
              .config(config.toBuilder().labelSmoothing(0).neftuneNoiseAlpha(0).build())
              .learningRateRange(QLoraTrainerTest.split(), 1e-5, 1e-4, 5)
              .points()
              .get(0)
              .loss();
      try (QLoraTrainer.Result result = trainer.run(QLoraTrainerTest.split())) {
        assertThat(first).isEqualTo(result.report().steps().get(0).loss());
      }
      assertThat(plain).isNotEqualTo(first);
    }
  }

  @Test
  void theSteepestFallOfTheSmoothedLossIsSuggested() {
    List<Point> points = new ArrayList<>();
    double[] smoothed = {3, 2, 1, 0.99, 0.9, 0.5, 0.4, 2};
    for (int i = 0; i < smoothed.length; i++) {
      points.add(new Point(Math.pow(10, i - 6), 0, smoothed[i]));
    }
    // the first steps do not count
    assertThat(new LearningRateRange(points).suggestion()).hasValue(1e-2);
    assertThat(new LearningRateRange(points.subList(0, 3)).suggestion()).isEmpty();
  }

  @Test
  void rangesThatAreNoneAreRefused() {
    try (LanguageModel model = TinyModel.load(512)) {
      QLoraTrainer trainer = QLoraTrainer.on(model);
      assertThatThrownBy(() -> trainer.learningRateRange(QLoraTrainerTest.split(), 1, 1, 9))
          .hasMessage("from is 1.0, must be over 0 and below to, 1.0");
      assertThatThrownBy(() -> trainer.learningRateRange(QLoraTrainerTest.split(), 1, 11, 9))
          .hasMessage("to is 11.0, must be at most 10");
      assertThatThrownBy(() -> trainer.learningRateRange(QLoraTrainerTest.split(), 1e-3, 1, 4))
          .hasMessage("steps are 4, must be at least 5");
    }
  }
}
