package io.telecomllm.model;

import static com.google.common.base.Preconditions.checkArgument;

import java.util.List;

/**
 * The rotary embedding as GGUF files describe it.
 *
 * @param theta the base of the frequencies
 * @param rotarySize how many of a head's features are turned
 * @param scaling {@code rope.scaling.type}: none, linear, yarn or longrope
 * @param factor by how much the context was stretched; 1 where it was not, or where divisors say
 * @param original the positions that the model was trained with; 0: the context length
 * @param attentionFactor what cos and sin are multiplied by
 * @param betaFast YaRN's turns over which a pair keeps its frequency
 * @param betaSlow YaRN's turns under which it is stretched by the whole factor
 * @param shortDivisors one for each frequency, for sequences up to {@code original}; may be empty
 * @param longDivisors the same for longer ones; equal where the file makes no difference (LLaMA 3)
 */
record GgufRope(
    double theta,
    int rotarySize,
    String scaling,
    double factor,
    int original,
    double attentionFactor,
    double betaFast,
    double betaSlow,
    List<Float> shortDivisors,
    List<Float> longDivisors) {
  static final double BETA_FAST = 32;
  static final double BETA_SLOW = 1;

  GgufRope {
    shortDivisors = List.copyOf(shortDivisors);
    longDivisors = List.copyOf(longDivisors);
    for (int size : new int[] {shortDivisors.size(), longDivisors.size()}) {
      checkArgument(
          size == 0 || size == rotarySize / 2,
          "%s divisors for %s frequencies",
          size,
          rotarySize / 2);
    }
  }

  /** As trained. */
  static GgufRope plain(double theta, int rotarySize) {
    return linear(theta, rotarySize, 1);
  }

  /** Positions divided by a factor. */
  static GgufRope linear(double theta, int rotarySize, double factor) {
    return new GgufRope(
        theta,
        rotarySize,
        factor == 1 ? "none" : "linear",
        factor,
        0,
        1,
        BETA_FAST,
        BETA_SLOW,
        List.of(),
        List.of());
  }

  /** Each frequency divided by a number of its own, as in LLaMA 3.1. */
  static GgufRope divided(double theta, int rotarySize, List<Float> divisors) {
    return new GgufRope(
        theta, rotarySize, "none", 1, 0, 1, BETA_FAST, BETA_SLOW, divisors, divisors);
  }

  /** Phi-3's LongRoPE. */
  static GgufRope longRope(
      double theta,
      int rotarySize,
      int original,
      double attentionFactor,
      List<Float> shortDivisors,
      List<Float> longDivisors) {
    return new GgufRope(
        theta,
        rotarySize,
        "longrope",
        1,
        original,
        attentionFactor,
        BETA_FAST,
        BETA_SLOW,
        shortDivisors,
        longDivisors);
  }

  /** YaRN, its bounds rounded to whole pairs: llama.cpp knows no other. */
  static GgufRope yarn(
      double theta,
      int rotarySize,
      double factor,
      int original,
      double attentionFactor,
      double betaFast,
      double betaSlow) {
    return new GgufRope(
        theta,
        rotarySize,
        "yarn",
        factor,
        original,
        attentionFactor,
        betaFast,
        betaSlow,
        List.of(),
        List.of());
  }

  /** What llama.cpp multiplies cos and sin by on its own for YaRN: 0.1 ln(factor) + 1. */
  static double yarnFactor(double factor) {
    return 0.1 * Math.log(factor) + 1;
  }
}
