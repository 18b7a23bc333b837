package io.telecomllm.examples.peers;

import static com.google.common.base.Preconditions.checkArgument;

import io.telecomllm.report.Chart;
import io.telecomllm.report.Curve;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Two loss curves, each as means over stretches of steps.
 *
 * @param stretch the number of steps in a mean
 * @param ours our means of whole stretches, in order
 * @param peers the peer's means of the same stretches
 */
record LossCurves(int stretch, List<Double> ours, List<Double> peers) {
  /** Compares the steps that both curves have; an incomplete last stretch is left out. */
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

  /**
   * Both curves as an SVG file: the peer's line broad and pale, ours thin upon it, so that both are
   * seen where they agree.
   */
  String svg(String ourName, String peerName) {
    return new Chart(760, 380, "loss, means of " + stretch + " steps", true)
        .between(0, stretch * ours.size())
        .band(curve(peers), peerName)
        .line("line", curve(ours), ourName)
        .file("Training loss by optimizer step: " + ourName + " and " + peerName);
  }

  /** Each mean stands in the middle of its steps. */
  private Curve curve(List<Double> means) {
    return new Curve(
        IntStream.range(0, means.size()).mapToDouble(i -> (i + 0.5) * stretch).toArray(),
        means.stream().mapToDouble(Double::doubleValue).toArray());
  }

  /** Returns the difference of each stretch, as a share of the peer's loss. */
  List<Double> relativeDifferences() {
    List<Double> differences = new ArrayList<>();
    for (int i = 0; i < ours.size(); i++) {
      differences.add(Math.abs(ours.get(i) - peers.get(i)) / peers.get(i));
    }
    return differences;
  }

  /** Returns the mean of {@link #relativeDifferences}; NaN if there is no whole stretch. */
  double meanDifference() {
    return relativeDifferences().stream()
        .mapToDouble(Double::doubleValue)
        .average()
        .orElse(Double.NaN);
  }

  /** Returns the largest of {@link #relativeDifferences}; NaN if there is no whole stretch. */
  double largestDifference() {
    return relativeDifferences().stream().mapToDouble(Double::doubleValue).max().orElse(Double.NaN);
  }
}
