package io.telecomllm.examples.peers;

import java.util.Collections;
import java.util.List;

/**
 * Python's {@code random.Random(seed).shuffle}, so that a benchmark uses the same questions as its
 * peer: the Mersenne Twister MT19937 (Matsumoto and Nishimura 1998), seeded with an array of one
 * word.
 */
public final class PythonRandom {
  private static final int N = 624;
  private static final int M = 397;
  private final int[] state = new int[N];
  private int next = N;

  /** Creates a generator with the state of {@code random.Random(seed)}. */
  public PythonRandom(int seed) {
    state[0] = 19650218;
    for (int i = 1; i < N; i++) {
      state[i] = 1812433253 * (state[i - 1] ^ (state[i - 1] >>> 30)) + i;
    }
    int i = 1;
    for (int k = 0; k < N; k++) {
      state[i] = (state[i] ^ ((state[i - 1] ^ (state[i - 1] >>> 30)) * 1664525)) + seed;
      i = advance(i);
    }
    for (int k = 0; k < N - 1; k++) {
      state[i] = (state[i] ^ ((state[i - 1] ^ (state[i - 1] >>> 30)) * 1566083941)) - i;
      i = advance(i);
    }
    state[0] = 0x80000000;
  }

  private int advance(int i) {
    if (i + 1 < N) {
      return i + 1;
    }
    state[0] = state[N - 1];
    return 1;
  }

  private int word() {
    if (next == N) {
      for (int i = 0; i < N; i++) {
        int y = (state[i] & 0x80000000) | (state[(i + 1) % N] & 0x7fffffff);
        state[i] = state[(i + M) % N] ^ (y >>> 1) ^ ((y & 1) * 0x9908b0df);
      }
      next = 0;
    }
    int y = state[next++];
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    return y ^ (y >>> 18);
  }

  /**
   * Draws a number below the bound as Python's {@code _randbelow}: as many bits as the bound has,
   * repeated until they are below it.
   */
  private int below(int bound) {
    int bits = 32 - Integer.numberOfLeadingZeros(bound);
    int value;
    do {
      value = word() >>> (32 - bits);
    } while (value >= bound);
    return value;
  }

  /** Shuffles a list in place. */
  public void shuffle(List<?> list) {
    for (int i = list.size() - 1; i > 0; i--) {
      Collections.swap(list, i, below(i + 1));
    }
  }
}
