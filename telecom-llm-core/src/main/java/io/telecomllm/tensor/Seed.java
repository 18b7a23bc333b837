package io.telecomllm.tensor;

import java.io.Serializable;

/**
 * Where random values come from: a number, and from it others for the parts of what it stands for.
 * No state: what is drawn for an epoch, a step and a layer depends on their names alone, so a run
 * that is resumed draws the same.
 *
 * @param value any number
 */
public record Seed(long value) implements Serializable {
  private static final long GOLDEN_GAMMA = 0x9e3779b97f4a7c15L;

  /** The seed of a part by its number. */
  public Seed child(long part) {
    return new Seed(mix(mix(value + GOLDEN_GAMMA) ^ part));
  }

  /** The seed of a part by its name. */
  public Seed child(String part) {
    long name = part.length();
    for (int i = 0; i < part.length(); i++) {
      name = mix(name + GOLDEN_GAMMA ^ part.charAt(i));
    }
    return child(name);
  }

  /** The last steps of SplitMix64 (Steele et al. 2014): a bijection that spreads every bit. */
  private static long mix(long z) {
    long y = (z ^ z >>> 30) * 0xbf58476d1ce4e5b9L;
    y = (y ^ y >>> 27) * 0x94d049bb133111ebL;
    return y ^ y >>> 31;
  }
}
