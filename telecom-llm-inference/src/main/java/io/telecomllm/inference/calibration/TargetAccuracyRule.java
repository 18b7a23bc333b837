package io.telecomllm.inference.calibration;

import static com.google.common.base.Preconditions.checkArgument;

import io.telecomllm.inference.calibration.AbstentionReason.Kind;
import io.telecomllm.inference.statistics.ClopperPearson;
import io.telecomllm.inference.statistics.GradedAnswer;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Promises an accuracy: with the probability {@code level} over the choice of the questions of the
 * fit, at least {@code target} of the answers that it gives are right. Immutable.
 *
 * <p>It holds for questions drawn like those of the fit, and with confidences computed in the same
 * way by a calibration that was fitted on others.
 *
 * @param threshold the least confidence of an answer that is given, 0 to 1; empty if no threshold
 *     keeps the promise, so that no answer is given
 * @param target the accuracy of the answers that are given, over 0 and under 1
 * @param level the probability that the promise is kept, over 0 and under 1
 */
public record TargetAccuracyRule(OptionalDouble threshold, double target, double level)
    implements Abstention {
  /** Thresholds are tried in steps of 1 / {@value #STEPS}, from 1 to 0. */
  public static final int STEPS = 100;

  // with 400 answers of 89 % accuracy and a target of 0.9 no threshold was found in 1 % of the
  // fits; in 14 % if the sequence began with the fewest answers
  private static final int START = 3;
  private static final int START_SHARE = 4;

  /** Checks the ranges. */
  public TargetAccuracyRule {
    threshold.ifPresent(ThresholdRule::new);
    checkArgument(target > 0 && target < 1, "target is %s, must be over 0 and under 1", target);
    checkArgument(level > 0 && level < 1, "level is %s, must be over 0 and under 1", level);
  }

  /**
   * Finds the lowest threshold on a fixed grid for which the lower bound of Clopper and Pearson
   * (1934) of the accuracy is at least the target, and for each higher one too.
   *
   * <p>Testing many thresholds would find one that passes by luck. The tests are therefore a fixed
   * sequence from the highest threshold downwards that ends with the first failure, as in
   * Learn-then-Test (Angelopoulos et al. 2021; Bauer 1991): each may then use the whole level.
   *
   * <p>The sequence begins where a threshold is reached by three times as many answers as the
   * promise needs at least, or by a quarter of all if that is fewer, since among the very first
   * answers one mistake would end it. The promise is proven if the accuracy of the answers that are
   * given does not fall as the threshold rises.
   *
   * @param answers answers to questions that the calibration was not fitted on
   * @param target over 0 and under 1
   * @param level over 0 and under 1, such as 0.95
   * @throws IllegalArgumentException saying how many are needed, if there are too few answers for
   *     such a promise even if all were right
   */
  public static TargetAccuracyRule fit(List<GradedAnswer> answers, double target, double level) {
    int needed = ClopperPearson.questionsNeeded(target, level);
    checkArgument(
        answers.size() >= needed,
        "%s questions cannot show an accuracy of %s at the level %s, at least %s are needed",
        answers.size(),
        target,
        level,
        needed);
    // known before any answer is graded, as the proof demands
    long first = Math.min(START * (long) needed, Math.max(needed, answers.size() / START_SHARE));
    OptionalDouble threshold = OptionalDouble.empty();
    for (int step = STEPS; step >= 0; step--) {
      double tried = (double) step / STEPS;
      List<GradedAnswer> given = answers.stream().filter(a -> a.confidence() >= tried).toList();
      if (given.size() >= first) {
        int right = (int) given.stream().filter(GradedAnswer::right).count();
        if (ClopperPearson.pValue(right, given.size(), target) > 1 - level) {
          break;
        }
        threshold = OptionalDouble.of(tried);
      }
    }
    return new TargetAccuracyRule(threshold, target, level);
  }

  @Override
  public Optional<AbstentionReason> reason(CalibratedAnswer answer) {
    return threshold.isPresent()
        ? new ThresholdRule(threshold.getAsDouble()).reason(answer)
        : Optional.of(
            AbstentionReason.anyOption(
                Kind.NO_THRESHOLD,
                "no confidence was found from which an accuracy of " + target + " is certain",
                answer));
  }
}
