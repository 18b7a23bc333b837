package io.telecomllm.training.run;

import io.telecomllm.DivergenceException;
import io.telecomllm.Internal;
import io.telecomllm.OutOfMemoryException;
import io.telecomllm.data.Question;
import io.telecomllm.data.Split;
import io.telecomllm.lineage.Lineage;
import io.telecomllm.lineage.Probe;
import io.telecomllm.lora.LoraAdapter;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.tensor.Scope;
import io.telecomllm.training.batching.StepBatch;
import io.telecomllm.training.gradients.GradientSource;
import io.telecomllm.training.memory.MemoryUse;
import io.telecomllm.training.optimizer.LearningRate;
import io.telecomllm.training.progress.TrainingListener;
import io.telecomllm.training.progress.TrainingListener.AnomalyRecord;
import io.telecomllm.training.progress.TrainingListener.CheckpointRecord;
import io.telecomllm.training.progress.TrainingListener.EvaluationRecord;
import io.telecomllm.training.progress.TrainingListener.MemoryRecord;
import io.telecomllm.training.progress.TrainingListener.RunRecord;
import io.telecomllm.training.progress.TrainingListener.StepRecord;
import io.telecomllm.training.progress.TrainingReport;
import io.telecomllm.training.progress.TrainingReport.CategoryAccuracy;
import io.telecomllm.training.progress.TrainingReport.Ending;
import io.telecomllm.training.settings.AnomalyConfig;
import io.telecomllm.training.settings.TrainingConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The loop of a run: steps, and between them evaluations and checkpoints. What a step does follows
 * from the settings, its number, and the tensors of the step before, so a run that was killed
 * resumes from its newest checkpoint with the same result.
 */
@Internal
public final class TrainingRun {
  private final RunSetup setup;
  private final TrainingConfig config;
  private final TrainingListener listener;
  private final LanguageModel model;
  private final RunData data;
  private final List<Question> unseen;
  private final List<Question> seen;
  private final Lineage origin;
  private final Validation validation;
  private final AnomalyWatch watch;

  /**
   * The result of a run.
   *
   * @param adapter the trained adapter; owned by the code that started the run
   * @param report what the run did
   * @param lineage what the adapter was made from, with what the run measured
   */
  public record Outcome(LoraAdapter adapter, TrainingReport report, Lineage lineage) {}

  /**
   * Prepares a run on the training questions.
   *
   * @throws io.telecomllm.InvalidDataException if there are no training questions, or none fits the
   *     sequence length
   */
  public TrainingRun(RunSetup setup, Split split) {
    this(setup, setup.questions(split), split);
  }

  private TrainingRun(RunSetup setup, TrainingData questions, Split split) {
    this(setup, questions, setup.lineage(split), split.validation(), questions.questions());
  }

  /**
   * Prepares a run on other items than questions.
   *
   * @param origin what the adapter is made from
   */
  public TrainingRun(RunSetup setup, Items items, Lineage origin) {
    this(setup, items, origin, List.of(), List.of());
  }

  private TrainingRun(
      RunSetup setup, Items items, Lineage origin, List<Question> unseen, List<Question> seen) {
    this.setup = setup;
    this.config = setup.config();
    this.listener = setup.listener();
    this.model = setup.model();
    this.unseen = unseen;
    this.seen = seen;
    this.watch = new AnomalyWatch(config.anomaly().lossSpikeFactor());
    this.data = new RunData(config, items);
    this.validation =
        new Validation(
            config.evaluation(),
            data,
            setup.objective(),
            setup.prompted(),
            Validation.asked(
                setup, unseen.stream().limit(config.evaluation().accuracyQuestions()).toList()),
            setup::stopped,
            listener);
    // before the first step: the model's files may be gone after the last one
    this.origin = origin;
  }

  /** Trains the adapter, from the newest checkpoint if the folder has one. */
  public Outcome train() {
    if (setup.folder().isEmpty()) {
      return train(null);
    }
    try (RunFolder folder =
        RunFolder.open(setup.folder().get(), config.checkpoint().saveTotalLimit(), origin)) {
      return train(folder);
    }
  }

