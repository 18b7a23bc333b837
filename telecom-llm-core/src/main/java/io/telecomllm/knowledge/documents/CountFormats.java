package io.telecomllm.knowledge.documents;

import java.util.Locale;

/** Writes counts as Word does: ECMA-376 part 1, 17.18.59; formats of other scripts as decimals. */
final class CountFormats {
  private static final int[] ROMAN = {1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1};
  private static final String[] SIGNS = {
    "M", "CM", "D", "CD", "C", "XC", "L", "XL", "X", "IX", "V", "IV", "I"
  };
  private static final int MAX_ROMAN = 32_767; // the largest number that Word counts to

  private CountFormats() {}

  static String format(int count, String format) {
    return switch (format) {
      case "none" -> "";
      case "upperLetter" -> letters(count);
      case "lowerLetter" -> letters(count).toLowerCase(Locale.ROOT);
      case "upperRoman" -> roman(count);
      case "lowerRoman" -> roman(count).toLowerCase(Locale.ROOT);
      case "decimalZero" -> count < 10 ? "0" + count : String.valueOf(count);
      case "ordinal" -> count + suffix(count);
      default -> String.valueOf(count);
    };
  }

  // A to Z, then AA, BB to ZZ, then AAA
  private static String letters(int count) {
    if (count < 1 || count > MAX_ROMAN) {
      return String.valueOf(count);
    }
    char letter = (char) ('A' + (count - 1) % 26);
    return String.valueOf(letter).repeat((count - 1) / 26 + 1);
  }

  private static String roman(int count) {
    if (count < 1 || count > MAX_ROMAN) {
      return String.valueOf(count);
    }
    StringBuilder roman = new StringBuilder();
    int rest = count;
    for (int i = 0; i < ROMAN.length; i++) {
      while (rest >= ROMAN[i]) {
        roman.append(SIGNS[i]);
        rest -= ROMAN[i];
      }
    }
    return roman.toString();
  }

  private static String suffix(int count) {
    if (count % 100 / 10 == 1) {
      return "th";
    }
    return switch (count % 10) {
      case 1 -> "st";
      case 2 -> "nd";
      case 3 -> "rd";
      default -> "th";
    };
  }
}
