package io.telecomllm.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.telecomllm.DivergenceException;
import io.telecomllm.OutOfMemoryException;
import io.telecomllm.lora.LoraConfig;
import io.telecomllm.lora.LoraInitialization;
import io.telecomllm.lora.peft.PeftFolder;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.tensor.Threads;
import io.telecomllm.testing.Reliability;
import io.telecomllm.testing.TinyModel;
import io.telecomllm.training.checkpoint.Checkpoint;
import io.telecomllm.training.checkpoint.Checkpoints;
import io.telecomllm.training.gradients.ArrayGradients;
import io.telecomllm.training.gradients.LossAndGradients;
import io.telecomllm.training.gradients.ParameterArrays;
import io.telecomllm.training.objective.Loss;
import io.telecomllm.training.progress.Cancellation;
import io.telecomllm.training.progress.TrainingListener;
import io.telecomllm.training.progress.TrainingListener.Anomaly;
import io.telecomllm.training.progress.TrainingListener.AnomalyRecord;
import io.telecomllm.training.progress.TrainingListener.MemoryRecord;
import io.telecomllm.training.progress.TrainingReport;
import io.telecomllm.training.progress.TrainingReport.Ending;
import io.telecomllm.training.settings.AnomalyConfig;
import io.telecomllm.training.settings.IntervalStrategy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What goes wrong while it runs: numbers, memory, a thread that wants it to end. */
class TroubleTest {
  static {
    Threads.use(1);
  }

  @TempDir private Path folder;

  private static QLoraTrainer trainer(LanguageModel model) {
    return QLoraTrainer.on(model)
        .lora(LoraConfig.builder().rank(4).alpha(4).build())
        .with(c -> c.epochs(2).learningRate(5e-3).seed(11));
  }

  private static final class Heard implements TrainingListener {
    private final List<AnomalyRecord> anomalies = new ArrayList<>();
    private final List<MemoryRecord> memory = new ArrayList<>();
    private final List<Integer> batches = new ArrayList<>();

    @Override
    public void started(RunRecord run) {
      batches.add(run.microBatch());
    }

    @Override
    public void anomaly(AnomalyRecord anomaly) {
      anomalies.add(anomaly);
    }

    @Override
    public void memoryShort(MemoryRecord record) {
      memory.add(record);
    }
  }

  private static LossAndGradients with(LossAndGradients given, double loss, float gradient) {
    List<float[]> arrays = new ArrayList<>(given.gradients().arrays());
    if (gradient != 0) {
      float[] first = arrays.get(3).clone();
      first[1] = gradient;
      arrays.set(3, first);
    }
    return new LossAndGradients(
        new Loss(loss, given.loss().choices()), new ParameterArrays(arrays));
  }

  @Test
  void whatIsNotFiniteIsNamedInItsStepAndLeavesNothingOnDisk() {
    try (LanguageModel model = TinyModel.load(512)) {
      for (double loss : new double[] {Double.NaN, Double.POSITIVE_INFINITY}) {
        Heard heard = new Heard();
        assertThatThrownBy(
                () ->
                    trainer(model)
                        .listener(heard)
                        .gradients(
                            new ChangedGradients((call, g) -> call == 3 ? with(g, loss, 0) : g))
                        .run(QLoraTrainerTest.split()))
            .isInstanceOf(DivergenceException.class)
            .hasMessage("step 3: the loss is " + loss);
        assertThat(heard.anomalies)
            .containsExactly(
                new AnomalyRecord(3, Anomaly.LOSS_NOT_FINITE, "the loss is " + loss, false));
      }
      QLoraTrainer broken =
          trainer(model)
              .with(c -> c.saveStrategy(IntervalStrategy.STEPS).saveSteps(1))
              .checkpoints(folder)
              .gradients(
                  new ChangedGradients(
                      (call, g) -> call == 3 ? with(g, g.loss().value(), Float.NaN) : g));
      assertThatThrownBy(() -> broken.run(QLoraTrainerTest.split()))
          .hasMessageStartingWith("step 3: the gradient norm is NaN")
          .hasMessageContaining("layers.0.self_attn.k_proj.lora_B.weight");
      try (Checkpoints kept = Checkpoints.open(folder, 1)) {
        Checkpoint last = kept.newest().orElseThrow();
        assertThat(last.step()).isEqualTo(2);
        // reading refuses values that are not finite
        PeftFolder.load(last.path("adapter"), model).close();
      }
    }
  }

