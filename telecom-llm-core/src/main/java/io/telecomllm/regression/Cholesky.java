package io.telecomllm.regression;

import io.telecomllm.DivergenceException;

/** Solves small systems of linear equations with a symmetric positive definite matrix. */
final class Cholesky {
  private Cholesky() {}

  /**
   * Returns x of {@code matrix x = vector}.
   *
   * @throws DivergenceException if the matrix is not positive definite
   */
  static double[] solve(double[][] matrix, double[] vector) {
    double[][] lower = factor(matrix);
    int n = vector.length;
    double[] x = vector.clone();
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < i; j++) {
        x[i] -= lower[i][j] * x[j];
      }
      x[i] /= lower[i][i];
    }
    for (int i = n - 1; i >= 0; i--) {
      for (int j = i + 1; j < n; j++) {
        x[i] -= lower[j][i] * x[j];
      }
      x[i] /= lower[i][i];
    }
    return x;
  }

  private static double[][] factor(double[][] matrix) {
    int n = matrix.length;
    double[][] lower = new double[n][n];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j <= i; j++) {
        double rest = matrix[i][j];
        for (int k = 0; k < j; k++) {
          rest -= lower[i][k] * lower[j][k];
        }
        if (i == j && !(rest > 0 && Double.isFinite(rest))) {
          throw new DivergenceException("the curvature in direction " + i + " is " + rest);
        }
        lower[i][j] = i == j ? Math.sqrt(rest) : rest / lower[j][j];
      }
    }
    return lower;
  }
}
