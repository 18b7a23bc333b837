package io.telecomllm.model;

import static com.google.common.base.Preconditions.checkState;

import java.util.BitSet;

/** Which rows of a cache are in use; a beginning that sequences share is held by each of them. */
final class RowPool {
  private final int[] holders; // of each row
  private final BitSet used = new BitSet();

  RowPool(int capacity) {
    this.holders = new int[capacity];
  }

  int capacity() {
    return holders.length;
  }

  /** The number of rows that some sequence holds. */
  int held() {
    return used.cardinality();
  }

  /** The number of sequences that hold the row. */
  int holders(int row) {
    return holders[row];
  }

  /** One sequence more holds these rows. */
  void hold(int... rows) {
    for (int row : rows) {
      holders[row]++;
      used.set(row);
    }
  }

  /** One sequence fewer holds these rows; a row that none holds is free. */
  void release(int... rows) {
    for (int row : rows) {
      holders[row]--;
      if (holders[row] == 0) {
        used.clear(row);
      }
    }
  }

  /**
   * Finds free rows for a sequence to grow by. They follow its last row for as long as those are
   * free, so that its keys lie in few ranges. Others are in the middle of the longest run of free
   * rows, which leaves room for the sequence that ends before the run to grow as well.
   *
   * @param last the last row of the sequence, -1 if it has none
   * @param taken rows that are spoken for; the rows that are found join them
   */
  int[] find(int last, int count, BitSet taken) {
    taken.or(used);
    int[] found = new int[count];
    int next = last + 1;
    for (int i = 0; i < count; i++) {
      if (next == 0 || next == capacity() || taken.get(next)) {
        next = start(taken, count - i);
      }
      found[i] = next;
      taken.set(next);
      next++;
    }
    return found;
  }

  /** Where in the longest run of free rows {@code count} rows begin, or as many as fit. */
  private int start(BitSet taken, int count) {
    int start = 0;
    int length = 0;
    for (int from = taken.nextClearBit(0); from < capacity(); ) {
      int next = taken.nextSetBit(from);
      int to = next < 0 ? capacity() : next;
      if (to - from > length) {
        start = from;
        length = to - from;
      }
      from = taken.nextClearBit(to);
    }
    checkState(length > 0, "none of %s rows is free", capacity());
    return start == 0 ? 0 : start + (length - Math.min(count, length)) / 2;
  }
}
