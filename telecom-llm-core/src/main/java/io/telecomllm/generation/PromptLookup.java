package io.telecomllm.generation;

import java.util.Arrays;

/**
 * Guesses the next tokens of a text that quotes: what followed the last tokens where they stood
 * before (prompt lookup decoding, Saxena 2023).
 */
final class PromptLookup {
  /** The longest and the shortest ending that is looked for; single tokens repeat by chance. */
  private static final int LONGEST = 3;

  private static final int SHORTEST = 2;

  private PromptLookup() {}

  /**
   * Returns at most {@code most} tokens that may follow; none if the ending is new.
   *
   * @param ids holds the text in its first {@code length} places
   */
  static int[] guess(int[] ids, int length, int most) {
    for (int size = LONGEST; most > 0 && size >= SHORTEST; size--) {
      // the latest place is the likeliest to go on alike
      for (int start = length - size - 1; start >= 0; start--) {
        int end = start + size;
        if (Arrays.equals(ids, start, end, ids, length - size, length)) {
          return Arrays.copyOfRange(ids, end, Math.min(end + most, length));
        }
      }
    }
    return new int[0];
  }
}
