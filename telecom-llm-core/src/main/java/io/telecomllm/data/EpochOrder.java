package io.telecomllm.data;

import static com.google.common.base.Preconditions.checkArgument;

/**
 * The order of an epoch, from its seed and number alone: a run that is resumed in the middle of an
 * epoch finds the same order without having kept a generator's state. Thread-safe.
 */
public final class EpochOrder {
  private static final long PURPOSE = SplitMix64.key("epoch order");

  private EpochOrder() {}

  /**
   * A uniform permutation of 0 to {@code n - 1}, the same in every JVM.
   *
   * @param n how many items, 0 or more
   * @param seed any number
   * @param epoch from 0
   * @return the items in the order in which the epoch visits them, a new array
   */
  public static int[] order(int n, long seed, int epoch) {
    checkArgument(n >= 0, "n is %s, expected 0 or more", n);
    checkArgument(epoch >= 0, "epoch is %s, expected 0 or more", epoch);
    return SplitMix64.of(PURPOSE, seed, epoch).permutation(n);
  }
}
