package io.telecomllm.knowledge.documents;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Joins lines of a paragraph. A hyphen at the end of a line divides a word or belongs to it; the
 * document's other words tell which: where {@code non-roaming} stands elsewhere it is kept, else a
 * hyphen between small letters is taken out. Before a capital or a digit it always stays.
 */
final class Hyphens {
  private static final Pattern WORD = Pattern.compile("\\p{L}[\\p{L}-]*\\p{L}");
  private static final Pattern TAIL = Pattern.compile("([\\p{L}-]*\\p{Ll})-$");
  private static final Pattern HEAD = Pattern.compile("^\\p{Ll}[\\p{L}]*");

  private final Set<String> words = new HashSet<>();

  Hyphens(List<String> lines) {
    for (String line : lines) {
      Matcher word = WORD.matcher(line);
      while (word.find()) {
        words.add(word.group().toLowerCase(Locale.ROOT));
      }
    }
  }

  /** Returns the text with a line appended. */
  String join(String text, String line) {
    if (text.isEmpty()) {
      return line;
    }
    Matcher tail = TAIL.matcher(text);
    Matcher head = HEAD.matcher(line);
    if (tail.find() && head.find()) {
      String before = tail.group(1).toLowerCase(Locale.ROOT);
      String after = head.group().toLowerCase(Locale.ROOT);
      boolean keep = words.contains(before + "-" + after) && !words.contains(before + after);
      return (keep ? text : text.substring(0, text.length() - 1)) + line;
    }
    boolean joins =
        text.endsWith("-")
            && text.length() > 1
            && Character.isLetterOrDigit(text.charAt(text.length() - 2));
    return joins ? text + line : text + " " + line;
  }
}
