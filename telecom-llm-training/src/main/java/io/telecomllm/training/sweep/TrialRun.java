package io.telecomllm.training.sweep;

import io.telecomllm.TelecomLlmException;
import io.telecomllm.data.Split;
import io.telecomllm.training.QLoraTrainer;
import io.telecomllm.training.progress.Cancellation;
import io.telecomllm.training.progress.TrainingListener;
import io.telecomllm.training.sweep.Trial.Ending;
import io.telecomllm.training.sweep.Trial.Evaluation;
import java.util.ArrayList;
import java.util.List;

/** Runs one trial and listens to it; each evaluation is on disk before the run continues. */
final class TrialRun implements TrainingListener {
  private final QLoraTrainer trainer;
  private final EvaluationPlan plan;
  private final MedianRule rule;
  private final SweepFolder files;
  private final Trial trial;
  private final Cancellation cancellation;
  private final List<Evaluation> evaluations = new ArrayList<>();
  private long diverged;

  TrialRun(
      QLoraTrainer trainer, EvaluationPlan plan, MedianRule rule, SweepFolder files, int number) {
    this.trainer = trainer;
    this.plan = plan;
    this.rule = rule;
    this.files = files;
    this.trial = files.trial(number);
    this.cancellation = trainer.cancellation().part();
    evaluations.addAll(trial.evaluations());
  }

  /** Runs the trial, or what is left of it. */
  void run(Split split) {
    if (trial.ending() != Ending.UNFINISHED) {
      return;
    }
    // a process that was killed may have had no time to record this
    if (pruned()) {
      put(Ending.PRUNED);
      return;
    }
    try (QLoraTrainer.Result result =
        plan.trainer(trainer, trial)
            .checkpoints(files.checkpoints(trial))
            .cancellation(cancellation)
            .listener(TrainingListener.all(trainer.listener(), this))
            .run(split)) {
      evaluations.clear();
      result.report().evaluations().stream()
          .map(e -> new Evaluation(e.step(), e.choices().loss()))
          .forEach(evaluations::add);
    } catch (TelecomLlmException e) {
      if (diverged == 0) {
        throw e;
      }
      files.put(trial.with(diverged, evaluations, Ending.DIVERGED));
      return;
    }
    boolean all = evaluations.size() == plan.evaluations();
    // a run that is cancelled in its last step has all steps, but not the last evaluation
    put(
        unmeasurable()
            ? Ending.DIVERGED
            : pruned() ? Ending.PRUNED : all ? Ending.COMPLETED : Ending.UNFINISHED);
  }

  private void put(Ending ending) {
    files.put(trial.with(steps(), evaluations, ending));
  }

  private long steps() {
    return evaluations.isEmpty() ? 0 : evaluations.get(evaluations.size() - 1).step();
  }

  @Override
  public void evaluated(EvaluationRecord record) {
    // a resumed run repeats the evaluations after its checkpoint
    evaluations.removeIf(e -> e.step() >= record.step());
    evaluations.add(new Evaluation(record.step(), record.choices().loss()));
    put(Ending.UNFINISHED);
    if (unmeasurable() || pruned()) {
      cancellation.cancel();
    }
  }

  @Override
  public void anomaly(AnomalyRecord anomaly) {
    boolean numbers =
        switch (anomaly.kind()) {
          case LOSS_NOT_FINITE, GRADIENT_NOT_FINITE, LOSS_SPIKE -> true;
          case NOTHING_SUPERVISED, NO_GRADIENT -> false;
        };
    if (numbers && !anomaly.skipped()) {
      diverged = anomaly.step();
    }
  }

  private boolean unmeasurable() {
    return evaluations.stream().anyMatch(e -> Double.isNaN(e.loss()));
  }

  /**
   * Returns whether the rule prunes the trial; never after its last evaluation, which leaves
   * nothing to save.
   */
  private boolean pruned() {
    return !evaluations.isEmpty()
        && evaluations.size() < plan.evaluations()
        && rule.prunes(
            losses(evaluations), files.completed().map(t -> losses(t.evaluations())).toList());
  }

  private static List<Double> losses(List<Evaluation> evaluations) {
    return evaluations.stream().map(Evaluation::loss).toList();
  }
}
