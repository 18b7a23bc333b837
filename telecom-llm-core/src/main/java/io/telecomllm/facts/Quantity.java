package io.telecomllm.facts;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A number of a text with what it counts or measures.
 *
 * @param value in the base unit of its dimension: seconds, hertz, bits, bits a second, metres,
 *     metres a second, watts; as written where there is no unit
 * @param dimension what is measured, such as {@code time}, or the words around a number without a
 *     unit; two quantities compare only if they share one
 * @param written as it stands in the text
 */
record Quantity(double value, Dimension dimension, String written) {
  /** The least relative difference of numbers that differ: 23 dBm is written as 200 mW. */
  private static final double ROUNDED = 0.005;

  private static final String NUMBER =
      "[-+\u2212]?(?:\\d{1,3}(?:[,\u00a0\u202f]\\d{3})+|\\d+)(?:\\.\\d+)?";
  private static final String UNIT = "%|\u00b0|[\u00b5\u03bc]s|[A-Za-z]+(?:/[A-Za-z]+)?";
  // not within an identifier: 23.501, 5.6.1, NG-RAN2, v18.1.0, IPv4
  private static final Pattern QUANTITY =
      Pattern.compile(
          "(?<![\\w.])("
              + NUMBER
              + ")(?![\\w]*[-.]?\\d)(?:\\s?(?:-|\u2013|to|and|or)\\s?(?="
              + NUMBER
              + "\\s?("
              + UNIT
              + "))|[\\s-]?("
              + UNIT
              + ")|)(?![\\w])");
  private static final Pattern WORD = Pattern.compile("[\\p{L}\\p{N}-]+");
  private static final List<String> SMALL =
      List.of(
          "zero",
          "one",
          "two",
          "three",
          "four",
          "five",
          "six",
          "seven",
          "eight",
          "nine",
          "ten",
          "eleven",
          "twelve",
          "thirteen",
          "fourteen",
          "fifteen",
          "sixteen",
          "seventeen",
          "eighteen",
          "nineteen",
          "twenty");
  private static final Pattern SPELLED =
      Pattern.compile("(?i)\\b(" + String.join("|", SMALL.subList(2, SMALL.size())) + ")\\b");

  private static final Pattern SPECIFICATION = Pattern.compile("[2-5]\\d\\.\\d{3}");

  private static final Map<String, Unit> UNITS = units();

  /**
   * What a number measures.
   *
   * @param name of a unit's dimension; empty for a number without a unit
   * @param before the word before a number without a unit, in lower case; empty if there is none
   * @param after the word after it
   */
  record Dimension(String name, String before, String after) {
    static Dimension of(String name) {
      return new Dimension(name, "", "");
    }

    /** Returns whether numbers of both measure the same. */
    boolean matches(Dimension other) {
      if (!name.isEmpty() || !other.name.isEmpty()) {
        return name.equals(other.name);
      }
      return (!after.isEmpty() && after.equals(other.after))
          || (!before.isEmpty() && before.equals(other.before));
    }
  }

  private record Unit(String dimension, double factor) {}

  /** Returns whether two quantities of one dimension are equal, up to rounding. */
  boolean equal(Quantity other) {
    double larger = Math.max(Math.abs(value), Math.abs(other.value));
    boolean converted = dimension.name().equals("power");
    return Math.abs(value - other.value) <= (converted ? ROUNDED : 1e-9) * larger;
  }

  /** Returns the quantities of a text, in order. */
  static List<Quantity> in(String text) {
    List<Quantity> found = new ArrayList<>();
    Matcher matcher = QUANTITY.matcher(text);
    while (matcher.find()) {
      String unit = matcher.group(2) == null ? matcher.group(3) : matcher.group(2);
      double number = number(matcher.group(1));
      @Nullable Unit known = unit == null ? null : unit(unit);
      if (known != null) {
        found.add(measured(number, unit, known, matcher.group().strip()));
      } else if (!isName(text, matcher.start(1), matcher.end(1))) {
        found.add(counted(number, text, matcher.start(1), matcher.end(1)));
      }
    }
    Matcher spelled = SPELLED.matcher(text);
    while (spelled.find()) {
      int value = SMALL.indexOf(spelled.group().toLowerCase(Locale.ROOT));
      found.add(counted(value, text, spelled.start(), spelled.end()));
    }
    return List.copyOf(found);
  }

