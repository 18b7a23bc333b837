package io.telecomllm.tensor;

import io.telecomllm.Internal;
import java.io.Serializable;

/**
 * A seed for random values, from which seeds for parts are derived. It has no state: what is drawn
 * for an epoch, a step and a layer depends on their names alone, so a resumed run draws the same
 * values.
 *
 * @param value any number
 */
@Internal
public record Seed(long value) implements Serializable {
  private static final long GOLDEN_GAMMA = 0x9e3779b97f4a7c15L;

  /** Returns the seed of a part by its number. */
  public Seed child(long part) {
    return new Seed(mix(mix(value + GOLDEN_GAMMA) ^ part));
  }

  /** Returns the seed of a part by its name. */
  public Seed child(String part) {
    long name = part.length();
    for (int i = 0; i < part.length(); i++) {
      name = mix(name + GOLDEN_GAMMA ^ part.charAt(i));
    }
    return child(name);
  }

  /** Mixes the bits with the last steps of SplitMix64 (Steele et al. 2014), a bijection. */
  private static long mix(long z) {
    long y = (z ^ z >>> 30) * 0xbf58476d1ce4e5b9L;
    y = (y ^ y >>> 27) * 0x94d049bb133111ebL;
    return y ^ y >>> 31;
  }
}
