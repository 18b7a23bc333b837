package io.telecomllm.training.sweep;

import io.telecomllm.InvalidDataException;
import io.telecomllm.data.Split;
import io.telecomllm.training.QLoraTrainer;
import io.telecomllm.training.settings.EvaluationConfig;
import io.telecomllm.training.settings.IntervalStrategy;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * When trials are evaluated: equally often and after equal shares of their steps, so that trials
 * with different batches can be compared.
 *
 * @param evaluations the number of evaluations of each trial
 * @param distances the optimizer steps between two evaluations, by the effective batch
 */
record EvaluationPlan(int evaluations, Map<Integer, Integer> distances) {
  /**
   * Plans a sweep, and checks the settings of every trial before the first one runs.
   *
   * @param wanted the number of evaluations; there are fewer if a trial has fewer steps
   */
  static EvaluationPlan of(QLoraTrainer trainer, Split split, List<Trial> grid, int wanted) {
    requireMeasurable(trainer, split);
    Map<Integer, Long> steps = new LinkedHashMap<>();
    for (Trial trial : grid) {
      steps.computeIfAbsent(trial.effectiveBatch(), batch -> trial.applied(trainer).steps(split));
    }
    long least = steps.values().stream().mapToLong(Long::longValue).min().orElseThrow();
    int evaluations = (int) Math.min(wanted, least);
    Map<Integer, Integer> distances = new LinkedHashMap<>();
    steps.forEach((batch, all) -> distances.put(batch, Math.toIntExact(all / evaluations)));
    EvaluationPlan plan = new EvaluationPlan(evaluations, distances);
    grid.forEach(trial -> plan.trainer(trainer, trial));
    return plan;
  }

  private static void requireMeasurable(QLoraTrainer trainer, Split split) {
    try {
      trainer.steps(new Split(split.validation(), List.of()));
    } catch (InvalidDataException e) {
      throw new InvalidDataException(
          "none of the "
              + split.validation().size()
              + " validation questions fits maxSequenceLength, "
              + trainer.config().maxSequenceLength()
              + " tokens, with its answer: trials are compared by their loss on them",
          e);
    }
  }

  /** Returns the trainer of a trial. */
  QLoraTrainer trainer(QLoraTrainer base, Trial trial) {
    int distance = Objects.requireNonNull(distances.get(trial.effectiveBatch()));
    return trial
        .applied(base)
        .with(
            c ->
                c.maxSteps(Math.multiplyExact(distance, evaluations))
                    .evalStrategy(IntervalStrategy.STEPS)
                    .evalSteps(distance)
                    .metricForBestModel(EvaluationConfig.Metric.CHOICE_LOSS)
                    .earlyStoppingPatience(0)
                    .earlyStoppingThreshold(0)
                    .loadBestModelAtEnd(false)
                    .accuracyQuestions(0));
  }
}
