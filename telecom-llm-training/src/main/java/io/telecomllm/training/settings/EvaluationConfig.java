package io.telecomllm.training.settings;

import static com.google.common.base.Preconditions.checkArgument;

import io.telecomllm.Internal;

/**
 * When a run is evaluated on the validation questions, and what it does with the results.
 *
 * @param evalStrategy {@code eval_strategy}: whether to evaluate after each epoch, after a number
 *     of steps, or never
 * @param evalSteps {@code eval_steps}: the optimizer steps from one evaluation to the next, at
 *     least 1 with {@link IntervalStrategy#STEPS}, otherwise 0
 * @param metricForBestModel {@code metric_for_best_model}: the metric that decides which evaluation
 *     is the best
 * @param earlyStoppingPatience the number of consecutive evaluations without improvement after
 *     which the run ends; 0 to never stop early
 * @param earlyStoppingThreshold an evaluation counts as an improvement if it is better by more than
 *     this; finite and at least 0
 * @param loadBestModelAtEnd {@code load_best_model_at_end}: whether the result is the adapter of
 *     the best evaluation instead of the last step; needs evaluations. Without validation questions
 *     it is that of the last step
 * @param accuracyQuestions the number of validation questions that are answered before and after
 *     the run for its report, and at each evaluation if the metric is {@link Metric#ACCURACY}; 0
 *     for none
 */
public record EvaluationConfig(
    IntervalStrategy evalStrategy,
    int evalSteps,
    Metric metricForBestModel,
    int earlyStoppingPatience,
    double earlyStoppingThreshold,
    boolean loadBestModelAtEnd,
    int accuracyQuestions) {
  /** Checks the ranges, and that no setting needs another one that is switched off. */
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

  /**
   * Returns the default settings: an evaluation after each epoch; the adapter that chooses best is
   * the result.
   */
  public static EvaluationConfig defaults() {
    return new EvaluationConfig(
        IntervalStrategy.EPOCH,
        /* evalSteps= */ 0,
        Metric.CHOICE_LOSS,
        /* earlyStoppingPatience= */ 0,
        /* earlyStoppingThreshold= */ 0,
        /* loadBestModelAtEnd= */ true,
        /* accuracyQuestions= */ 100);
  }

  /** Returns whether an evaluation is due; see {@link IntervalStrategy#due}. */
  @Internal
  public boolean due(long step, boolean endsEpoch) {
    return evalStrategy.due(step, evalSteps, endsEpoch);
  }

  /** The metric by which evaluations are compared. */
  public enum Metric {
    /** The loss of the choice among the options of all validation questions; less is better. */
    CHOICE_LOSS,
    /**
     * The mean loss over all tokens of the validation questions' answers; less is better. Most of
     * these tokens repeat the prompt, so this may fall while the choice gets worse.
     */
    LOSS,
    /**
     * The share of the first {@code accuracyQuestions} validation questions answered correctly;
     * more is better.
     */
    ACCURACY;

    /**
     * Returns whether a value is better than another by more than a threshold; false if one of them
     * is NaN.
     */
    @Internal
    public boolean better(double value, double than, double threshold) {
      return this == ACCURACY ? value - than > threshold : than - value > threshold;
    }
  }
}
