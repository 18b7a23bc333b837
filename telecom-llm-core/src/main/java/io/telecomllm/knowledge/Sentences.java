package io.telecomllm.knowledge;

import io.telecomllm.Internal;
import java.text.BreakIterator;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** Cuts a text into its sentences. */
@Internal
public final class Sentences {
  // a full stop after these ends an abbreviation, not a sentence
  private static final Pattern ABBREVIATION =
      Pattern.compile(
          "(?:^|.*[\\s(\\[])(?:e\\.g|i\\.e|cf|vs|etc|fig|figs|eq|sec|ref|rel|approx|resp|incl|ver"
              + "|al|dr|st|no)\\.\\s*",
          Pattern.CASE_INSENSITIVE | Pattern.DOTALL);
  private static final Pattern MAY_END = // "etc." and "no." end a sentence if a capital follows
      Pattern.compile(".*\\b(?:etc|no|al)\\.\\s*", Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

  private Sentences() {}

  /** A range of the text, without the white space around it; never empty. */
  public record Range(int start, int end) {}

  /**
   * Returns the sentences of a text in order. A line break ends a sentence, since a clause has one
   * paragraph a line.
   */
  public static List<Range> of(String text) {
    List<Range> sentences = new ArrayList<>();
    int line = 0;
    while (line < text.length()) {
      int newline = text.indexOf('\n', line);
      int end = newline < 0 ? text.length() : newline;
      addLine(text, line, end, sentences);
      line = end + 1;
    }
    return List.copyOf(sentences);
  }

  private static void addLine(String text, int from, int to, List<Range> sentences) {
    BreakIterator breaks = BreakIterator.getSentenceInstance(Locale.ENGLISH);
    String line = text.substring(from, to);
    breaks.setText(line);
    int start = 0;
    for (int end = breaks.next(); end != BreakIterator.DONE; end = breaks.next()) {
      if (end == line.length() || !goesOn(line, start, end)) {
        addStripped(text, from + start, from + end, sentences);
        start = end;
      }
    }
  }

  private static boolean goesOn(String line, int start, int end) {
    String tail = line.substring(Math.max(start, end - 16), end);
    return ABBREVIATION.matcher(tail).matches()
        && !(MAY_END.matcher(tail).matches() && Character.isUpperCase(line.codePointAt(end)));
  }

  private static void addStripped(String text, int start, int end, List<Range> sentences) {
    while (start < end && Character.isWhitespace(text.charAt(start))) {
      start++;
    }
    while (end > start && Character.isWhitespace(text.charAt(end - 1))) {
      end--;
    }
    if (start < end) {
      sentences.add(new Range(start, end));
    }
  }
}
