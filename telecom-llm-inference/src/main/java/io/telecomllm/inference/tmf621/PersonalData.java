package io.telecomllm.inference.tmf621;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Replaces personal data that has a form of its own by a word in brackets.
 *
 * <table>
 * <caption>What is replaced</caption>
 * <tr><th>what</th><th>by</th></tr>
 * <tr><td>addresses of email, SIP and the like: {@code name@host.domain}</td>
 * <td>{@code [email]}</td></tr>
 * <tr><td>addresses of IPv4 and IPv6</td><td>{@code [ip]}</td></tr>
 * <tr><td>15 digits or more, such as IMSI, IMEI and ICCID; card numbers, also in groups of
 * four</td><td>{@code [number]}</td></tr>
 * <tr><td>10 to 14 digits, such as an MSISDN; 7 to 15 digits in groups that begin with +, 00 or 0;
 * three groups of 3, 3 and 4 digits</td><td>{@code [phone]}</td></tr>
 * </table>
 *
 * <p>Dates, and the numbers of clauses, sections and versions, of {@code TS 38.331} and of {@code
 * #5.3.3.10}, stay. What looks like personal data and is not, such as a long cell identity, is
 * replaced as well. Names, postal addresses, and identities with letters have no form of their own
 * and stay: a program that must find these brings its own redaction.
 *
 * <p>The time it takes is proportional to the text's length.
 */
public final class PersonalData {
  // bounded, so that a long text is read in one pass; RFC 5321 has at most 64 octets
  private static final String LOCAL_PART = "[\\p{L}\\p{N}._%+-]{1,64}+@";
  private static final String EMAIL = LOCAL_PART + "[\\p{L}\\p{N}-]++(?:\\.[\\p{L}\\p{N}-]++)++";

  /** What stays although it has a form below: dates, and numbers after certain words. */
  private static final String KEPT =
      "(?:(?<!\\w)\\d{4}-\\d{2}-\\d{2}"
          + "|(?<!\\w)\\d{1,2}[./]\\d{1,2}[./]\\d{4}"
          + "|(?:\\b(?:(?i:clause|section|version)|TS|TR) |#)\\d{1,5}(?:\\.\\d{1,3}){0,7})"
          + ("(?!\\d|@|" + LOCAL_PART + ")");

  private static final String FOUR_OCTETS = "(?<![\\w.])\\d{1,3}(?:\\.\\d{1,3}){3}(?!\\.?\\d)";
  private static final String HEX = "\\p{XDigit}{1,4}";
  private static final String IP =
      FOUR_OCTETS
          + "|(?<![\\w:])"
          + ("(?:(?:" + HEX + ":){7}" + HEX)
          + ("|(?:" + HEX + ":){1,7}:(?:" + HEX + ":){0,6}(?:" + HEX + ")?")
          + ("|::(?:" + HEX + ":){0,6}" + HEX + ")(?:\\.\\d{1,3}){0,3}(?!\\w)");

  private static final String NUMBER =
      "(?<!\\d)(?:\\d{15,}+|\\d{4}(?:[ -]\\d{4}){3}(?:[ -]?\\d{1,3})?)(?!\\d)";

  /** What may be between two digits of a phone number, no-break spaces and hyphens included. */
  private static final String GAP = "[ \u00a0\u2011./()-]{0,2}";

  private static final String PHONE =
      ("(?:\\+|(?<!\\w)00)(?:" + GAP + "\\d){7,15}(?!\\d)")
          + ("|(?<![\\w.])0\\d(?:" + GAP + "\\d){5,13}(?!\\d)")
          + "|(?<!\\d)\\d{10,14}(?!\\d)"
          + "|(?<!\\w)\\d{3}\\)?[ .-]\\d{3}[ .-]\\d{4}(?!\\w)";

  private static final Map<String, String> FORMS =
      ImmutableMap.of("email", EMAIL, "ip", IP, "number", NUMBER, "phone", PHONE);

  private static final Pattern ANY =
      Pattern.compile(
          FORMS.entrySet().stream()
              .map(form -> "|(?<" + form.getKey() + ">" + form.getValue() + ")")
              .collect(Collectors.joining("", KEPT, "")));

  private PersonalData() {}

  /** Returns the text with personal data replaced; the same text if none is found. */
  public static String redact(String text) {
    requireNonNull(text, "text is null");
    Matcher found = ANY.matcher(text);
    StringBuilder redacted = new StringBuilder();
    while (found.find()) {
      found.appendReplacement(redacted, Matcher.quoteReplacement(replacement(found)));
    }
    return found.appendTail(redacted).toString();
  }

  private static String replacement(Matcher found) {
    return FORMS.keySet().stream()
        .filter(name -> found.group(name) != null)
        .findFirst()
        .map(name -> "[" + name + "]")
        .orElseGet(found::group);
  }
}
