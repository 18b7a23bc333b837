package io.telecomllm.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.telecomllm.DivergenceException;
import io.telecomllm.InvalidDataException;
import io.telecomllm.data.Question;
import io.telecomllm.data.Split;
import io.telecomllm.lora.LoraAdapter;
import io.telecomllm.lora.LoraConfig;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.tensor.Scope;
import io.telecomllm.testing.SampleQuestions;
import io.telecomllm.testing.TinyModel;
import io.telecomllm.training.progress.Cancellation;
import io.telecomllm.training.progress.TrainingListener;
import io.telecomllm.training.progress.TrainingListener.EvaluationProgress;
import io.telecomllm.training.progress.TrainingListener.StepRecord;
import io.telecomllm.training.progress.TrainingReport;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class QLoraTrainerTest {
  private static final LoraConfig LORA = LoraConfig.builder().rank(4).alpha(8).build();

  static Split split() {
    List<Question> questions = SampleQuestions.of(12);
    return new Split(questions.subList(0, 9), questions.subList(9, 12));
  }

  private static QLoraTrainer trainer(LanguageModel model) {
    return QLoraTrainer.on(model)
        .lora(LORA)
        .prompt(TinyModel.prompt())
        .with(c -> c.epochs(4).batchSize(2).gradientAccumulation(2).learningRate(1e-2));
  }

  @Test
  void aSingleQuestionCanBeLearnt() {
    Split one = new Split(SampleQuestions.of(1), List.of());
    try (LanguageModel model = TinyModel.load(512);
        QLoraTrainer.Result result = trainer(model).run(one)) {
      List<StepRecord> steps = result.report().steps();
      assertThat(steps).hasSize(4);
      assertThat(steps.get(3).loss()).isLessThan(steps.get(0).loss());
    }
  }

  private static List<float[]> values(LoraAdapter adapter) {
    try (Scope scope = Scope.open(io.telecomllm.tensor.Device.cpu())) {
      return adapter.parameters().stream().map(p -> scope.operators().toFloats(p.value())).toList();
    }
  }

  @Test
  void theSettingsSmoothingReachesTheLoss() {
    try (LanguageModel model = TinyModel.load(512);
        QLoraTrainer.Result plain = trainer(model).with(c -> c.maxSteps(1)).run(split());
        QLoraTrainer.Result smoothed =
            trainer(model).with(c -> c.maxSteps(1).labelSmoothing(0.3)).run(split())) {
      double loss = plain.report().steps().get(0).loss();
      assertThat(Math.abs(smoothed.report().steps().get(0).loss() - loss)).isGreaterThan(1e-3);
    }
  }

  @Test
  void learnsReportsAndIsTheSameEachTime() {
    try (LanguageModel model = TinyModel.load(512)) {
      List<Long> heard = new ArrayList<>();
      List<Double> evaluations = new ArrayList<>();
      TrainingListener listener =
          new TrainingListener() {
            @Override
            public void started(RunRecord run) {
              heard.add(run.steps());
              heard.add(run.trainableParameters());
            }

            @Override
            public void step(StepRecord step) {
              heard.add(step.step());
            }

            @Override
            public void evaluated(EvaluationRecord evaluation) {
              evaluations.add(evaluation.loss());
            }
          };
      QLoraTrainer.Result result = trainer(model).listener(listener).run(split());
      TrainingReport report = result.report();
      // 9 questions, 4 a step: 3 steps an epoch
      assertThat(report.steps()).hasSize(12);
      assertThat(heard.get(0)).isEqualTo(12);
      assertThat(heard.get(1)).isEqualTo(result.adapter().trainableParameters());
      assertThat(heard.subList(2, heard.size()))
          .containsExactlyElementsOf(IntStream.rangeClosed(1, 12).mapToObj(i -> (long) i).toList());
      assertThat(evaluations).hasSize(4);
      assertThat(report.evaluations()).hasSize(4);
      assertThat(report.steps().get(11).loss()).isLessThan(report.steps().get(0).loss() - 0.3);
      assertThat(report.steps().get(2).questions()).isEqualTo(1);
      assertThat(report.cancelled()).isFalse();
      try (LoraAdapter first = result.adapter();
          LoraAdapter again = trainer(model).train(split());
          LoraAdapter other = trainer(model).with(c -> c.seed(1)).train(split())) {
        List<float[]> expected = values(first);
        List<float[]> found = values(again);
        for (int i = 0; i < expected.size(); i++) {
          assertThat(found.get(i)).isEqualTo(expected.get(i));
        }
        assertThat(values(other).get(0)).isNotEqualTo(expected.get(0));
      }
    }
  }

  @Test
  void anEvaluationTellsHowFarItIsAndEndsWhenCancelled() {
    try (LanguageModel model = TinyModel.load(512)) {
      List<EvaluationProgress> heard = new ArrayList<>();
      Cancellation cancellation = new Cancellation();
      TrainingListener listener =
          new TrainingListener() {
            @Override
            public void evaluating(EvaluationProgress progress) {
              heard.add(progress);
            }
          };
      trainer(model).with(c -> c.maxSteps(1)).listener(listener).run(split()).close();
      int asked = split().validation().size();
      assertThat(heard.get(0)).isEqualTo(new EvaluationProgress(0, asked, asked));
      assertThat(heard).extracting(EvaluationProgress::step).contains(1L);
      assertThat(heard).allMatch(progress -> progress.done() <= progress.questions());
      heard.clear();
      TrainingListener cancels =
          new TrainingListener() {
            @Override
            public void evaluating(EvaluationProgress progress) {
              heard.add(progress);
              cancellation.cancel();
            }
          };
      try (QLoraTrainer.Result cancelled =
          trainer(model).cancellation(cancellation).listener(cancels).run(split())) {
        assertThat(heard).hasSize(1);
        assertThat(cancelled.report().steps()).isEmpty();
        assertThat(cancelled.report().cancelled()).isTrue();
      }
    }
  }

  @Test
  void batchAndAccumulationDoNotChangeTheLoss() {
    try (LanguageModel model = TinyModel.load(512)) {
      QLoraTrainer.Result narrow =
          trainer(model).with(c -> c.batchSize(1).gradientAccumulation(4)).run(split());
      QLoraTrainer.Result wide =
          trainer(model).with(c -> c.batchSize(4).gradientAccumulation(1)).run(split());
      narrow.adapter().close();
      wide.adapter().close();
      for (int i = 0; i < narrow.report().steps().size(); i++) {
        assertThat(narrow.report().steps().get(i).loss())
            .isCloseTo(
                wide.report().steps().get(i).loss(), org.assertj.core.api.Assertions.within(1e-4));
      }
    }
  }

  @Test
  void endsAfterTheStepUnderWayWhenCancelled() {
    try (LanguageModel model = TinyModel.load(512)) {
      Cancellation cancellation = new Cancellation();
      TrainingListener listener =
          new TrainingListener() {
            @Override
            public void step(StepRecord step) {
              if (step.step() == 2) {
                cancellation.cancel();
              }
            }
          };
      QLoraTrainer.Result result =
          trainer(model).cancellation(cancellation).listener(listener).run(split());
      assertThat(result.report().cancelled()).isTrue();
      assertThat(result.report().steps()).hasSize(2);
      result.adapter().close();
    }
  }

  @Test
  void whatCannotWorkIsRefusedBeforeTheFirstStep() {
    try (LanguageModel model = TinyModel.load(512)) {
      assertThatThrownBy(() -> trainer(model).train(new Split(List.of(), split().validation())))
          .isInstanceOf(InvalidDataException.class)
          .hasMessageContaining("nothing to learn from: 0 training questions");
      assertThatThrownBy(() -> trainer(model).with(c -> c.maxSequenceLength(10)).train(split()))
          .isInstanceOf(InvalidDataException.class)
          .hasMessageContaining("9 training questions, of which none fits 10 tokens");
      LoraConfig wrong = LORA.toBuilder().targetModules("q_proj", "qkv_proj").build();
      assertThatThrownBy(() -> trainer(model).lora(wrong).train(split()))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(
              "target module qkv_proj matches no linear layer; this model has down_proj, gate_proj,"
                  + " k_proj, o_proj, q_proj, up_proj, v_proj");
      assertThatThrownBy(() -> trainer(model).with(c -> c.learningRate(2)))
          .hasMessage("learningRate is 2.0, must be over 0 and at most 1");
      assertThatThrownBy(() -> trainer(model).epochs(0))
          .hasMessage("epochs is 0, must be 1 to 1000");
    }
  }

  @Test
  void aLossThatIsNotFiniteNamesTheStep() {
    try (LanguageModel model = TinyModel.load(512, Float.NaN)) {
      assertThatThrownBy(() -> trainer(model).train(split()))
          .isInstanceOf(DivergenceException.class)
          .hasMessageStartingWith(
              "step 1: the loss is NaN, the first gradient that is not finite is that of base_model.model.");
    }
  }

  @Test
  void aClosedModelIsRefused() {
    LanguageModel model = TinyModel.load(512);
    model.close();
    model.close();
    assertThatThrownBy(() -> trainer(model).train(split()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("the model is closed");
  }
}
