package io.telecomllm.training.progress;

import java.util.List;
import java.util.OptionalDouble;

/**
 * The result of a learning-rate range test (Smith 2017), in which a new adapter takes some steps
 * while the rate rises by the same factor each step. A good rate is where the loss falls fastest;
 * where the loss rises, the rate is too high.
 *
 * @param points in the order of the steps; the test ends early when the loss is far above its best
 */
public record LearningRateRange(List<Point> points) {
  /** The first point to compare with the one before; earlier smoothed losses are means of few. */
  private static final int FIRST = 3;

  /**
   * A step of the test.
   *
   * @param learningRate the rate of this step
   * @param loss the loss before it
   * @param smoothed the mean of the losses so far, later ones weighted more
   */
  public record Point(double learningRate, double loss, double smoothed) {}

  /** Keeps a copy. */
  public LearningRateRange {
    points = List.copyOf(points);
  }

  /** Returns the rate at which the smoothed loss fell fastest; empty if it never fell. */
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