  @Test
  void aStepCanBeLeftOut() {
    try (LanguageModel model = TinyModel.load(512)) {
      Heard heard = new Heard();
      try (QLoraTrainer.Result result =
          trainer(model)
              .listener(heard)
              .with(c -> c.epochs(3).anomalyPolicy(AnomalyConfig.Policy.SKIP).lossSpikeFactor(3))
              .gradients(
                  new ChangedGradients(
                      (call, g) ->
                          call == 2
                              ? with(g, g.loss().value(), Float.POSITIVE_INFINITY)
                              : call == 6 ? with(g, 5 * g.loss().value(), 0) : g))
              .run(QLoraTrainerTest.split())) {
        TrainingReport report = result.report();
        assertThat(report.ending()).isEqualTo(Ending.COMPLETED);
        assertThat(report.steps().stream().map(s -> s.step())).doesNotContain(2L, 6L).contains(5L);
        assertThat(report.anomalies()).isEqualTo(heard.anomalies);
        assertThat(heard.anomalies.stream().map(AnomalyRecord::kind))
            .containsExactly(Anomaly.GRADIENT_NOT_FINITE, Anomaly.LOSS_SPIKE);
        assertThat(heard.anomalies.get(1).message()).contains("over 3.0 times");
      }
    }
  }

  @Test
  void aMatrixThatLearnsNothingIsSeenAtTheFirstStep() {
    try (LanguageModel model = TinyModel.load(512)) {
      assertThatThrownBy(
              () ->
                  trainer(model)
                      .gradients(
                          new ChangedGradients(
                              (call, g) -> {
                                List<float[]> arrays = new ArrayList<>(g.gradients().arrays());
                                arrays.set(1, new float[arrays.get(1).length]);
                                return new LossAndGradients(g.loss(), new ParameterArrays(arrays));
                              }))
                      .run(QLoraTrainerTest.split()))
          .hasMessage(
              "step 1: no gradient in"
                  + " base_model.model.model.layers.0.self_attn.q_proj.lora_B.weight");
      // LoftQ repairs what packing took away: of dense weights it would make zeros that stay
      assertThatThrownBy(
              () ->
                  trainer(model)
                      .lora(
                          LoraConfig.builder()
                              .rank(4)
                              .initialization(LoraInitialization.LOFTQ)
                              .build())
                      .run(QLoraTrainerTest.split()))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith(
              "initialization LOFTQ approximates the quantization error, which is 0 for"
                  + " model.layers.0.self_attn.q_proj: ");
    }
  }

  @Test
  void whereMemoryIsShortTheMicroBatchHalvesAndTheResultStays() {
    try (LanguageModel model = TinyModel.load(512)) {
      Heard heard = new Heard();
      ArrayGradients.Opener limited =
          new ChangedGradients(
              window -> {
                if (window.batches().stream().anyMatch(b -> b.tokens().segments().size() > 3)) {
                  throw new OutOfMemoryException("out of memory in operator linear");
                }
              },
              (call, g) -> g,
              loss -> loss);
      QLoraTrainer trainer = trainer(model).with(c -> c.batchSize(8).gradientAccumulation(1));
      try (Reliability survived = Reliability.of("out of memory while training");
          QLoraTrainer.Result whole = trainer.run(QLoraTrainerTest.split());
          QLoraTrainer.Result halved =
              trainer.listener(heard).gradients(limited).run(QLoraTrainerTest.split())) {
        survived.begins();
        double most = 0;
        assertThat(heard.batches).hasSize(1);
        assertThat(heard.memory).isNotEmpty();
        assertThat(heard.memory.get(0).step()).isEqualTo(1);
        assertThat(heard.memory.get(heard.memory.size() - 1).microBatch())
            .isLessThan(heard.batches.get(0));
        for (int i = 0; i < whole.report().steps().size(); i++) {
          double expected = whole.report().steps().get(i).loss();
          double found = halved.report().steps().get(i).loss();
          assertThat(found).isCloseTo(expected, within(1e-4 * expected));
          most = Math.max(most, Math.abs(found / expected - 1));
          assertThat(halved.report().steps().get(i).questions())
              .isEqualTo(whole.report().steps().get(i).questions());
        }
        survived.passed();
        survived.note(
            String.format(
                java.util.Locale.ROOT,
                "the micro-batch goes from %d to %d, the losses differ by a share of at most %.1e",
                heard.batches.get(0),
                heard.memory.get(heard.memory.size() - 1).microBatch(),
                most));
      }
    }
  }

