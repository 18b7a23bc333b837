package io.telecomllm.model;

import static com.google.common.base.Preconditions.checkArgument;

import io.telecomllm.Internal;
import io.telecomllm.model.RopeScaling.LongRope;

/**
 * The rotary embedding (Su et al. 2021): pairs of features of queries and keys are turned by an
 * angle that grows with the position.
 *
 * @param theta {@code rope_theta}, the base of the frequencies
 * @param rotarySize how many of a head's features are turned, even
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

  /** Whether its powers are finite in single precision. */
  @Internal
  public static boolean isTheta(double theta) {
    return theta > 1 && theta <= 1e30;
  }

  private static void checkPairs(String name, int size, int pairs) {
    checkArgument(size == pairs, "%s holds %s numbers, must be %s", name, size, pairs);
  }

  /** The inverse frequencies of sequences of that {@link RopeScaling#regime}. */
  @Internal
  public float[] frequencies(int regime) {
    return scaling.frequencies(this, periods(theta, rotarySize), regime);
  }

  /** theta^(2i / size), in fp32 as transformers computes it. */
  @Internal
  public static float[] periods(double theta, int rotarySize) {
    float[] periods = new float[rotarySize / 2];
    for (int i = 0; i < periods.length; i++) {
      float exponent = 2f * i / rotarySize;
      periods[i] = (float) Math.pow((float) theta, exponent);
    }
    return periods;
  }

  @Internal
  public static float[] inverses(float[] periods) {
    float[] inverses = periods.clone();
    for (int i = 0; i < inverses.length; i++) {
      inverses[i] = 1 / periods[i];
    }
    return inverses;
  }
}
