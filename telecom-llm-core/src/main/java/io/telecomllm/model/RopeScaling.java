package io.telecomllm.model;

import static com.google.common.base.Preconditions.checkArgument;

import io.telecomllm.Internal;
import java.util.List;

/**
 * A change of the rotary embedding that lets a model read more tokens than it was trained on. Every
 * form computes as transformers does, step by step in fp32.
 */
public sealed interface RopeScaling {
  /** Returns no scaling: the rotary embedding as it was trained. */
  static RopeScaling none() {
    return new None();
  }

  /**
   * Returns a scaling that divides positions by a factor (Chen et al. 2023).
   *
   * @param factor 1 to 1024
   */
  static RopeScaling linear(double factor) {
    return new Linear(factor);
  }

  /**
   * Returns dynamic NTK scaling: the base grows with the length of a sequence that is longer than
   * the model was trained for. Every token beyond that length changes the base, so that with a
   * cache the whole sequence is read again; prefer {@link #yarn} for long answers.
   *
   * @param factor 1 to 1024
   * @param original the positions that the model was trained with
   */
  static RopeScaling dynamic(double factor, int original) {
    return new Dynamic(factor, original);
  }

  /**
   * Returns YaRN scaling (Peng et al. 2023) with the paper's constants.
   *
   * @param factor 1 to 1024
   * @param original the positions that the model was trained with
   */
  static RopeScaling yarn(double factor, int original) {
    return new Yarn(
        factor, original, Yarn.attentionFactor(factor), Yarn.BETA_FAST, Yarn.BETA_SLOW, true);
  }

  /**
   * Returns the frequencies, one for each pair of rotated features, in radians per position.
   *
   * @param periods theta^(2i / rotated features): 1 / frequency without scaling
   * @param regime the {@link #regime} of the sequence
   */
  @Internal
  float[] frequencies(Rope rope, float[] periods, int regime);

  /** Returns the factor of cos and sin. */
  @Internal
  default double attentionFactor() {
    return 1;
  }

  /** Returns the regime of a length; sequences of the same regime have the same frequencies. */
  @Internal
  default int regime(int length) {
    return 0;
  }

  /** Returns the context length of a scaled model that had {@code context} positions before. */
  @Internal
  int extended(int context);

  private static int times(int positions, double factor) {
    return (int) Math.min(Integer.MAX_VALUE, Math.floor(positions * factor));
  }

  private static void checkFactor(double factor) {
    checkArgument(
        factor >= 1 && factor <= 1024, "RoPE scaling factor is %s, must be 1 to 1024", factor);
  }

  private static void checkOriginal(int original) {
    checkArgument(
        original >= 1, "original_max_position_embeddings is %s, must be at least 1", original);
  }

  /** No scaling. */
  record None() implements RopeScaling {
    @Override
    public int extended(int context) {
      return context;
    }

    @Override
    public float[] frequencies(Rope rope, float[] periods, int regime) {
      return Rope.inverses(periods);
    }
  }

  /** Scaling that divides positions by a factor, see {@link #linear}. */
  record Linear(double factor) implements RopeScaling {
    /** Checks the range. */
    public Linear {
      checkFactor(factor);
    }

    @Override
    public int extended(int context) {
      return times(context, factor);
    }

    @Override
    public float[] frequencies(Rope rope, float[] periods, int regime) {
      float[] scaled = Rope.inverses(periods);
      for (int i = 0; i < scaled.length; i++) {
        scaled[i] /= (float) factor;
      }
      return scaled;
    }
  }

  /** Dynamic NTK scaling, see {@link #dynamic}; beyond {@code original} each length is a regime. */
  record Dynamic(double factor, int original) implements RopeScaling {
    /** Checks the ranges. */
    public Dynamic {
      checkFactor(factor);
      checkOriginal(original);
    }

    @Override
    public int regime(int length) {
      return Math.max(length, original);
    }

    @Override
    public int extended(int context) {
      return times(original, factor);
    }

    @Override
    public float[] frequencies(Rope rope, float[] periods, int regime) {
      double size = rope.rotarySize();
      double growth = factor * regime / original - (factor - 1);
      double theta = rope.theta() * Math.pow(growth, size / (size - 2));
      return Rope.inverses(Rope.periods(theta, rope.rotarySize()));
    }
  }

  /**
   * The scaling of LLaMA 3.1: long waves are stretched, short ones are kept, those in between are
   * blended.
   *
   * @param lowFrequency waves longer than original / lowFrequency are stretched by the factor
   * @param highFrequency waves shorter than original / highFrequency are kept
   * @param original the positions that the model was trained with
   */
  record Llama3(double factor, double lowFrequency, double highFrequency, int original)
      implements RopeScaling {
    /** Checks the ranges. */
    public Llama3 {
      checkFactor(factor);
      checkOriginal(original);
      checkArgument(
          lowFrequency > 0 && highFrequency > lowFrequency,
          "low_freq_factor %s and high_freq_factor %s must be over 0, the second above the first",
          lowFrequency,
          highFrequency);
    }

    @Override
    public int extended(int context) {
      return times(original, factor);
    }

    @Override
    public float[] frequencies(Rope rope, float[] periods, int regime) {
      float[] plain = Rope.inverses(periods);
      float[] scaled = plain.clone();
      for (int i = 0; i < scaled.length; i++) {
        float wave = (float) (2 * Math.PI) / plain[i];
        if (wave > original / lowFrequency) {
          scaled[i] = plain[i] / (float) factor;
        } else if (wave >= original / highFrequency) {
          float smooth =
              (original / wave - (float) lowFrequency) / (float) (highFrequency - lowFrequency);
          scaled[i] = (1 - smooth) * plain[i] / (float) factor + smooth * plain[i];
        }
      }
      return scaled;
    }
  }

