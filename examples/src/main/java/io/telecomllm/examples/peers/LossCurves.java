package io.telecomllm.examples;

import static com.google.common.base.Preconditions.checkArgument;

import java.util.ArrayList;
import java.util.List;

/**
 * Two loss curves, each as the means of stretches of steps.
 *
 * @param stretch steps a mean
 * @param ours means of whole stretches, the first first
 * @param peers as many
 */
record LossCurves(int stretch, List<Double> ours, List<Double> peers) {
  /** The steps that both have; a last stretch that is not whole is left out. */
  static LossCurves of(int stretch, List<Double> ours, List<Double> peers) {
    checkArgument(stretch >= 1, "stretch is %s, must be at least 1", stretch);
    int steps = Math.min(ours.size(), peers.size());
    return new LossCurves(stretch, means(stretch, steps, ours), means(stretch, steps, peers));
  }

  private static List<Double> means(int stretch, int steps, List<Double> losses) {
    List<Double> means = new ArrayList<>();
    for (int from = 0; from + stretch <= steps; from += stretch) {
      means.add(
          losses.subList(from, from + stretch).stream()
              .mapToDouble(Double::doubleValue)
              .average()
              .orElseThrow());
    }
    return List.copyOf(means);
  }

  /** How far apart the two are at each stretch, as a share of the peer's. */
  List<Double> relativeDifferences() {
    List<Double> differences = new ArrayList<>();
    for (int i = 0; i < ours.size(); i++) {
      differences.add(Math.abs(ours.get(i) - peers.get(i)) / peers.get(i));
    }
    return differences;
  }

  /** The mean of {@link #relativeDifferences}; NaN without a whole stretch. */
  double meanDifference() {
    return relativeDifferences().stream()
        .mapToDouble(Double::doubleValue)
        .average()
        .orElse(Double.NaN);
  }

  /** The largest of {@link #relativeDifferences}; NaN without a whole stretch. */
  double largestDifference() {
    return relativeDifferences().stream().mapToDouble(Double::doubleValue).max().orElse(Double.NaN);
  }
}
