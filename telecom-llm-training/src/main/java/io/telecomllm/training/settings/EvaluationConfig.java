package io.telecomllm.training.settings;

import static com.google.common.base.Preconditions.checkArgument;

/**
 * When the validation questions are asked, and what follows from it.
 *
 * @param evalStrategy {@code eval_strategy}: when
 * @param evalSteps {@code eval_steps}: every so many optimizer steps, with {@link
 *     IntervalStrategy#STEPS} only
 * @param metricForBestModel {@code metric_for_best_model}: what is better
 * @param earlyStoppingPatience the run ends when so many evaluations one after another were no
 *     better than the best before; 0: it does not
 * @param earlyStoppingThreshold by how much an evaluation must be better to count, 0 or more
 * @param loadBestModelAtEnd {@code load_best_model_at_end}: the result is the adapter of the best
 *     evaluation, not the last; needs evaluations. Without validation questions it is the last
 * @param accuracyQuestions so many validation questions are answered before and after the run for
 *     its report, and at each evaluation if {@link Metric#ACCURACY} tells the best; 0: none
 */
public record EvaluationConfig(
    IntervalStrategy evalStrategy,
    int evalSteps,
    Metric metricForBestModel,
    int earlyStoppingPatience,
    double earlyStoppingThreshold,
    boolean loadBestModelAtEnd,
    int accuracyQuestions) {
  /** Checks the ranges, and that nothing is asked for that needs what is switched off. */
  public EvaluationConfig {
    evalStrategy.check("evalStrategy", "evalSteps", evalSteps);
    Ranges.check("earlyStoppingPatience", earlyStoppingPatience, 0, Integer.MAX_VALUE);
    checkArgument(
        earlyStoppingThreshold >= 0 && Double.isFinite(earlyStoppingThreshold),
        "earlyStoppingThreshold is %s, must be finite and at least 0",
        earlyStoppingThreshold);
    Ranges.check("accuracyQuestions", accuracyQuestions, 0, Integer.MAX_VALUE);
    boolean evaluated = evalStrategy != IntervalStrategy.NO;
    checkArgument(
        evaluated || earlyStoppingPatience == 0,
        "earlyStoppingPatience is %s, but evalStrategy is NO: without evaluations nothing gets"
            + " better or worse",
        earlyStoppingPatience);
    checkArgument(
        earlyStoppingPatience > 0 || earlyStoppingThreshold == 0,
        "earlyStoppingThreshold is %s, but earlyStoppingPatience is 0: the run does not stop early",
        earlyStoppingThreshold);
    checkArgument(
        evaluated || !loadBestModelAtEnd,
        "loadBestModelAtEnd is true, but evalStrategy is NO: without evaluations none is the best;"
            + " set loadBestModelAtEnd(false)");
    checkArgument(
        metricForBestModel != Metric.ACCURACY || accuracyQuestions > 0,
        "metricForBestModel is ACCURACY, but accuracyQuestions is 0: no question is answered");
  }

  /** The recipe: after each epoch, and the adapter of the lowest loss is the result. */
  public static EvaluationConfig defaults() {
    return new EvaluationConfig(
        IntervalStrategy.EPOCH,
        /* evalSteps= */ 0,
        Metric.LOSS,
        /* earlyStoppingPatience= */ 0,
        /* earlyStoppingThreshold= */ 0,
        /* loadBestModelAtEnd= */ true,
        /* accuracyQuestions= */ 100);
  }

  /** Whether it is time; see {@link IntervalStrategy#due}. */
  public boolean due(long step, boolean endsEpoch) {
    return evalStrategy.due(step, evalSteps, endsEpoch);
  }

  /** What an evaluation is judged by. */
  public enum Metric {
    /** The mean loss on the validation questions; less is better. */
    LOSS,
    /** The share of them that is answered rightly; more is better. */
    ACCURACY;

    /**
     * Whether a value is better than another by more than a threshold; one that is no number never
     * is.
     */
    public boolean better(double value, double than, double threshold) {
      return this == LOSS ? than - value > threshold : value - than > threshold;
    }
  }
}
