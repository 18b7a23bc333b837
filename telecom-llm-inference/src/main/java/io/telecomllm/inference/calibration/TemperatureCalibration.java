package io.telecomllm.inference.calibration;

import static com.google.common.base.Preconditions.checkArgument;

import io.telecomllm.inference.statistics.OptionProbabilities;
import java.util.List;
import java.util.stream.DoubleStream;

/**
 * Divides log-probabilities by one temperature (Guo et al. 2017): over 1 it makes a model less
 * sure, under 1 surer. The order of the options never changes, so that the accuracy stays; of two
 * options, a higher probability never gets a lower confidence. Immutable.
 *
 * <p>A probability below 2<sup>-52</sup>, such as 0, counts as this, as it does in {@link
 * io.telecomllm.inference.statistics.Figures#logLoss}.
 *
 * @param temperature {@value #LOWEST} to {@value #HIGHEST}
 */
public record TemperatureCalibration(double temperature) implements Calibration {
  /** The lowest temperature. */
  public static final double LOWEST = 1e-3;

  /** The highest temperature. */
  public static final double HIGHEST = 1e3;

  private static final double PRECISION = 1e-13;
  private static final int MOST_STEPS = 200;

  /** Checks the range. */
  public TemperatureCalibration {
    checkArgument(
        temperature >= LOWEST && temperature <= HIGHEST,
        "temperature is %s, must be %s to %s",
        temperature,
        LOWEST,
        HIGHEST);
  }

  /**
   * Finds the temperature that minimises the log loss, which is convex in 1 / temperature, by
   * Newton's method inside an interval that holds the minimum. It is exact to nine digits at least,
   * and 1 if all options of each question are equally probable.
   *
   * @param questions at least one
   * @throws IllegalArgumentException if no temperature in the range minimises it: all answers are
   *     right, so that the loss falls to a temperature of 0, or the probabilities are no better
   *     than a guess, so that it falls to infinity
   */
  public static TemperatureCalibration fit(List<CalibrationQuestion> questions) {
    checkArgument(!questions.isEmpty(), "there are no questions, expected at least one");
    double low = 1 / HIGHEST;
    double high = 1 / LOWEST;
    if (Slope.at(questions, 1).curvature() == 0) {
      return new TemperatureCalibration(1);
    }
    checkArgument(
        Slope.at(questions, low).slope() < 0,
        "no temperature calibrates %s questions whose probabilities are no better than a guess",
        questions.size());
    checkArgument(
        Slope.at(questions, high).slope() > 0,
        "no temperature calibrates %s questions of which all, or nearly all, are answered"
            + " correctly: add questions that are answered wrongly",
        questions.size());
    return new TemperatureCalibration(1 / minimum(questions, low, high));
  }

  private static double minimum(List<CalibrationQuestion> questions, double from, double to) {
    double low = from;
    double high = to;
    double inverse = 1;
    for (int step = 0; step < MOST_STEPS; step++) {
      Slope slope = Slope.at(questions, inverse);
      low = slope.slope() < 0 ? inverse : low;
      high = slope.slope() < 0 ? high : inverse;
      double next = inverse - slope.slope() / slope.curvature();
      // far from the minimum the loss may be so flat that a step leads out
      double moved = next >= low && next <= high ? next : (low + high) / 2;
      if (Math.abs(moved - inverse) <= PRECISION * inverse) {
        return moved;
      }
      inverse = moved;
    }
    // rounding keeps the last digits moving
    return inverse;
  }

  /** The first and second derivative of the mean log loss by 1 / temperature. */
  private record Slope(double slope, double curvature) {
    static Slope at(List<CalibrationQuestion> questions, double inverse) {
      double slope = 0;
      double curvature = 0;
      for (CalibrationQuestion question : questions) {
        double[] logs = Logs.of(question.evidence().probabilities());
        double[] shares = softmax(logs, inverse);
        double mean = 0;
        for (int i = 0; i < logs.length; i++) {
          mean += shares[i] * logs[i];
        }
        for (int i = 0; i < logs.length; i++) {
          curvature += shares[i] * (logs[i] - mean) * (logs[i] - mean);
        }
        slope += mean - logs[question.answer()];
      }
      return new Slope(slope / questions.size(), curvature / questions.size());
    }
  }

  @Override
  public CalibratedAnswer calibrate(Evidence evidence) {
    OptionProbabilities own = evidence.probabilities();
    OptionProbabilities calibrated = OptionProbabilities.of(softmax(Logs.of(own), 1 / temperature));
    // rounding may make the option equal to one before it
    return new CalibratedAnswer(own.best(), calibrated.highest(), calibrated);
  }

  private static double[] softmax(double[] logs, double inverse) {
    return Logs.softmax(DoubleStream.of(logs).map(log -> log * inverse).toArray());
  }
}
