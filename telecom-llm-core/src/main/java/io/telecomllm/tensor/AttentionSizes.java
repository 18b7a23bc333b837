package io.telecomllm.tensor;

/**
 * The sizes of attention, q (rows, heads, size) and k (keys, groups, size), and what {@code
 * operators.py} allocates for a segment of n queries and m keys of these sizes.
 *
 * @param heads the number of query heads
 * @param groups the number of heads of keys and values
 * @param size the number of features of a head
 * @param width the bytes of an element
 */
record AttentionSizes(long heads, long groups, long size, long width) {
  /** The number of attention's scores at a time, {@code group_step} in operators.py. */
  private static final long SCORES = 1 << 22;

  /** The number of queries at a time in {@code blocks_backward_}. */
  private static final long BLOCK = 512;

  private static final long FLOAT = Float.BYTES;

  long repeat() {
    return heads / groups;
  }

  /** Returns the number of groups of heads that are computed at a time. */
  long groupsAtATime(long queries, long keys) {
    return Math.max(1, Math.min(groups, SCORES / (repeat() * queries * keys)));
  }

  /** Returns the number of elements of the keys, or of the values, of all groups. */
  long keys(long keys) {
    return groups * keys * size;
  }

  /** Returns the number of multiplications of one product over all pairs of query and key. */
  double pairs(long queries, long keys) {
    return (double) queries * keys * heads * size;
  }

  /** Returns the bytes of a segment's scores, of what they are made from, and of the mask. */
  long forward(long n, long m) {
    long groupsNow = groupsAtATime(n, m);
    long queries = groupsNow * repeat() * n;
    return FLOAT * repeat() * n * m
        + 2 * FLOAT * queries * m
        + (FLOAT + width) * queries * size
        + FLOAT * groupsNow * m * size;
  }

  /**
   * Returns the bytes of the fused kernel's copies: keys and values for each query head, and the
   * output.
   */
  long fused(long n, long m) {
    return width * size * heads * (2 * m + n);
  }

  /**
   * Returns the bytes of the gradients of probabilities and scores, and of the scores if they are
   * computed again.
   */
  long backward(long n, long m, boolean kept) {
    long queries = groupsAtATime(n, m) * repeat() * n;
    long again = kept ? 0 : (FLOAT + width) * queries * m + FLOAT * repeat() * n * m;
    return again + 2 * width * queries * m + 3 * width * queries * size;
  }

  long backwardInBlocks(long n, long m) {
    return n <= BLOCK
        ? backward(n, m, false)
        : 2 * FLOAT * keys(m) + 4 * width * keys(m) + backward(BLOCK, m, false);
  }
}