  /** Returns whether a number without a unit is part of a name: 6G, 38.101-1, TS 23.501. */
  private static boolean isName(String text, int start, int end) {
    boolean lettered = end < text.length() && Character.isLetter(text.charAt(end));
    boolean joined =
        start > 1
            && text.charAt(start - 1) == '-'
            && Character.isLetterOrDigit(text.charAt(start - 2));
    return lettered || joined || SPECIFICATION.matcher(text.substring(start, end)).matches();
  }

  private static Quantity measured(double number, String unit, Unit known, String written) {
    double value =
        unit.equals("dBm")
            ? Math.pow(10, (number - 30) / 10)
            : unit.equals("dBW") ? Math.pow(10, number / 10) : number * known.factor();
    return new Quantity(value, Dimension.of(known.dimension()), written);
  }

  private static Quantity counted(double value, String text, int start, int end) {
    Matcher next = WORD.matcher(text);
    String after = next.find(end) && next.start() <= end + 1 ? folded(next.group()) : "";
    String before = "";
    Matcher words = WORD.matcher(text.substring(Math.max(0, start - 40), start));
    while (words.find()) {
      before = folded(words.group());
    }
    return new Quantity(value, new Dimension("", before, after), text.substring(start, end));
  }

  private static String folded(String word) {
    String lower = word.toLowerCase(Locale.ROOT);
    return lower.length() > 3 && lower.endsWith("s")
        ? lower.substring(0, lower.length() - 1)
        : lower;
  }

  private static double number(String written) {
    return Double.parseDouble(written.replace('\u2212', '-').replaceAll("[,\u00a0\u202f]", ""));
  }

  private static @Nullable Unit unit(String written) {
    Unit exact = UNITS.get(written);
    return exact != null ? exact : UNITS.get(folded(written) + "~");
  }

  /** Returns the units: as written, or, for words, folded and followed by a tilde. */
  private static Map<String, Unit> units() {
    Map<String, Unit> units = new HashMap<>();
    add(units, "time", 1, "s", "sec~", "second~");
    add(units, "time", 1e-3, "ms", "msec~", "millisecond~");
    add(units, "time", 1e-6, "us", "\u00b5s", "\u03bcs", "microsecond~");
    add(units, "time", 1e-9, "ns", "nanosecond~");
    add(units, "time", 60, "min", "minute~");
    add(units, "time", 3600, "h", "hour~");
    add(units, "time", 86_400, "day~");
    add(units, "length", 1, "m", "metre~", "meter~");
    add(units, "length", 1e3, "km", "kilometre~", "kilometer~");
    add(units, "length", 1e-2, "cm", "centimetre~", "centimeter~");
    add(units, "length", 1e-3, "mm", "millimetre~", "millimeter~");
    add(units, "speed", 1 / 3.6, "km/h");
    add(units, "speed", 1, "m/s");
    add(units, "power", 1, "W", "watt~", "dBm", "dBW");
    add(units, "power", 1e-3, "mW", "milliwatt~");
    add(units, "ratio", 1, "dB", "decibel~");
    add(units, "share", 1, "%", "percent~");
    add(units, "angle", 1, "\u00b0", "degree~");
    add(units, "data", 1, "bit~");
    add(units, "data", 8, "byte~", "octet~");
    String prefixes = "kMGT";
    for (int i = 0; i < prefixes.length(); i++) {
      double factor = Math.pow(1000, i + 1);
      char p = prefixes.charAt(i);
      add(units, "frequency", factor, p + "Hz");
      add(units, "rate", factor, p + "bps", p + "bit/s", p + "b/s");
      add(units, "data", 8 * factor, p + "B");
      add(units, "data", factor, p + "bit");
    }
    add(units, "frequency", 1e3, "KHz");
    add(units, "rate", 1e3, "Kbps");
    add(units, "frequency", 1, "Hz");
    add(units, "rate", 1, "bps", "bit/s", "b/s");
    return Map.copyOf(units);
  }

  private static void add(
      Map<String, Unit> units, String dimension, double factor, String... names) {
    for (String name : names) {
      units.put(name, new Unit(dimension, factor));
    }
  }
}