  private Outcome train(@Nullable RunFolder folder) {
    RunState state = folder == null ? RunState.begin(model.computeType()) : folder.state(model);
    boolean shared = setup.gradients().isPresent();
    MemoryUse memory =
        MemoryUse.of(
            model,
            MemoryUse.plan(model, setup.lora(), config, data.lengths()),
            config,
            // replicas and executors share a step by micro-batches
            Math.min(shared ? config.batchSize() : config.effectiveBatch(), data.items().size()));
    if (state.microBatch == 0) {
      state.microBatch = memory.microBatch();
    }
    LoraAdapter adapter =
        folder == null
            ? LoraAdapter.create(setup.lora(), model, config.seed())
            : folder.adapter(model, setup.lora(), config.seed());
    // replicas and executors compute with their own packed weights
    try (LanguageModel computing =
            model.trading(shared ? 0 : memory.unpacked(), memory.recomputed());
        GradientSource source = setup.source(computing, adapter);
        Optimization optimization =
            Optimization.of(computing, adapter, source, config.optimizer());
        BestAdapter best = new BestAdapter(adapter.parameters(), model.device())) {
      if (folder != null) {
        folder.requireRoom(adapter.parameters(), config.optimizer().adamw());
        folder.restore(state, optimization, best);
      }
      return new Loop(folder, state, adapter, optimization, best).run();
    } catch (RuntimeException | Error e) {
      adapter.close();
      throw e;
    }
  }

  /** The state and the methods of the loop over steps. */
  private final class Loop {
    private final @Nullable RunFolder folder;
    private final RunState state;
    private final LoraAdapter adapter;
    private final Optimization optimization;
    private final BestAdapter best;
    private final ChoiceWatch choices;
    private final long total = data.steps();
    private final LearningRate rates =
        config.schedule().rates(config.optimizer().learningRate(), total);

    Loop(
        @Nullable RunFolder folder,
        RunState state,
        LoraAdapter adapter,
        Optimization optimization,
        BestAdapter best) {
      this.folder = folder;
      this.state = state;
      this.adapter = adapter;
      this.optimization = optimization;
      this.best = best;
      this.choices = new ChoiceWatch(state.steps);
      optimization.lossScale(state.lossScale);
    }

    Outcome run() {
      listener.started(
          new RunRecord(
              config,
              setup.lora(),
              total,
              state.step,
              data.items().size(),
              data.items().skipped(),
              adapter.trainableParameters(),
              state.microBatch));
      if (state.before.isEmpty()) {
        state.before.addAll(validation.answeredBefore());
      }
      Ending ending = steps();
      if (config.evaluation().loadBestModelAtEnd() && state.best().isPresent()) {
        best.load();
      }
      TrainingReport report = report(ending);
      Lineage lineage = origin.withMetrics(report.metrics()).withProbes(probes());
      listener.finished(report);
      return new Outcome(adapter, report, lineage);
    }

    private Ending steps() {
      while (true) {
        boolean endsEpoch = data.endsEpoch(state.step);
        boolean stop = setup.stopped();
        if (!stop && validation.due(state.step) && !state.evaluatedAt(state.step)) {
          stop = !evaluate();
        }
        boolean done = state.step >= total;
        int patience = config.evaluation().earlyStoppingPatience();
        boolean early = patience > 0 && state.evaluationsSinceBest >= patience;
        if (config.checkpoint().due(state.step, endsEpoch) || done || early || stop) {
          save();
        }
        if (!done && (stop || setup.stopped())) {
          // a listener may have cancelled just now
          save();
          return Ending.CANCELLED;
        }
        if (done || early) {
          return early && !done ? Ending.STOPPED_EARLY : Ending.COMPLETED;
        }
        step();
      }
    }

    private void save() {
      if (folder != null && folder.savedAt() != state.step && state.step > 0) {
        listener.saved(
            new CheckpointRecord(state.step, folder.save(state, adapter, optimization, best)));
      }
    }

