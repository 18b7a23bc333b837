package io.telecomllm.model;

import static com.google.common.base.Preconditions.checkState;

import java.util.BitSet;

/** Records which rows of a cache are in use, and how many sequences share each of them. */
final class RowPool {
  private final int[] holders; // of each row
  private final BitSet used = new BitSet();

  RowPool(int capacity) {
    this.holders = new int[capacity];
  }

  int capacity() {
    return holders.length;
  }

  /** Returns the number of rows that at least one sequence holds. */
  int held() {
    return used.cardinality();
  }

  /** Returns the number of sequences that hold the row. */
  int holders(int row) {
    return holders[row];
  }

  /** Records that one more sequence holds these rows. */
  void hold(int... rows) {
    for (int row : rows) {
      holders[row]++;
      used.set(row);
    }
  }

  /** Records that one sequence fewer holds these rows; a row that none holds becomes free. */
  void release(int... rows) {
    for (int row : rows) {
      holders[row]--;
      if (holders[row] == 0) {
        used.clear(row);
      }
    }
  }

  /**
   * Returns free rows by which a sequence can grow. They follow its last row as long as those are
   * free, so that its keys lie in few ranges. The others are in the middle of the longest run of
   * free rows, so that the sequence that ends before the run has room to grow as well.
   *
   * @param last the last row of the sequence, -1 if it has none
   * @param taken rows that must not be used; all rows in use and those found are added to it
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

  /**
   * Returns where to put {@code count} rows, or as many as fit, in the longest run of free rows.
   */
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
