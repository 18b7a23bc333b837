package io.telecomllm.training.progress;

import java.util.List;
import java.util.OptionalDouble;

/**
 * A learning-rate range test (Smith 2017): a new adapter takes some steps while the rate rises by
 * the same factor each step; where the loss falls fastest is a good rate, where it rises is too
 * much.
 *
 * @param points in the order of the steps; the test ends early when the loss is far above its best
 */
public record LearningRateRange(List<Point> points) {
  /** The first steps say little: the smoothed loss is made of few. */
  private static final int FIRST = 3;

  /**
   * A step.
   *
   * @param learningRate of this step
   * @param loss before it
   * @param smoothed the mean of the losses so far, later ones counting more
   */
  public record Point(double learningRate, double loss, double smoothed) {}

  /** Keeps a copy. */
  public LearningRateRange {
    points = List.copyOf(points);
  }

  /** The rate at which the smoothed loss fell fastest; empty if it never fell. */
  public OptionalDouble suggestion() {
    double steepest = 0;
    OptionalDouble best = OptionalDouble.empty();
    for (int i = FIRST; i < points.size(); i++) {
      // equal steps of the rate's logarithm: differences are slopes
      double slope = points.get(i).smoothed() - points.get(i - 1).smoothed();
      if (slope < steepest) {
        steepest = slope;
        best = OptionalDouble.of(points.get(i - 1).learningRate());
      }
    }
    return best;
  }
}
