package io.telecomllm.training.tracking;

import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;

/** Pieces of a page. */
final class Html {
  private Html() {}

  /** Text without a meaning to HTML, in elements and quoted attributes; no control characters. */
  static String escape(String text) {
    StringBuilder escaped = new StringBuilder(text.length() + 16);
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '&' -> escaped.append("&amp;");
        case '<' -> escaped.append("&lt;");
        case '>' -> escaped.append("&gt;");
        case '"' -> escaped.append("&quot;");
        case '\'' -> escaped.append("&#39;");
        default ->
            escaped.append(Character.isISOControl(c) && c != '\n' && c != '\t' ? '\ufffd' : c);
      }
    }
    return escaped.toString();
  }

  /** Four significant digits; a dash for what is not finite. */
  static String number(double value) {
    if (!Double.isFinite(value)) {
      return "–";
    }
    double size = Math.abs(value);
    if (value == 0) {
      return "0";
    } else if (size >= 1000) {
      return String.format(Locale.ROOT, "%,.0f", value);
    } else if (size < 1e-3) {
      return String.format(Locale.ROOT, "%.3e", value).replaceFirst("e-0?", "e-");
    }
    int digits = 3 - (int) Math.floor(Math.log10(size));
    return String.format(Locale.ROOT, "%." + digits + "f", value);
  }

  /** {@code 1 h 02 min}, {@code 3 min 20 s} or {@code 12.3 s}. */
  static String duration(double seconds) {
    if (!Double.isFinite(seconds)) {
      return "–";
    }
    long whole = Math.round(seconds);
    if (whole >= 3600) {
      return String.format(Locale.ROOT, "%d h %02d min", whole / 3600, whole % 3600 / 60);
    }
    return whole >= 60
        ? String.format(Locale.ROOT, "%d min %02d s", whole / 60, whole % 60)
        : String.format(Locale.ROOT, "%.1f s", seconds);
  }

  /** A table of names and values. */
  static String rows(Map<String, String> rows) {
    StringBuilder table = new StringBuilder("<table class=\"rows\">\n");
    rows.forEach(
        (name, value) ->
            table
                .append("<tr><th scope=\"row\">")
                .append(breakable(name))
                .append("</th><td>")
                .append(escape(value))
                .append("</td></tr>\n"));
    return table.append("</table>\n").toString();
  }

  /** A long name goes on in the next line between its words, not within one. */
  private static String breakable(String name) {
    return escape(name).replaceAll("(?<=[._])(?=[a-z0-9])", "<wbr/>");
  }

  /** A section with its heading. */
  static String section(String heading, Supplier<String> content) {
    return "<section>\n<h2>" + escape(heading) + "</h2>\n" + content.get() + "</section>\n";
  }
}
