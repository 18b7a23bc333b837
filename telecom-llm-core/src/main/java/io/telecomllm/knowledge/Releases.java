package io.telecomllm.knowledge;

import com.google.common.base.Splitter;
import io.telecomllm.Internal;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Releases of 3GPP as people write them: {@code Release 18}, {@code Rel-18}, {@code R18}. */
@Internal
public final class Releases {
  private static final String NAME = "(?:Release|release|RELEASE|Rel|rel|REL)[ .-]{0,2}";
  // an R alone may be anything, such as a reference point, unless two digits follow
  private static final Pattern MENTION =
      Pattern.compile(
          "(?<![\\w.-])(?:3GPP )?(?:"
              + NAME
              + "([4-9]|[12]\\d|99)|R-?([12]\\d|99))(?!\\w)(?!\\.\\d)");
  private static final Pattern TAG =
      Pattern.compile("\\[\\s{0,9}([^\\[\\]]{0,40}\\b(?:" + NAME + "|R-?)\\d{1,3})\\s{0,9}]");
  private static final Pattern NUMBER =
      Pattern.compile("(?:3gpp\\s*)?(?:release|rel|r)?[\\s.-]*(\\d{1,3})");

  private static final int VERSION_PARTS = 3;

  private Releases() {}

  /**
   * Returns the release of a tag such as {@code [3GPP Release 18]} at the end of a text, or empty
   * if there is none.
   */
  static String tagOf(String text) {
    String stripped = text.stripTrailing();
    int bracket = stripped.endsWith("]") ? stripped.lastIndexOf('[') : -1;
    if (bracket < 0) {
      return "";
    }
    Matcher tag = TAG.matcher(stripped.substring(bracket));
    return tag.matches() ? tag.group(1) : "";
  }

  /** Returns a release in one form, its number, however it is written; empty stays empty. */
  public static String normal(String release) {
    String lower = release.toLowerCase(Locale.ROOT).strip();
    Matcher number = NUMBER.matcher(lower);
    return number.matches() ? number.group(1) : lower.replaceAll("\\s+", " ");
  }

  /**
   * Returns a number that is larger for a newer edition of a clause: its version, whose first part
   * is the release, or else its release; 0 if it has neither, or in other forms than numbers.
   */
  static long recency(Clause clause) {
    String version = clause.version().isEmpty() ? normal(clause.release()) : clause.version();
    long recency = 0;
    List<String> parts = Splitter.on('.').splitToList(version.replaceFirst("^[vV]", ""));
    for (int i = 0; i < VERSION_PARTS; i++) {
      String part = i < parts.size() ? parts.get(i) : "0";
      if (!part.matches("\\d{1,4}")) {
        return 0;
      }
      recency = 10_000 * recency + Integer.parseInt(part);
    }
    return recency;
  }

  /** Returns the numbers of the releases that a text mentions, in order. */
  public static Set<String> in(String text) {
    Set<String> releases = new LinkedHashSet<>();
    Matcher mention = MENTION.matcher(text);
    while (mention.find()) {
      releases.add(mention.group(1) == null ? mention.group(2) : mention.group(1));
    }
    return releases;
  }

  /** Returns the text with every mention of a release spelled as {@code Rel-18}. */
  static String spelledAlike(String text) {
    return MENTION.matcher(text).replaceAll("Rel-$1$2");
  }

  /** Returns whether a word is a mention as {@link #spelledAlike} spells it. */
  static boolean isMention(String word) {
    return word.startsWith("Rel-");
  }
}
