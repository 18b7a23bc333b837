package io.telecomllm.training.sweep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.telecomllm.BusyException;
import io.telecomllm.IncompatibleException;
import io.telecomllm.InvalidDataException;
import io.telecomllm.data.Question;
import io.telecomllm.data.Split;
import io.telecomllm.lora.LoraAdapter;
import io.telecomllm.lora.LoraConfig;
import io.telecomllm.lora.Parameter;
import io.telecomllm.lora.peft.PeftFolder;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.tensor.Threads;
import io.telecomllm.testing.SampleQuestions;
import io.telecomllm.testing.TinyModel;
import io.telecomllm.training.QLoraTrainer;
import io.telecomllm.training.batching.StepBatch;
import io.telecomllm.training.checkpoint.Checkpoint;
import io.telecomllm.training.checkpoint.Checkpoints;
import io.telecomllm.training.gradients.ArrayGradients;
import io.telecomllm.training.gradients.LocalGradients;
import io.telecomllm.training.gradients.LossAndGradients;
import io.telecomllm.training.gradients.ParameterArrays;
import io.telecomllm.training.objective.Loss;
import io.telecomllm.training.objective.Objective;
import io.telecomllm.training.progress.Cancellation;
import io.telecomllm.training.progress.TrainingListener;
import io.telecomllm.training.sweep.Trial.Ending;
import io.telecomllm.training.sweep.Trial.Evaluation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SweepTest {
  private static LanguageModel model = TinyModel.load(512);
  @TempDir private static Path wholeFolder;
  private static Sweep.Result whole = new Sweep.Result(List.of());

  @TempDir private Path folder;

  static Split split() {
    List<Question> questions = SampleQuestions.of(12);
    return new Split(questions.subList(0, 9), questions.subList(9, 12));
  }

  /** Dropout and noise; a checkpoint each epoch, so that a kill loses steps. */
  static QLoraTrainer trainer(LanguageModel model) {
    return QLoraTrainer.on(model)
        .lora(LoraConfig.builder().rank(4).alpha(8).dropout(0.1).build())
        .prompt(TinyModel.prompt())
        .gradients(SweepTest::overflowing)
        .with(c -> c.epochs(4).neftuneNoiseAlpha(5).seed(11));
  }

  /** Numbers that overflow once a parameter is over 0.9, as a rate of 1 makes it. */
  private static ArrayGradients overflowing(
      LanguageModel model, LoraAdapter adapter, Objective objective) {
    LoraAdapter scratch = LoraAdapter.create(adapter.config(), model, 0);
    LocalGradients local = new LocalGradients(model, scratch, objective);
    return new ArrayGradients() {
      @Override
      public List<Parameter> parameters() {
        return adapter.parameters();
      }

      @Override
      public LossAndGradients gradients(ParameterArrays values, StepBatch window) {
        LossAndGradients found = local.gradients(values, window);
        for (float[] array : values.arrays()) {
          for (float value : array) {
            if (Math.abs(value) > 0.9f) {
              return new LossAndGradients(new Loss(Double.POSITIVE_INFINITY), found.gradients());
            }
          }
        }
        return found;
      }

      @Override
      public Loss loss(ParameterArrays values, StepBatch window) {
        return local.loss(values, window);
      }

      @Override
      public void close() {
        scratch.close();
      }
    };
  }

  /** Eight trials: some learn, some hardly do, those with a rate of 1 diverge. */
  static Sweep sweep(QLoraTrainer trainer) {
    return Sweep.of(trainer)
        .learningRates(5e-3, 2e-2, 1e-5, 1)
        .effectiveBatches(3, 4)
        .pruneAfter(2);
  }

  @BeforeAll
  static void runOnce() {
    Threads.use(1);
    whole = sweep(trainer(model)).run(split(), wholeFolder);
  }

  @AfterAll
  static void closeModel() {
    model.close();
  }

  private static List<Double> losses(Trial trial) {
    return trial.evaluations().stream().map(Evaluation::loss).toList();
  }

  private static List<Trial> ended(Ending ending) {
    return whole.trials().stream().filter(trial -> trial.ending() == ending).toList();
  }

  /** Cancels a run after that many steps and evaluations of the whole sweep. */
  private static TrainingListener cancelling(int events, Cancellation cancellation) {
    return new TrainingListener() {
      private int heard;

      @Override
      public void step(StepRecord step) {
        count();
      }

      @Override
      public void evaluated(EvaluationRecord evaluation) {
        count();
      }

      private void count() {
        heard++;
        if (heard == events) {
          cancellation.cancel();
        }
      }
    };
  }

  @Test
  void theWorseArePrunedAndTheBestIsTheBestOfTheCompleted() {
    assertThat(whole.trials()).hasSize(8);
    assertThat(whole.cancelled()).isFalse();
    assertThat(ended(Ending.COMPLETED)).hasSizeGreaterThanOrEqualTo(2);
    assertThat(ended(Ending.PRUNED)).isNotEmpty();
    assertThat(ended(Ending.DIVERGED)).extracting(Trial::learningRate).containsExactly(1.0, 1.0);
    // the warm-up's first rate is 0, the second step moves them, the third sees it
    assertThat(ended(Ending.DIVERGED)).allSatisfy(trial -> assertThat(trial.steps()).isEqualTo(3));
    Trial best = whole.best().orElseThrow();
    for (Trial trial : ended(Ending.COMPLETED)) {
      assertThat(best.bestLoss().orElseThrow()).isLessThanOrEqualTo(trial.bestLoss().orElseThrow());
      // 9 questions, 4 epochs: 12 steps of 3 or 4 questions, a quarter of them between two
      assertThat(trial.evaluations()).extracting(Evaluation::step).containsExactly(3L, 6L, 9L, 12L);
      assertThat(trial.steps()).isEqualTo(12);
    }
    for (Trial trial : ended(Ending.PRUNED)) {
      // not one step more than it was judged by
      assertThat(newest(wholeFolder.resolve("trial-" + trial.number())).step())
          .isEqualTo(trial.steps());
    }
    List<List<Double>> completed = new ArrayList<>();
    for (Trial trial : whole.trials()) {
      for (int s = 1; s < 4; s++) {
        boolean last = s == trial.evaluations().size();
        if (s <= trial.evaluations().size() && trial.ending() != Ending.DIVERGED) {
          assertThat(new MedianRule(2).prunes(losses(trial).subList(0, s), completed))
              .as("trial %s after evaluation %s", trial.number(), s)
              .isEqualTo(last);
        }
      }
      if (trial.ending() == Ending.COMPLETED) {
        completed.add(losses(trial));
      }
    }
  }

  @Test
  void aTrialIsTheRunOfItsSettings() {
    Trial best = whole.best().orElseThrow();
    try (QLoraTrainer.Result run =
        best.applied(trainer(model)).with(c -> c.loadBestModelAtEnd(false)).run(split())) {
      assertThat(run.report().config().optimizer().learningRate()).isEqualTo(best.learningRate());
      assertThat(run.report().config().effectiveBatch()).isEqualTo(best.effectiveBatch());
      assertThat(run.report().lora().rank()).isEqualTo(best.rank());
      // an evaluation after each epoch, the distance of the trial's too
      assertThat(run.report().evaluations().stream().map(e -> e.choices().loss()).toList())
          .isEqualTo(losses(best));
    }
    Checkpoint last = newest(wholeFolder.resolve("trial-" + best.number()));
    assertThat(last.step()).isEqualTo(best.steps());
    try (LoraAdapter adapter = PeftFolder.load(last.path("adapter"), model)) {
      assertThat(adapter.config().rank()).isEqualTo(best.rank());
    }
  }

  private static Checkpoint newest(Path run) {
    try (Checkpoints checkpoints = Checkpoints.open(run, 1)) {
      return checkpoints.newest().orElseThrow();
    }
  }

  @Test
  void batchesAreMadeOfBatchesThatFit() {
    for (int batch = 1; batch <= 24; batch++) {
      for (int size = 1; size <= 9; size++) {
        int most = size;
        QLoraTrainer applied =
            Trial.planned(1, 3e-4, batch, 8).applied(trainer(model).with(c -> c.batchSize(most)));
        assertThat(applied.lora()).isEqualTo(trainer(model).lora().toBuilder().rank(8).build());
        var config = applied.config();
        assertThat(config.optimizer().learningRate()).isEqualTo(3e-4);
        assertThat(config.effectiveBatch()).isEqualTo(batch);
        assertThat(config.batchSize()).isLessThanOrEqualTo(size);
        for (int larger = config.batchSize() + 1; larger <= size; larger++) {
          assertThat(batch % larger).isNotZero();
        }
      }
    }
  }

  @Test
  void cancelledAgainAndAgainItEndsAsTheUninterruptedSweep() throws Exception {
    int parts = 0;
    Sweep.Result result;
    do {
      Cancellation cancellation = new Cancellation();
      // 5 of steps and evaluations: inside a trial, between two, at a pruning evaluation
      result =
          sweep(trainer(model).cancellation(cancellation).listener(cancelling(5, cancellation)))
              .run(split(), folder);
      parts++;
      assertThat(parts).isLessThan(40);
    } while (result.cancelled());
    assertThat(parts).isGreaterThan(8);
    assertThat(result).isEqualTo(whole);
    for (String file : List.of("sweep.json", "sweep.html")) {
      assertThat(folder.resolve(file)).hasSameTextualContentAs(wholeFolder.resolve(file));
    }
  }

  @Test
  void cancellationEndsItWithinAStepAndFinishedTrialsAreNotRepeated() throws Exception {
    Cancellation cancellation = new Cancellation();
    List<Long> steps = new ArrayList<>();
    TrainingListener counting =
        new TrainingListener() {
          @Override
          public void step(StepRecord step) {
            steps.add(step.step());
          }
        };
    TrainingListener both = TrainingListener.all(counting, cancelling(17, cancellation));
    Sweep.Result part =
        sweep(trainer(model).cancellation(cancellation).listener(both)).run(split(), folder);
    // 12 steps and 4 evaluations of the first trial, and one step
    assertThat(steps).hasSize(13).endsWith(12L, 1L);
    assertThat(part.trials())
        .extracting(Trial::ending)
        .startsWith(Ending.COMPLETED, Ending.UNFINISHED);
    assertThat(part.cancelled()).isTrue();
    steps.clear();
    Sweep.Result rest = sweep(trainer(model).listener(counting)).run(split(), folder);
    assertThat(steps).startsWith(2L, 3L);
    assertThat(rest).isEqualTo(whole);
    steps.clear();
    assertThat(sweep(trainer(model).listener(counting)).run(split(), folder)).isEqualTo(whole);
    assertThat(steps).isEmpty();
    // killed after the evaluation that ended a trial, before that was written down
    Path file = folder.resolve("sweep.json");
    String json = Files.readString(file);
    Files.writeString(file, json.replace("pruned", "unfinished"));
    assertThat(sweep(trainer(model).listener(counting)).run(split(), folder)).isEqualTo(whole);
    assertThat(steps).isEmpty();
    assertThat(file).hasContent(json);
    // one that is asked before it begins makes no step, and keeps what is there
    assertThat(sweep(trainer(model).cancellation(cancellation)).run(split(), folder))
        .isEqualTo(whole);
  }

  @Test
  void anInterruptedThreadLeavesItResumable() {
    TrainingListener interrupting =
        new TrainingListener() {
          @Override
          public void step(StepRecord step) {
            if (step.step() == 5) {
              Thread.currentThread().interrupt();
            }
          }
        };
    Sweep.Result part = sweep(trainer(model).listener(interrupting)).run(split(), folder);
    assertThat(Thread.interrupted()).isTrue();
    assertThat(part.trials().get(0).evaluations()).hasSize(1);
    assertThat(sweep(trainer(model)).run(split(), folder)).isEqualTo(whole);
  }

  @Test
  void aCrashForgetsNoEvaluation() throws Exception {
    TrainingListener crashing =
        new TrainingListener() {
          @Override
          public void step(StepRecord step) {
            if (step.step() == 8) {
              throw new IllegalStateException("crash");
            }
          }
        };
    Sweep sweep = sweep(trainer(model).listener(crashing));
    assertThatThrownBy(() -> sweep.run(split(), folder)).hasMessage("crash");
    String json = Files.readString(folder.resolve("sweep.json"));
    for (Evaluation evaluation : whole.trials().get(0).evaluations().subList(0, 2)) {
      assertThat(json).contains("\"loss\": " + evaluation.loss());
    }
    assertThat(sweep(trainer(model)).run(split(), folder)).isEqualTo(whole);
  }

  @Test
  void withoutPruningEveryTrialIsCompleted() {
    Sweep.Result result =
        Sweep.of(trainer(model).with(c -> c.maxSteps(3)))
            .learningRates(5e-3, 1e-5)
            .ranks(2, 4)
            .pruneAfter(4)
            .run(split(), folder);
    assertThat(result.trials()).extracting(Trial::ending).containsOnly(Ending.COMPLETED);
    // fewer steps than evaluations: one after each step
    assertThat(result.trials())
        .allSatisfy(
            trial ->
                assertThat(trial.evaluations())
                    .extracting(Evaluation::step)
                    .containsExactly(1L, 2L, 3L));
    assertThat(result.trials()).extracting(Trial::rank).containsExactly(2, 2, 4, 4);
  }

  @Test
  void aFolderOfAnotherSweepIsRefused() {
    Sweep small = Sweep.of(trainer(model).with(c -> c.maxSteps(2))).learningRates(5e-3, 1e-5);
    small.run(split(), folder);
    assertThatThrownBy(() -> small.learningRates(5e-3, 2e-5).run(split(), folder))
        .isInstanceOf(IncompatibleException.class)
        .hasMessage(
            folder
                + " belongs to another sweep: it differs in learningRates ([0.005, 1.0E-5], here"
                + " [0.005, 2.0E-5]); take another folder, or the settings of that sweep");
    assertThatThrownBy(() -> small.pruneAfter(9).run(split(), folder))
        .hasMessageContaining("it differs in pruneAfter (3, here 9);");
    Sweep seeded =
        Sweep.of(trainer(model).with(c -> c.maxSteps(2).seed(12))).learningRates(5e-3, 1e-5);
    assertThatThrownBy(() -> seeded.run(split(), folder))
        .isInstanceOf(IncompatibleException.class)
        .hasMessageContaining("it differs in training.seed (11, here 12);");
    Split other = new Split(split().training().subList(1, 9), split().validation());
    assertThatThrownBy(() -> small.run(other, folder))
        .isInstanceOf(IncompatibleException.class)
        .hasMessageContaining("it differs in data (");
  }

  @Test
  void aDamagedFileAndASecondSweepAreRefused() throws Exception {
    Sweep small = Sweep.of(trainer(model).with(c -> c.maxSteps(2)));
    small.run(split(), folder);
    try (Checkpoints held = Checkpoints.open(folder, 1)) {
      assertThatThrownBy(() -> small.run(split(), held.folder()))
          .isInstanceOf(BusyException.class)
          .hasMessageContaining(folder.getFileName().toString());
    }
    Path file = folder.resolve("sweep.json");
    String json = Files.readString(file);
    Files.writeString(file, json.replace("completed", "done"));
    assertThatThrownBy(() -> small.run(split(), folder))
        .isInstanceOf(InvalidDataException.class)
        .hasMessageContaining("sweep.json")
        .hasMessageContaining("one of completed, pruned, diverged, unfinished");
    Files.writeString(file, json.substring(0, 100));
    assertThatThrownBy(() -> small.run(split(), folder))
        .isInstanceOf(InvalidDataException.class)
        .hasMessageContaining("sweep.json");
  }

  @Test
  void whatCannotBeSweptIsRefusedBeforeTheFirstStep() {
    Sweep sweep = Sweep.of(trainer(model));
    assertThatThrownBy(() -> sweep.learningRates())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("learningRates is empty, must hold at least one value");
    assertThatThrownBy(() -> sweep.ranks(4, 8, 4)).hasMessage("ranks holds 4 twice");
    assertThatThrownBy(() -> sweep.learningRates(1e-4, 2))
        .hasMessage("learningRate is 2.0, must be over 0 and at most 1");
    assertThatThrownBy(() -> sweep.learningRates(Double.NaN))
        .hasMessage("learningRate is NaN, must be over 0 and at most 1");
    assertThatThrownBy(() -> sweep.ranks(0)).hasMessage("rank is 0, must be 1 to 4096");
    assertThatThrownBy(() -> sweep.effectiveBatches(0))
        .hasMessage("effectiveBatches holds 0, must be 1 to 65536");
    assertThatThrownBy(() -> sweep.evaluations(0))
        .hasMessage("evaluations is 0, must be 1 to 1000");
    assertThatThrownBy(() -> sweep.pruneAfter(0)).hasMessage("pruneAfter is 0, must be at least 1");
    assertThatThrownBy(() -> sweep.run(new Split(split().training(), List.of()), folder))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no validation questions");
    Sweep tooShort = Sweep.of(trainer(model).with(c -> c.maxSequenceLength(10)));
    assertThatThrownBy(() -> tooShort.run(split(), folder))
        .isInstanceOf(InvalidDataException.class)
        .hasMessageContaining("none of the 3 validation questions fits maxSequenceLength, 10");
    Sweep warm = Sweep.of(trainer(model).with(c -> c.warmupSteps(12))).effectiveBatches(4, 9);
    assertThatThrownBy(() -> warm.run(split(), folder))
        .hasMessage("warmupSteps is 12, but maxSteps is 4");
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void theTableHasARowEachTrial() {
    List<Trial> trials =
        List.of(
            new Trial(
                1,
                2e-4,
                8,
                16,
                20,
                List.of(new Evaluation(10, 1.25), new Evaluation(20, 1.5)),
                Ending.COMPLETED),
            new Trial(2, 1e-3, 8, 16, 10, List.of(new Evaluation(10, 2)), Ending.PRUNED),
            new Trial(3, 0.5, 8, 16, 7, List.of(), Ending.DIVERGED),
            Trial.planned(4, 1, 8, 16));
    assertThat(new Sweep.Result(trials).table())
        .isEqualTo(
            """
            | trial | learning rate | batch | rank | steps | best loss | last loss | ended |
            |---:|---:|---:|---:|---:|---:|---:|---|
            | 1 | 2e-4 | 8 | 16 | 20 | 1.2500 | 1.5000 | completed, best |
            | 2 | 0.001 | 8 | 16 | 10 | 2.0000 | 2.0000 | pruned |
            | 3 | 0.5 | 8 | 16 | 7 | – | – | diverged |
            | 4 | 1 | 8 | 16 | 0 | – | – | unfinished |
            """);
  }
}