    private void step() {
      long start = System.nanoTime();
      long number = state.step + 1;
      RunData.Step step = data.step(number);
      double rate = rates.at(state.step);
      Optional<AnomalyWatch.Found> found = watch.of(step.items(), step.ids());
      if (found.isEmpty()) {
        StepBatch batch = batch(number, step);
        Optimization.Measured measured = measure(number, step, batch);
        if (optimization.lossScale().dynamic()) {
          // fp16 overflows now and then by design: the scale shrinks and the step is skipped
          optimization.lossScale(optimization.lossScale().next(measured.finite()));
        }
        if (measured.finite() || !optimization.lossScale().dynamic()) {
          found = watch.of(measured, state.steps);
        }
        if (found.isEmpty() && number == 1) {
          try (Scope work = Scope.open(model.device())) {
            found = watch.ofFirst(optimization, adapter.parameters(), work);
          }
        }
        if (found.isEmpty() && measured.finite()) {
          optimization.update(rate);
          StepRecord record =
              new StepRecord(
                  number,
                  step.epoch(),
                  measured.loss(),
                  measured.penalty(),
                  measured.choices(),
                  measured.gradientNorm(),
                  rate,
                  step.items().size(),
                  batch.tokens(),
                  batch.rows(),
                  (System.nanoTime() - start) / 1e9);
          state.steps.add(record);
          state.step = number;
          listener.step(record);
          if (!seen.isEmpty()) {
            // only questions have a guess to compare with
            choices
                .after(state.steps)
                .ifPresent(
                    warning -> {
                      state.warnings.add(warning);
                      listener.warned(warning);
                    });
          }
          return;
        }
      }
      found.ifPresent(anomaly -> skip(number, anomaly));
      state.step = number;
    }

    private void skip(long number, AnomalyWatch.Found anomaly) {
      boolean skipped = config.anomaly().anomalyPolicy() == AnomalyConfig.Policy.SKIP;
      AnomalyRecord record = new AnomalyRecord(number, anomaly.kind(), anomaly.message(), skipped);
      listener.anomaly(record);
      if (!skipped) {
        throw new DivergenceException("step " + number + ": " + anomaly.message());
      }
      state.anomalies.add(record);
    }

    private StepBatch batch(long number, RunData.Step step) {
      return data.batch(step.items(), state.microBatch, setup.noise(number));
    }

    /** Computes loss and gradients; if memory is short, in smaller micro-batches from now on. */
    private Optimization.Measured measure(long number, RunData.Step step, StepBatch batch) {
      try {
        return optimization.measure(List.of(new Optimization.Part(batch, 1)));
      } catch (OutOfMemoryException e) {
        if (state.microBatch == 1) {
          throw e;
        }
        state.microBatch = (state.microBatch + 1) / 2;
        listener.memoryShort(
            new MemoryRecord(number, state.microBatch, String.valueOf(e.getMessage())));
        return measure(number, step, batch(number, step));
      }
    }

    /**
     * Evaluates the adapter; returns false, and keeps nothing, if it was stopped before its end.
     */
    private boolean evaluate() {
      Optional<EvaluationRecord> before = state.best();
      Optional<EvaluationRecord> record =
          validation.evaluate(state.step, state.microBatch, optimization, adapter, before);
      record.ifPresent(
          found -> {
            double threshold = config.evaluation().earlyStoppingThreshold();
            boolean counts = validation.better(found, before, threshold);
            state.evaluationsSinceBest = counts ? 0 : state.evaluationsSinceBest + 1;
            if (found.best()) {
              best.keep();
            }
            state.evaluations.add(found);
            listener.evaluated(found);
          });
      return record.isPresent();
    }

    private List<Probe> probes() {
      List<Probe> probes = Probe.ask(unseen, setup.prompted(), adapter);
      return probes.isEmpty() ? Probe.ask(seen, setup.prompted(), adapter) : probes;
    }

    private TrainingReport report(Ending ending) {
      List<AnsweredCategory> after =
          ending == Ending.CANCELLED || state.before.isEmpty()
              ? List.of()
              : validation.answered(state.step, adapter);
      List<CategoryAccuracy> accuracy = new ArrayList<>();
      for (AnsweredCategory one : after) {
        state.before.stream()
            .filter(b -> b.category().equals(one.category()))
            .forEach(
                b ->
                    accuracy.add(
                        new CategoryAccuracy(
                            one.category(), one.questions(), b.right(), one.right())));
      }
      return new TrainingReport(
          config,
          setup.lora(),
          state.steps,
          state.evaluations,
          state.anomalies,
          state.warnings,
          accuracy,
          data.items().skipped(),
          ending);
    }
  }
}
