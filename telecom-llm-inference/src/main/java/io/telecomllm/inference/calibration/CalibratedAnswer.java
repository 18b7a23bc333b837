package io.telecomllm.inference.calibration;

import static com.google.common.base.Preconditions.checkArgument;
import static java.util.Objects.requireNonNull;

import io.telecomllm.inference.statistics.Forecast;
import io.telecomllm.inference.statistics.GradedAnswer;
import io.telecomllm.inference.statistics.OptionProbabilities;
import java.io.Serializable;

/**
 * An answer with a confidence that means something. Immutable.
 *
 * @param option the chosen option, counted from 0: the one that the model finds most probable
 * @param confidence the calibrated probability that it is right, 0 to 1
 * @param probabilities the probability of each option; calibrated if the calibration is one of
 *     probabilities, else the model's own
 */
public record CalibratedAnswer(int option, double confidence, OptionProbabilities probabilities)
    implements Serializable {
  /** Checks the range, and that no option is more probable than the chosen one. */
  public CalibratedAnswer {
    requireNonNull(probabilities, "probabilities is null");
    int options = probabilities.values().size();
    checkArgument(
        option >= 0 && option < options, "option is %s, must be 0 to %s", option, options - 1);
    checkArgument(
        probabilities.values().get(option) == probabilities.highest(),
        "option is %s, the most probable one is %s",
        option,
        probabilities.best());
    checkArgument(
        confidence >= 0 && confidence <= 1, "confidence is %s, must be 0 to 1", confidence);
  }

  /** Creates the answer that the model's own probabilities favour, which are not calibrated. */
  public static CalibratedAnswer own(OptionProbabilities probabilities) {
    return new CalibratedAnswer(probabilities.best(), probabilities.highest(), probabilities);
  }

  /**
   * Compares it with the right option, for figures and rules that need the confidence.
   *
   * @param answer the right option, counted from 0
   */
  public GradedAnswer graded(int answer) {
    return new GradedAnswer(confidence, forecast(answer).answer() == option);
  }

  /**
   * Compares it with the right option, for figures and rules that need all probabilities.
   *
   * @param answer the right option, counted from 0
   */
  public Forecast forecast(int answer) {
    return new Forecast(probabilities, answer);
  }
}
