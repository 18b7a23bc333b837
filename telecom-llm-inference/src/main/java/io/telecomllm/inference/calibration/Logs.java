package io.telecomllm.inference.calibration;

import static io.telecomllm.inference.statistics.Figures.LEAST_PROBABILITY;

import io.telecomllm.inference.statistics.OptionProbabilities;
import java.util.stream.DoubleStream;

/** Probabilities as logarithms, and back. */
final class Logs {
  private Logs() {}

  /**
   * Returns the logarithms of probabilities, less that of the highest. A probability below {@link
   * io.telecomllm.inference.statistics.Figures#LEAST_PROBABILITY}, such as 0, counts as this.
   */
  static double[] of(OptionProbabilities probabilities) {
    double highest = Math.log(probabilities.highest());
    return probabilities.values().stream()
        .mapToDouble(p -> Math.log(Math.max(p, LEAST_PROBABILITY)) - highest)
        .toArray();
  }

  /** Returns the softmax of finite numbers: shares that sum to 1. */
  static double[] softmax(double[] logs) {
    double highest = DoubleStream.of(logs).max().orElseThrow();
    double[] powers = DoubleStream.of(logs).map(log -> Math.exp(log - highest)).toArray();
    double sum = DoubleStream.of(powers).sum();
    return DoubleStream.of(powers).map(power -> power / sum).toArray();
  }
}