  /**
   * YaRN scaling: pairs of features that turn often keep their frequency, those that hardly turn
   * are stretched.
   *
   * @param original the positions that the model was trained with
   * @param attentionFactor the factor of cos and sin
   * @param betaFast a pair with more turns within {@code original} keeps its frequency
   * @param betaSlow a pair with fewer turns within {@code original} is stretched by the whole
   *     factor
   * @param truncate whether these two bounds are rounded outwards to whole pairs
   */
  record Yarn(
      double factor,
      int original,
      double attentionFactor,
      double betaFast,
      double betaSlow,
      boolean truncate)
      implements RopeScaling {
    @Internal public static final double BETA_FAST = 32;
    @Internal public static final double BETA_SLOW = 1;

    /** Checks the ranges. */
    public Yarn {
      checkFactor(factor);
      checkOriginal(original);
      checkArgument(
          attentionFactor > 0 && attentionFactor <= 100,
          "attention_factor is %s, must be over 0 and at most 100",
          attentionFactor);
      checkArgument(
          betaSlow > 0 && betaFast >= betaSlow,
          "beta_slow %s and beta_fast %s must be over 0, the second not below the first",
          betaSlow,
          betaFast);
    }

    /** Returns the paper's factor of cos and sin, 0.1 ln(factor) + 1. */
    @Internal
    public static double attentionFactor(double factor) {
      return 0.1 * Math.log(factor) + 1;
    }

    @Override
    public int extended(int context) {
      return times(original, factor);
    }

    @Override
    public float[] frequencies(Rope rope, float[] periods, int regime) {
      double low = pairThatTurns(betaFast, rope);
      double high = pairThatTurns(betaSlow, rope);
      if (truncate) {
        low = Math.floor(low);
        high = Math.ceil(high);
      }
      low = Math.max(low, 0);
      high = Math.min(high, rope.rotarySize() - 1);
      if (low == high) {
        high += 0.001;
      }
      float[] scaled = new float[periods.length];
      for (int i = 0; i < scaled.length; i++) {
        float ramp = Math.min(1, Math.max(0, (i - (float) low) / (float) (high - low)));
        float stretched = 1 / ((float) factor * periods[i]);
        scaled[i] = stretched * ramp + 1 / periods[i] * (1 - ramp);
      }
      return scaled;
    }

    private double pairThatTurns(double times, Rope rope) {
      return rope.rotarySize()
          * Math.log(original / (times * 2 * Math.PI))
          / (2 * Math.log(rope.theta()));
    }
  }

  /**
   * LongRoPE (Ding et al. 2024): a divisor for each frequency, with one set of divisors for
   * sequences up to the trained length and another for longer ones.
   *
   * @param shortFactor the divisors up to the trained length, one for each pair of rotated features
   * @param longFactor the divisors beyond it, one for each pair of rotated features
   * @param original the positions that the model was trained with
   * @param attentionFactor the factor of cos and sin
   */
  record LongRope(
      List<Double> shortFactor, List<Double> longFactor, int original, double attentionFactor)
      implements RopeScaling {
    @Internal public static final double MAX_DIVISOR = 1e6;

    /** Checks the ranges. */
    public LongRope {
      shortFactor = List.copyOf(shortFactor);
      longFactor = List.copyOf(longFactor);
      checkOriginal(original);
      checkArgument(
          attentionFactor > 0 && attentionFactor <= 100,
          "attention_factor is %s, must be over 0 and at most 100",
          attentionFactor);
      checkFactors("short_factor", shortFactor);
      checkFactors("long_factor", longFactor);
    }

    private static void checkFactors(String name, List<Double> factors) {
      for (double factor : factors) {
        checkArgument(
            factor > 0 && factor <= MAX_DIVISOR,
            "%s holds %s, must be over 0 and at most 1e6",
            name,
            factor);
      }
    }

    /**
     * Returns sqrt(1 + ln(factor) / ln(original)), or 1 if the factor is at most 1.
     *
     * @param factor by how much the context has grown
     */
    @Internal
    public static double attentionFactor(double factor, int original) {
      return factor <= 1 ? 1 : Math.sqrt(1 + Math.log(factor) / Math.log(original));
    }

    @Override
    public int regime(int length) {
      return length > original ? 1 : 0;
    }

    @Override
    public int extended(int context) {
      return context;
    }

    @Override
    public float[] frequencies(Rope rope, float[] periods, int regime) {
      List<Double> factors = regime == 0 ? shortFactor : longFactor;
      float[] scaled = new float[periods.length];
      for (int i = 0; i < scaled.length; i++) {
        scaled[i] = 1 / (factors.get(i).floatValue() * periods[i]);
      }
      return scaled;
    }
  }
}
