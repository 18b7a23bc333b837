package io.telecomllm.model;

import static com.google.common.base.Preconditions.checkArgument;

import io.telecomllm.Internal;
import io.telecomllm.model.RopeScaling.LongRope;

/**
 * The rotary embedding (Su et al. 2021): pairs of features of queries and keys are rotated by an
 * angle that grows with the position.
 *
 * @param theta {@code rope_theta}, the base of the frequencies
 * @param rotarySize the number of a head's features that are rotated, even
 * @param scaling how it is changed for longer contexts
 */
public record Rope(double theta, int rotarySize, RopeScaling scaling) {
  /** Checks the ranges. */
  public Rope {
    checkArgument(isTheta(theta), "rope_theta is %s, must be over 1 and at most 1e30", theta);
    checkArgument(
        rotarySize >= 2 && rotarySize % 2 == 0,
        "the rotated part of a head has %s features, must be even and over 0",
        rotarySize);
    checkArgument(
        !(scaling instanceof RopeScaling.Dynamic) || rotarySize > 2,
        "dynamic RoPE needs more than 2 rotated features");
    if (scaling instanceof LongRope factors) {
      checkPairs("short_factor", factors.shortFactor().size(), rotarySize / 2);
      checkPairs("long_factor", factors.longFactor().size(), rotarySize / 2);
    }
  }

  /** Returns whether a base is over 1 and at most 1e30, so that its powers are finite in fp32. */
  @Internal
  public static boolean isTheta(double theta) {
    return theta > 1 && theta <= 1e30;
  }

  private static void checkPairs(String name, int size, int pairs) {
    checkArgument(size == pairs, "%s holds %s numbers, must be %s", name, size, pairs);
  }

  /**
   * Returns the frequencies in sequences of this {@link RopeScaling#regime}, one for each pair of
   * rotated features: angles per position, in radians ({@code inv_freq} in transformers).
   */
  @Internal
  public float[] frequencies(int regime) {
    return scaling.frequencies(this, periods(theta, rotarySize), regime);
  }

  /** Returns theta^(2i / rotarySize) for each pair i, in fp32 as transformers computes it. */
  @Internal
  public static float[] periods(double theta, int rotarySize) {
    float[] periods = new float[rotarySize / 2];
    for (int i = 0; i < periods.length; i++) {
      float exponent = 2f * i / rotarySize;
      periods[i] = (float) Math.pow((float) theta, exponent);
    }
    return periods;
  }

  /** Returns 1 / period for each of the periods. */
  @Internal
  public static float[] inverses(float[] periods) {
    float[] inverses = periods.clone();
    for (int i = 0; i < inverses.length; i++) {
      inverses[i] = 1 / periods[i];
    }
    return inverses;
  }
}
