package io.telecomllm.data;

import static com.google.common.base.Preconditions.checkArgument;

/**
 * Shuffles the questions of an epoch. The order depends on the seed and the epoch's number alone,
 * so a run resumed in the middle of an epoch finds the same order without a saved generator state.
 * Thread-safe.
 */
public final class EpochOrder {
  private static final long PURPOSE = SplitMix64.key("epoch order");

  private EpochOrder() {}

  /**
   * Returns a uniformly random permutation of 0 to {@code n - 1}, the same in every JVM.
   *
   * @param n the number of items, 0 or more
   * @param seed any number
   * @param epoch the epoch's number, from 0
   * @return the items in the order in which the epoch visits them, a new array
   */
  public static int[] order(int n, long seed, int epoch) {
    checkArgument(n >= 0, "n is %s, expected 0 or more", n);
    checkArgument(epoch >= 0, "epoch is %s, expected 0 or more", epoch);
    return SplitMix64.of(PURPOSE, seed, epoch).permutation(n);
  }
}
