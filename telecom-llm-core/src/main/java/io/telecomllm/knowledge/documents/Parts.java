package io.telecomllm.knowledge.documents;

import io.telecomllm.knowledge.Sentences;
import java.util.ArrayList;
import java.util.List;

/** Cuts the text of a long clause into parts of about equal length. */
final class Parts {
  private static final int LONG_WORD = 12;

  private Parts() {}

  /**
   * Returns the text of a clause in parts of at most {@code maxWords} words, cut between
   * paragraphs. A paragraph that is longer by itself is cut between sentences; one sentence or row
   * that is longer stays whole. Where a table is cut, its first row is repeated.
   */
  static List<String> of(List<String> paragraphs, int maxWords) {
    List<String> lines = new ArrayList<>();
    paragraphs.forEach(p -> addShortened(p, maxWords, lines));
    int total = lines.stream().mapToInt(Parts::words).sum();
    int target = (total + maxWords - 1) / maxWords;
    target = total / Math.max(1, target);
    List<String> parts = new ArrayList<>();
    List<String> part = new ArrayList<>();
    String header = "";
    int words = 0;
    for (String line : lines) {
      int more = words(line);
      if (!part.isEmpty() && (words >= target || words + more > maxWords)) {
        parts.add(String.join("\n", part));
        part.clear();
        words = 0;
        if (isRow(line) && !header.isEmpty()) {
          part.add(header);
          words = words(header);
        }
      }
      header = !isRow(line) ? "" : header.isEmpty() ? line : header;
      part.add(line);
      words += more;
    }
    if (!part.isEmpty()) {
      parts.add(String.join("\n", part));
    }
    return parts;
  }

  // lines are clean: words are what single spaces and tabs separate; one that is very long, or
  // text without spaces, counts as several, so that no part is endless
  private static int words(String line) {
    int words = 1;
    for (int i = 0; i < line.length(); i++) {
      words += line.charAt(i) == ' ' || line.charAt(i) == '\t' ? 1 : 0;
    }
    return Math.max(words, line.length() / LONG_WORD);
  }

  private static boolean isRow(String line) {
    return line.startsWith(TableLines.EDGE);
  }

  private static void addShortened(String paragraph, int maxWords, List<String> lines) {
    if (words(paragraph) <= maxWords) {
      lines.add(paragraph);
      return;
    }
    for (Sentences.Range sentence : Sentences.of(paragraph)) {
      lines.add(paragraph.substring(sentence.start(), sentence.end()));
    }
  }
}