  @Test
  void aStepIsSharedOutInMicroBatchesOfTheBatchSize() {
    try (LanguageModel model = TinyModel.load(512)) {
      List<Integer> batches = new ArrayList<>();
      ArrayGradients.Opener counting =
          new ChangedGradients(
              window -> batches.add(window.batches().size()), (call, g) -> g, loss -> loss);
      // nine questions, eight a step, two at a time
      trainer(model).epochs(1).gradients(counting).run(QLoraTrainerTest.split()).close();
      assertThat(batches).containsExactly(4, 1);
    }
  }

  @Test
  void memoryThatNothingFitsIsRefusedBeforeTheFirstStep() {
    try (LanguageModel model = TinyModel.load(512)) {
      assertThatThrownBy(
              () -> trainer(model).with(c -> c.memoryLimit(1000)).run(QLoraTrainerTest.split()))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("memoryLimit is 0.00 GiB, but one question at a time");
    }
  }

  /** Where a run is asked to end, from the thread that trains. */
  private static TrainingListener at(String phase, Runnable ask) {
    return new TrainingListener() {
      @Override
      public void started(RunRecord run) {
        ask("started");
      }

      @Override
      public void step(StepRecord step) {
        ask("step " + step.step());
      }

      @Override
      public void evaluated(EvaluationRecord evaluation) {
        ask("evaluation after " + evaluation.step());
      }

      @Override
      public void saved(CheckpointRecord checkpoint) {
        ask("checkpoint of " + checkpoint.step());
      }

      private void ask(String now) {
        if (now.equals(phase)) {
          ask.run();
        }
      }
    };
  }

  @Test
  void anInterruptOrACancellationEndsItWithinAStepWithACheckpoint() {
    Thread thread = Thread.currentThread();
    // how many steps are made by then
    Map<String, Integer> phases =
        Map.of(
            "started", 0, "step 2", 2, "evaluation after 2", 2, "checkpoint of 1", 1, "step 3", 3);
    try (LanguageModel model = TinyModel.load(512);
        Reliability survived = Reliability.of("interrupt or cancellation while training")) {
      for (String phase : phases.keySet()) {
        for (boolean interrupt : new boolean[] {true, false}) {
          survived.begins();
          Path run = folder.resolve(phase + " " + interrupt);
          Cancellation cancellation = new Cancellation();
          QLoraTrainer trainer =
              trainer(model)
                  .with(c -> c.saveStrategy(IntervalStrategy.STEPS).saveSteps(1))
                  .with(c -> c.evalStrategy(IntervalStrategy.STEPS).evalSteps(1))
                  .checkpoints(run)
                  .cancellation(cancellation)
                  .listener(at(phase, interrupt ? thread::interrupt : cancellation::cancel));
          try (QLoraTrainer.Result result = trainer.run(QLoraTrainerTest.split())) {
            assertThat(Thread.interrupted()).as(phase).isEqualTo(interrupt);
            assertThat(result.report().ending()).as(phase).isEqualTo(Ending.CANCELLED);
            assertThat(result.report().steps()).as(phase).hasSize(phases.get(phase));
          }
          try (Checkpoints kept = Checkpoints.open(run, 1)) {
            assertThat(kept.newest().map(Checkpoint::step).orElse(0L))
                .as(phase)
                .isEqualTo((long) phases.get(phase));
          }
          survived.passed();
        }
      }
      survived.note("0 steps more at each of " + new TreeSet<>(phases.keySet()));
    }
  }

  @Test
  void layersComputedAgainAndWeightsKeptUnpackedChangeNothing() {
    try (LanguageModel model = TinyModel.load(512)) {
      int layers = model.config().layers();
      for (int recomputed = 0; recomputed <= layers; recomputed++) {
        try (LanguageModel other = model.trading(layers - recomputed, recomputed);
            QLoraTrainer.Result expected = trainer(model).run(QLoraTrainerTest.split());
            QLoraTrainer.Result found = trainer(other).run(QLoraTrainerTest.split())) {
          ResumeTest.assertSame(
              ResumeTest.values(found.adapter()), ResumeTest.values(expected.adapter()));
        }
      }
    }
  }
}
