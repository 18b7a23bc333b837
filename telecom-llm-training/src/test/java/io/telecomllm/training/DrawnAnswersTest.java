package io.telecomllm.training;

import static io.telecomllm.training.ResumeTest.assertSame;
import static io.telecomllm.training.ResumeTest.interrupt;
import static io.telecomllm.training.ResumeTest.values;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.telecomllm.data.Split;
import io.telecomllm.lora.LoraConfig;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.tensor.Threads;
import io.telecomllm.testing.SampleQuestions;
import io.telecomllm.testing.TinyModel;
import io.telecomllm.training.progress.TrainingListener.StepRecord;
import io.telecomllm.training.settings.IntervalStrategy;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs that learn from groups of drawn answers. */
class DrawnAnswersTest {
  private static LanguageModel model;
  private static int threads;

  @TempDir private Path folder;

  @BeforeAll
  static void open() {
    threads = Threads.count();
    Threads.use(1);
    model = TinyModel.load(512);
  }

  @AfterAll
  static void close() {
    model.close();
    Threads.use(threads);
  }

  /** By the reward alone, from drawn answers, held near the model. */
  private static QLoraTrainer drawn() {
    return QLoraTrainer.on(model)
        .lora(LoraConfig.builder().rank(4).alpha(8).build())
        .with(
            c ->
                c.epochs(2)
                    .learningRate(1e-2)
                    .saveStrategy(IntervalStrategy.STEPS)
                    .saveSteps(1)
                    .accuracyQuestions(0)
                    .likelihoodWeight(0)
                    .costWeight(4)
                    .abstainCost(0.05)
                    .klWeight(0.01)
                    .groupSize(16)
                    .batchSize(8)
                    .gradientAccumulation(1)
                    .loadBestModelAtEnd(false)
                    .textWeight(0));
  }

  @Test
  void drawnAnswersTeachNotToAnswerWhatCannotBeKnown() {
    Split split = new Split(SampleQuestions.of(24), List.of());
    try (QLoraTrainer.Result result = drawn().with(c -> c.epochs(20)).run(split)) {
      List<StepRecord> steps = result.report().steps();
      assertThat(steps.get(0).penalty()).isGreaterThan(4 * 0.3);
      assertThat(steps.get(steps.size() - 1).penalty()).isLessThan(4 * 0.12);
      assertThat(steps).allSatisfy(s -> assertThat(s.loss()).isEqualTo(s.penalty()));
    }
  }

  @Test
  void aRunByDrawnAnswersResumesExactly() {
    try (QLoraTrainer.Result whole = drawn().run(QLoraTrainerTest.split());
        QLoraTrainer.Result exact =
            drawn().with(c -> c.groupSize(0)).run(QLoraTrainerTest.split())) {
      assertThat(exact.report().steps().get(0).penalty())
          .isEqualTo(whole.report().steps().get(0).penalty());
      assertThatThrownBy(() -> assertSame(values(exact.adapter()), values(whole.adapter())))
          .isInstanceOf(AssertionError.class);
      interrupt(drawn().checkpoints(folder));
      try (QLoraTrainer.Result rest = drawn().checkpoints(folder).run(QLoraTrainerTest.split())) {
        assertSame(values(rest.adapter()), values(whole.adapter()));
      }
    }
  }
}
