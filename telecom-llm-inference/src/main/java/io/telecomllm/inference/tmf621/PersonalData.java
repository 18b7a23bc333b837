package io.telecomllm.inference.tmf621;

import static java.util.Objects.requireNonNull;

/**
 * Replaces personal data that has a form of its own by a word in brackets.
 *
 * <table>
 * <caption>What is replaced</caption>
 * <tr><th>what</th><th>by</th></tr>
 * <tr><td>addresses of email, SIP and the like: {@code name@host.domain}, {@code name@host} if the
 * host begins with a letter, {@code name@[10.0.0.1]}, {@code "two words"@host}; the name has any
 * characters of RFC 5322</td><td>{@code [email]}</td></tr>
 * <tr><td>IPv4: four numbers up to 255 with dots between, and a fifth of 2 to 5 digits, as packet
 * captures write the port</td><td>{@code [ip]}</td></tr>
 * <tr><td>IPv6: eight groups or more; or fewer, a double colon and a decimal digit, so {@code ::1}
 * and {@code f1::b2} as well</td><td>{@code [ip]}</td></tr>
 * <tr><td>15 digits or more, such as IMSI, IMEI and ICCID; 14 or more, the first no 0, in groups
 * that have up to 3 spaces, hyphens, slashes or underscores between them, or dots: one of the
 * groups at the beginning has 4 digits or more, or all separators are hyphens</td><td>{@code
 * [number]}</td></tr>
 * <tr><td>7 digits or more that begin with +, (0), or a 0 and a digit, with up to 5 spaces, dots,
 * slashes, hyphens, underscores and parentheses between digits; 10 digits or more without such,
 * such as an MSISDN; three groups of 3, 3 and 4 digits</td><td>{@code [phone]}</td></tr>
 * </table>
 *
 * <p>Digits of all scripts are digits, a line break or tab is a space, all dashes are hyphens;
 * invisible characters are ignored; {@code %40} is an at sign. A form may be glued to a word:
 * {@code ip_10.0.0.1}.
 *
 * <p>What stays although it may have such a form:
 *
 * <ul>
 *   <li>a date of the years 1900 to 2099, {@code 2026-11-30}, {@code 30.11.2026}, {@code
 *       11/30/2026}, that no digit follows directly or after one of {@code . / - _}; times {@code
 *       12:30:15.123}
 *   <li>four to eight numbers of 1 to 99 with dots after {@code clause}, {@code subclause} or
 *       {@code section}: {@code clause 5.15.2.2}, and so {@code clause 10.20.30.40}, but not {@code
 *       clause 10.0.0.1}
 *   <li>numbers of specifications, {@code TS 38.331}, also with a clause: {@code TS
 *       23.501#5.15.2.2}. Without these, {@code #5.15.2.2} and {@code version 17.4.0.1} are IPv4
 *   <li>7 or 8 digits in one group after a letter, {@code INC0012345}, and decimal fractions
 * </ul>
 *
 * <p>What looks like personal data and is not, such as a long cell identity, is replaced as well.
 * Names, postal addresses, MAC addresses, and identities with letters have no form of their own and
 * stay; so do telephone numbers of several groups without +, 0 or the groups above, and addresses
 * that are spelled out, such as {@code ann (at) home}. A program that must find these brings its
 * own redaction.
 *
 * <p>The time it takes is proportional to the text's length.
 */
public final class PersonalData {
  private PersonalData() {}

  /** Returns the text with personal data replaced; the same text if none is found. */
  public static String redact(String text) {
    requireNonNull(text, "text is null");
    return PersonalForms.NUMBERS.replaceIn(PersonalForms.ADDRESSES.replaceIn(text));
  }
}
