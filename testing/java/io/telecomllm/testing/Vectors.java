package io.telecomllm.testing;

import static org.assertj.core.api.Assertions.assertThat;

/** Whole vectors compared. */
public final class Vectors {
  private Vectors() {}

  /** The largest absolute difference; infinite where one is not finite. */
  public static double maxDifference(float[] found, float[] expected) {
    assertThat(found).hasSameSizeAs(expected);
    double max = 0;
    for (int i = 0; i < found.length; i++) {
      double difference = Math.abs((double) found[i] - expected[i]);
      max = Double.isFinite(difference) ? Math.max(max, difference) : Double.POSITIVE_INFINITY;
    }
    return max;
  }

  /** Asserts that no element differs by more than the tolerance. */
  public static void assertClose(String what, float[] found, float[] expected, double tolerance) {
    assertThat(maxDifference(found, expected)).as(what).isLessThanOrEqualTo(tolerance);
  }
}
