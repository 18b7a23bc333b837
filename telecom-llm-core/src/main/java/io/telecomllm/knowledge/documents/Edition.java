package io.telecomllm.knowledge.documents;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which specification a document is.
 *
 * @param spec such as {@code TS 23.501}
 * @param version such as {@code 18.4.0}, or empty
 * @param release such as {@code Release 18}, or empty
 */
record Edition(String spec, String version, String release) {
  private static final String NUMBER = "(\\d{2}\\.\\d{3}(?:-\\d{1,2}){0,2})";
  private static final String VERSION = "[Vv]?(\\d{1,3}\\.\\d{1,3}\\.\\d{1,3})";
  private static final Pattern COVER =
      Pattern.compile(
          "[|(\\s]*3GPP\\s+(TS|TR)\\s+" + NUMBER + "\\s+(?:version\\s+)?" + VERSION + "\\b.*");
  private static final Pattern ETSI_COVER =
      Pattern.compile(
          "[|\\s]*(ETSI\\s+(?:EN|ES|EG|GS|GR|TS|TR)\\s(?:[A-Z]{2,4}\\s)?\\d{3}(?:[ -]\\d{1,3}){0,3})\\s+"
              + VERSION
              + "\\b.*");
  private static final Pattern RELEASE = Pattern.compile(".*\\bRelease\\s(\\d{1,2})\\b.*");

  // 3GPP TR 21.900: 23501-i40 is version 18.4.0 of 23.501, 36331-h10_s00-s05 a part of a document
  private static final Pattern FILE =
      Pattern.compile(
          "(\\d{2})(\\d{3}(?:-\\d{1,2}){0,2})-([0-9a-z]{3}|\\d{6})(?:[_.-].*)?",
          Pattern.CASE_INSENSITIVE);
  private static final int FIRST_RELEASE = 4;

  /** Returns what the lines of a cover say, if one of them does. */
  static Optional<Edition> ofCover(List<String> lines) {
    Optional<Edition> etsi = Optional.empty();
    for (String line : lines) {
      Matcher cover = COVER.matcher(line);
      if (cover.matches()) {
        String release = releaseIn(lines).orElse(releaseOf(cover.group(3)));
        return Optional.of(
            new Edition(cover.group(1) + " " + cover.group(2), cover.group(3), release));
      }
      Matcher other = ETSI_COVER.matcher(line);
      if (etsi.isEmpty() && other.matches()) {
        String spec = other.group(1).replaceAll("\\s+", " ");
        etsi = Optional.of(new Edition(spec, other.group(2), ""));
      }
    }
    return etsi;
  }

  /** Returns what a file's name says, if it is named as 3GPP names its files. */
  static Optional<Edition> ofFileName(String name) {
    Matcher file = FILE.matcher(name);
    if (!file.matches()) {
      return Optional.empty();
    }
    // TR 21.900: reports have numbers of 800 and above
    String kind = file.group(2).charAt(0) >= '8' ? "TR " : "TS ";
    String version = versionOf(file.group(3));
    return Optional.of(
        new Edition(kind + file.group(1) + "." + file.group(2), version, releaseOf(version)));
  }

  private static Optional<String> releaseIn(List<String> lines) {
    return lines.stream()
        .map(RELEASE::matcher)
        .filter(Matcher::matches)
        .map(m -> "Release " + m.group(1))
        .findFirst();
  }

  private static String versionOf(String code) {
    int width = code.length() / 3;
    int radix = width == 1 ? Character.MAX_RADIX : 10;
    return Integer.parseInt(code.substring(0, width), radix)
        + "."
        + Integer.parseInt(code.substring(width, 2 * width), radix)
        + "."
        + Integer.parseInt(code.substring(2 * width), radix);
  }

  private static String releaseOf(String version) {
    int major = Integer.parseInt(version.substring(0, version.indexOf('.')));
    return major >= FIRST_RELEASE ? "Release " + major : "";
  }
}
