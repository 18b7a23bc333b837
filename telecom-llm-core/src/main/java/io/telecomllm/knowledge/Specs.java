package io.telecomllm.knowledge;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The names of specifications as people write them: {@code TS 23.501}, {@code 3GPP TS 23501}. */
final class Specs {
  // GSM's have two digits behind the dot; without a dot five digits, of 3GPP's series 21 to 55
  private static final Pattern NUMBER =
      Pattern.compile(
          "(?:3gpp )?(?:t[sr] ?)?(?:(\\d\\d)\\.(\\d{2,3})|([2-5]\\d)(\\d{3}))((?:-\\d{1,3}){0,2})");

  private Specs() {}

  /** Returns a name in one form: its number, or else the name in lower case. */
  static String normal(String spec) {
    String lower = spec.toLowerCase(Locale.ROOT).strip().replaceAll("\\s+", " ");
    Matcher number = NUMBER.matcher(lower);
    if (!number.matches()) {
      return lower;
    }
    String series = number.group(1) == null ? number.group(3) : number.group(1);
    String rest = number.group(2) == null ? number.group(4) : number.group(2);
    return series + "." + rest + number.group(5);
  }

  /** Returns the series, such as {@code 23} for {@code TS 23.501}; empty for other documents. */
  static String series(String spec) {
    String normal = normal(spec);
    return NUMBER.matcher(normal).matches() ? normal.substring(0, 2) : "";
  }
}
