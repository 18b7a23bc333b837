package io.telecomllm.data;

import io.telecomllm.Internal;

/**
 * The random number generator of Steele, Lea and Flood, "Fast splittable pseudorandom number
 * generators" (OOPSLA 2014), implemented here so that its numbers are the same in every JVM. Not
 * thread-safe; each use creates its own from its keys, which is cheap.
 */
@Internal
public final class SplitMix64 {
  private static final long GOLDEN_GAMMA = 0x9e3779b97f4a7c15L;
  private static final long FNV_OFFSET = 0xcbf29ce484222325L;
  private static final long FNV_PRIME = 0x100000001b3L;

  private long state;

  SplitMix64(long state) {
    this.state = state;
  }

  /**
   * Returns a generator for these keys in this order; other keys or orders give other generators.
   */
  public static SplitMix64 of(long... keys) {
    long state = 0;
    for (long key : keys) {
      state = mix(state + GOLDEN_GAMMA ^ key);
    }
    return new SplitMix64(state);
  }

  /** Returns a key for a text: FNV-1a of its UTF-16 units, mixed. */
  public static long key(String text) {
    long hash = FNV_OFFSET;
    for (int i = 0; i < text.length(); i++) {
      hash = (hash ^ text.charAt(i)) * FNV_PRIME;
    }
    return mix(hash);
  }

  private static long mix(long z) {
    z = (z ^ z >>> 30) * 0xbf58476d1ce4e5b9L;
    z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
    return z ^ z >>> 31;
  }

  /** Returns 64 random bits. */
  public long next() {
    state += GOLDEN_GAMMA;
    return mix(state);
  }

  /**
   * Returns a uniformly random number from 0 to {@code bound - 1}, without the bias of a plain
   * remainder.
   */
  public int below(int bound) {
    long bits;
    long value;
    do {
      bits = next() >>> 1;
      value = bits % bound;
    } while (bits - value + (bound - 1) < 0);
    return (int) value;
  }

  /** Returns a uniformly random permutation of 0 to {@code n - 1}, by Fisher-Yates. */
  int[] permutation(int n) {
    int[] order = new int[n];
    for (int i = 0; i < n; i++) {
      int j = below(i + 1);
      order[i] = order[j];
      order[j] = i;
    }
    return order;
  }
}
