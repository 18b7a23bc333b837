package io.telecomllm.regression;

import io.telecomllm.DivergenceException;
import io.telecomllm.Internal;
import java.util.stream.IntStream;

/**
 * Maximises the penalised likelihood of a logistic regression by Newton's method, each step halved
 * until it does not make the loss larger. The loss is strictly convex, so that there is one
 * minimum.
 */
@Internal
public final class LogisticRegression {
  private static final int MOST_STEPS = 200;
  private static final double PRECISION = 1e-10;
  private static final double ROUNDING = 1e-12;
  private static final double SMALLEST_STEP = 1e-10;

  /** A row for each case: 1 for the intercept, then the standardised features. */
  private final double[][] rows;

  private final boolean[] right;
  private final double penalty;

  private LogisticRegression(double[][] rows, boolean[] right, double penalty) {
    this.rows = rows;
    this.right = right;
    this.penalty = penalty;
  }

  /**
   * Returns the weights that minimise the sum of the log losses plus half the penalty times the sum
   * of the squared weights; the first one, of the intercept, is not penalised.
   *
   * @param rows a row for each case: 1, then the features, of mean 0 and deviation 1
   * @param right which cases are positive; some are and some are not
   * @param penalty over 0
   * @throws DivergenceException if the weights are not found
   */
  public static double[] fit(double[][] rows, boolean[] right, double penalty) {
    return new LogisticRegression(rows, right, penalty).minimum();
  }

  /**
   * The mean of a feature and what counts as one deviation from it: the standard deviation, or 1 if
   * the feature is the same everywhere.
   */
  public record Scale(double mean, double deviation) {
    /** Returns the scale of these values. */
    public static Scale of(double... values) {
      double mean = 0;
      for (double value : values) {
        mean += value / values.length;
      }
      double variance = 0;
      double largest = 0;
      for (double value : values) {
        variance += (value - mean) * (value - mean) / values.length;
        largest = Math.max(largest, Math.abs(value));
      }
      double deviation = Math.sqrt(variance);
      // equal values have a mean that differs from them by rounding
      boolean constant = !(deviation > values.length * Math.ulp(largest));
      return new Scale(mean, constant || Double.isInfinite(deviation) ? 1 : deviation);
    }
  }

  private double[] minimum() {
    double[] weights = new double[rows[0].length];
    double loss = loss(weights);
    for (int step = 0; step < MOST_STEPS; step++) {
      double[] gradient = gradient(weights);
      if (IntStream.range(0, weights.length)
          .allMatch(j -> Math.abs(gradient[j]) <= PRECISION * rows.length)) {
        return weights;
      }
      double[] direction = Cholesky.solve(hessian(weights), gradient);
      double size = 1;
      double[] next = moved(weights, direction, size);
      // at the minimum rounding may make the loss larger
      while (!(loss(next) <= loss * (1 + ROUNDING)) && size > SMALLEST_STEP) {
        size /= 2;
        next = moved(weights, direction, size);
      }
      weights = next;
      loss = loss(next);
    }
    throw new DivergenceException(
        "no weights after " + MOST_STEPS + " steps for " + rows.length + " cases");
  }

  private static double[] moved(double[] weights, double[] direction, double size) {
    return IntStream.range(0, weights.length)
        .mapToDouble(j -> weights[j] - size * direction[j])
        .toArray();
  }

  private double loss(double[] weights) {
    double loss = 0;
    for (int j = 1; j < weights.length; j++) {
      loss += penalty / 2 * weights[j] * weights[j];
    }
    for (int i = 0; i < rows.length; i++) {
      double logit = right[i] ? logit(i, weights) : -logit(i, weights);
      // ln(1 + exp(-logit)) without overflow
      loss += Math.max(0, -logit) + Math.log1p(Math.exp(-Math.abs(logit)));
    }
    return loss;
  }

  private double[] gradient(double[] weights) {
    double[] gradient = new double[weights.length];
    for (int j = 1; j < weights.length; j++) {
      gradient[j] = penalty * weights[j];
    }
    for (int i = 0; i < rows.length; i++) {
      double error = probability(i, weights) - (right[i] ? 1 : 0);
      for (int j = 0; j < weights.length; j++) {
        gradient[j] += error * rows[i][j];
      }
    }
    return gradient;
  }

  private double[][] hessian(double[] weights) {
    double[][] hessian = new double[weights.length][weights.length];
    for (int j = 1; j < weights.length; j++) {
      hessian[j][j] = penalty;
    }
    for (int i = 0; i < rows.length; i++) {
      double p = probability(i, weights);
      // far out the curvature is 0 in floating point
      double curvature = Math.max(p * (1 - p), Double.MIN_NORMAL);
      for (int j = 0; j < weights.length; j++) {
        for (int k = 0; k < weights.length; k++) {
          hessian[j][k] += curvature * rows[i][j] * rows[i][k];
        }
      }
    }
    return hessian;
  }

  private double probability(int row, double[] weights) {
    return 1 / (1 + Math.exp(-logit(row, weights)));
  }

  private double logit(int row, double[] weights) {
    double sum = 0;
    for (int j = 0; j < weights.length; j++) {
      sum += rows[row][j] * weights[j];
    }
    return sum;
  }
}
