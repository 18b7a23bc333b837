package io.telecomllm.training.tracking;

import io.telecomllm.TelecomLlmException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;

/** Pages that stand alone, and pieces of them. */
public final class Html {
  private Html() {}

  /**
   * A page with its styles inside, without scripts and without the network, light or dark as the
   * reader's system is.
   *
   * @param title as text
   * @param content as HTML
   */
  public static String page(String title, String content) {
    return "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n"
        // whatever a name in it might try, nothing is loaded and nothing runs
        + "<meta http-equiv=\"Content-Security-Policy\""
        + " content=\"default-src 'none'; style-src 'unsafe-inline'\"/>\n"
        + "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n<title>"
        + escape(title)
        + "</title>\n<style>\n"
        + styles()
        + "</style>\n</head>\n<body>\n<h1>"
        + escape(title)
        + "</h1>\n"
        + content
        + "</body>\n</html>\n";
  }

  private static String styles() {
    try (InputStream css = Html.class.getResourceAsStream("report.css")) {
      if (css == null) {
        throw new IllegalStateException("report.css is not beside its class");
      }
      return new String(css.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new TelecomLlmException("report.css: " + e.getMessage(), e);
    }
  }

  /** A figure of the headline, within {@code <dl class="tiles">}; the note may be empty. */
  public static String tile(String name, String value, String note) {
    return "<div class=\"tile\"><dt>"
        + escape(name)
        + "</dt><dd>"
        + escape(value)
        + "</dd>"
        + (note.isEmpty() ? "" : "<dd class=\"sub\">" + escape(note) + "</dd>")
        + "</div>\n";
  }

  /** Text without a meaning to HTML, in elements and quoted attributes; no control characters. */
  public static String escape(String text) {
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
  public static String number(double value) {
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
  public static String duration(double seconds) {
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
  public static String rows(Map<String, String> rows) {
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
  public static String section(String heading, Supplier<String> content) {
    return "<section>\n<h2>" + escape(heading) + "</h2>\n" + content.get() + "</section>\n";
  }
}
