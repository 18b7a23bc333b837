package io.telecomllm.generation.schema;

import static java.lang.Long.compareUnsigned;

/**
 * A range of numbers without sign, in units of the last decimal. Longs are read as unsigned, since
 * the magnitude of the least long is beyond the greatest.
 *
 * @param decimals the most digits behind the point
 * @param least the least magnitude
 * @param greatest the greatest magnitude, of at most 19 digits, which an unsigned long holds
 */
record Magnitudes(int decimals, long least, long greatest) {
  /** The number of digits behind the point while there is no point. */
  static final int NO_POINT = -1;

  private static final long[] POWERS = new long[20];

  static {
    POWERS[0] = 1;
    for (int i = 1; i < POWERS.length; i++) {
      POWERS[i] = 10 * POWERS[i - 1];
    }
  }

  /**
   * Returns whether the range has a number that begins with these digits.
   *
   * @param digits the digits so far as one number
   * @param whole how many of them are before the point
   * @param places how many are behind it
   */
  boolean reaches(long digits, int whole, int places) {
    if (places != NO_POINT) {
      return decimals > 0 && places <= decimals && meets(digits, decimals - places);
    }
    int most = length(greatest) - decimals;
    for (int missing = 0; whole + missing <= Math.max(1, most); missing++) {
      if (meets(digits, missing + decimals)) {
        return true;
      } else if (digits == 0) {
        break; // no digit follows a leading zero
      }
    }
    return false;
  }

  /** Returns whether the range meets the numbers with a number of digits behind the given ones. */
  private boolean meets(long digits, int missing) {
    long from = digits * POWERS[missing];
    long to = from + POWERS[missing] - 1;
    return compareUnsigned(from, greatest) <= 0 && compareUnsigned(to, least) >= 0;
  }

  /** Returns whether the digits as they are lie in the range, if the range was reached by them. */
  boolean holds(long digits, int places) {
    long value = digits * POWERS[decimals - Math.max(places, 0)];
    return compareUnsigned(value, least) >= 0 && compareUnsigned(value, greatest) <= 0;
  }

  /** Returns the number of bytes of the shortest text. */
  int shortest() {
    int shortest = Integer.MAX_VALUE;
    for (int places = 0; places <= decimals; places++) {
      long unit = POWERS[decimals - places];
      // the least multiple of the unit has the fewest digits before the point
      long units =
          Long.divideUnsigned(least, unit) + (Long.remainderUnsigned(least, unit) == 0 ? 0 : 1);
      if (compareUnsigned(units * unit, greatest) <= 0) {
        int whole = length(Long.divideUnsigned(units, POWERS[places]));
        shortest = Math.min(shortest, places == 0 ? whole : whole + 1 + places);
      }
    }
    return shortest;
  }

  private static int length(long digits) {
    return Long.toUnsignedString(digits).length();
  }
}
