package io.telecomllm.knowledge.documents;

import com.google.common.base.Splitter;
import java.util.List;

/** Tells whether one number of a clause can follow another. */
final class ClauseOrder {
  private ClauseOrder() {}

  /**
   * Returns whether a number is that of the first clause below the one before, or of the next one
   * after it or after a clause around it: 5.6.1, 5.7 and 6 after 5.6. After none comes 1 or 0.
   */
  static boolean isNext(String before, String number) {
    if (before.isEmpty()) {
      return number.equals("1") || number.equals("0");
    }
    List<String> old = Splitter.on('.').splitToList(before);
    List<String> now = Splitter.on('.').splitToList(number);
    int last = now.size() - 1;
    if (last > old.size() || !now.subList(0, last).equals(old.subList(0, last))) {
      return false;
    }
    return last == old.size()
        ? now.get(last).equals("1") || now.get(last).equals("0")
        : isCounted(old.get(last), now.get(last));
  }

  private static boolean isCounted(String old, String now) {
    if (old.matches("\\d{1,6}") && now.matches("\\d{1,6}")) {
      return Integer.parseInt(now) == Integer.parseInt(old) + 1;
    }
    // 5.6a after 5.6, B after A
    boolean isNextLetter =
        old.length() == 1 && now.length() == 1 && now.charAt(0) == old.charAt(0) + 1;
    return isNextLetter || now.equals(old + "a") || now.equals(old + "A");
  }
}
