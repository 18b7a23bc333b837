package io.telecomllm.training.sweep;

import java.util.List;
import java.util.OptionalDouble;

/**
 * The median stopping rule (Golovin et al. 2017, "Google Vizier", section 3.2): after its s-th
 * evaluation a trial ends if its best loss so far is strictly worse than the median, over the
 * completed trials, of the mean of their first s losses. Pruned and diverged trials do not count.
 *
 * @param least the number of trials that must be completed before others are pruned
 */
record MedianRule(int least) {
  /**
   * Returns whether a trial ends.
   *
   * @param losses the losses of the trial so far, at least one
   * @param completed the losses of each completed trial, at least as many
   */
  boolean prunes(List<Double> losses, List<List<Double>> completed) {
    OptionalDouble best =
        losses.stream().mapToDouble(Double::doubleValue).filter(Double::isFinite).min();
    if (completed.size() < least || best.isEmpty()) {
      return false;
    }
    double[] means =
        completed.stream()
            .mapToDouble(all -> mean(all.subList(0, losses.size())))
            .sorted()
            .toArray();
    int middle = means.length / 2;
    double median = means.length % 2 == 1 ? means[middle] : (means[middle - 1] + means[middle]) / 2;
    return best.getAsDouble() > median;
  }

  private static double mean(List<Double> losses) {
    return losses.stream().mapToDouble(Double::doubleValue).sum() / losses.size();
  }
}
