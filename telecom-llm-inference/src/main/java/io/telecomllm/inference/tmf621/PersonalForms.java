package io.telecomllm.inference.tmf621;

import com.google.common.collect.ImmutableMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The forms that {@link PersonalData} replaces, as regular expressions over {@link FoldedText}.
 * Each reads a part of the text once: repetitions are bounded or possessive.
 */
final class PersonalForms {
  /** RFC 5322's atext, dots, and what RFC 6531 adds to it that a word may hold. */
  private static final String ATEXT = "[\\p{L}\\p{N}\\p{M}!#$%&'*+/=?^_`{|}~.-]";

  private static final String HEX = "\\p{XDigit}";

  /** After a word and a colon, as in {@code addr:fe80::1}; the word has a letter past f. */
  private static final String AFTER_NAME = "(?<=:)(?<=[g-zG-Z_]\\w{0,20}:)";

  private static final String IPV6_START =
      "(?:(?<![\\w:])|" + AFTER_NAME + "|(?<=_)|(?<=[g-zG-Z])(?<![vV](?=6:))(?=\\d))";

  /** Eight groups or more; or a double colon and, unlike in most names of C++, a digit. */
  private static final String IPV6 =
      IPV6_START
          + ("(?=(?:" + HEX + "{1,4}:){7}" + HEX)
          + ("|(?=[a-fA-F:]{0,38}\\d)(?:::|(?:" + HEX + "{1,4}:){1,7}:))")
          + (HEX + "*+(?::{1,3}+" + HEX + "++)*+(?:::)?+(?:\\.\\d++){0,3}+(?![\\p{L}\\p{N}])");

  private static final String LABEL = "[\\p{L}\\p{N}\\p{M}_-]++";
  private static final String HOST =
      ("(?:\\[[^\\]\\s]{1,64}+\\]|" + IPV6)
          + ("|" + LABEL + "(?:\\." + LABEL + ")++|(?=[\\p{L}_])" + LABEL + ")");

  /** Begins where a word begins, or after the address before it, so that a word is read once. */
  private static final String EMAIL =
      ("(?:\"(?:[^\"\\\\]|\\\\.){1,64}+\"|(?:(?<!" + ATEXT + ")|\\G)" + ATEXT + "++)")
          + ("(?:@" + HOST + ")++");

  private static final String OCTET = "(?:25[0-5]|2[0-4]\\d|[01]?\\d?\\d)";

  /** With the port that packet captures write as a fifth number. */
  private static final String IPV4 =
      "(?<!\\d)(?<!\\d\\.)" + OCTET + "(?:\\." + OCTET + "){3}(?:\\.\\d{2,5})?(?!\\.?\\d)";

  private static final String DATE =
      "(?<![\\d./_-])DAY(?:[/-]DAY)?(?![./_-]?\\d)"
          .replace("DAY", "(?:" + date("-") + "|" + date("/") + "|" + date("\\.") + ")");

  private static final String TIME =
      "(?<![\\d:])(?:[01]?\\d|2[0-3]):[0-5]\\d(?::[0-5]\\d(?:[.,]\\d{1,9})?)?(?![\\d:])";

  /** The first number of a clause and one more; a quantifier of the latter follows. */
  private static final String CLAUSE = "[1-9]\\d?(?:\\.[1-9]\\d?)";

  /** What stays although it may have a form below. */
  private static final String KEPT =
      DATE
          + ("|" + TIME)
          + ("|\\b(?:(?i:(?:sub)?clauses?|sections?) " + CLAUSE + "{3,7}")
          + ("|(?:TS|TR) ?\\d{2}\\.\\d{2,3}(?:-\\d{1,2})?(?:#" + CLAUSE + "{0,7})?)")
          + "(?![./_-]?\\d)";

  // the first look ahead is quick, and enough for most digits
  private static final String NO_TIME_HERE =
      "(?!(?=\\d{1,4}[./:-]\\d)(?:" + DATE + "|" + TIME + "))";

  /** The next digit of a telephone number, after up to five characters between. */
  private static final String NEXT = "[ ./()_-]{0,5}+" + NO_TIME_HERE + "\\d";

  private static final String NUMBER =
      ("(?<!\\d)(?:(?!0)(?:" + grouped("[ _/-]", true) + "|" + grouped("\\.", true))
          + ("|" + grouped("-", false) + ")|\\d{15,}+)");

  /**
   * A zero that may begin a telephone number: not in a decimal fraction, nor in a word such as
   * {@code INC0012345}.
   */
  private static final String NATIONAL =
      "(?<!\\d)(?:(?<!\\d\\.)|(?=0\\d{1,4}[ /-]{1,3}\\d{5}))"
          + ("(?!(?<=\\p{L})\\d{7,8}+(?!" + NEXT + "))0\\d");

  private static final String PHONE =
      ("\\+(?:" + NEXT + "){7,}+|\\(0\\)(?:" + NEXT + "){6,}+")
          + ("|" + NATIONAL + "(?:" + NEXT + "){5,}+")
          + "|(?<!\\d)\\d{10,}+(?:[/-]\\d++)*+"
          + "|(?<!\\d)\\d{3}\\)?[ ./_-]{1,3}\\d{3}[ ./_-]{1,3}\\d{4}(?!\\d)";

  /** Addresses, which may hold numbers. */
  static final PersonalForms ADDRESSES = new PersonalForms("", ImmutableMap.of("email", EMAIL));

  /** Numbers of devices, cards and people. */
  static final PersonalForms NUMBERS =
      new PersonalForms(
          KEPT, ImmutableMap.of("ip", IPV4 + "|" + IPV6, "number", NUMBER, "phone", PHONE));

  private final Pattern pattern;
  private final Set<String> words;

  private PersonalForms(String kept, Map<String, String> forms) {
    String any =
        forms.entrySet().stream()
            .map(form -> "(?<" + form.getKey() + ">" + form.getValue() + ")")
            .collect(Collectors.joining("|"));
    pattern = Pattern.compile(kept.isEmpty() ? any : kept + "|" + any);
    words = forms.keySet();
  }

  private static String date(String separator) {
    String day = "(?:0?[1-9]|[12]\\d|3[01])";
    String month = "(?:0?[1-9]|1[0-2])";
    String year = "(?:19|20)\\d\\d";
    return String.join(
        "|",
        String.join(separator, year, month, day),
        String.join(separator, day, month, year),
        String.join(separator, month, day, year));
  }

  /** 14 digits or more in groups, one of them of 4 digits or more if {@code large}. */
  private static String grouped(String separator, boolean large) {
    String between = separator + "{1,3}+" + NO_TIME_HERE;
    return (large ? "(?=(?:\\d" + separator + "{0,3}+){0,10}\\d{4})" : "")
        + ("(?=(?:\\d(?:" + between + ")?){13}\\d)")
        + ("(?:\\d|" + between + "\\d)++");
  }

  /** Returns the text with each of these forms replaced by its word in brackets. */
  String replaceIn(String text) {
    FoldedText folded = FoldedText.of(text);
    Matcher found = pattern.matcher(folded.copy());
    StringBuilder replaced = new StringBuilder();
    int done = 0;
    while (found.find()) {
      for (String word : words) {
        if (found.group(word) != null) {
          replaced.append(text, done, folded.start(found.start()));
          replaced.append('[').append(word).append(']');
          done = folded.end(found.end());
        }
      }
    }
    return replaced.append(text, done, text.length()).toString();
  }
}
