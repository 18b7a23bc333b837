package io.telecomllm.report;

import io.telecomllm.Internal;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.function.BiFunction;
import java.util.function.Supplier;

/**
 * Makes HTML pages that stand alone, and their parts. Texts are escaped, except where a parameter
 * is documented as HTML.
 */
@Internal
public final class Html {
  private Html() {}

  /**
   * Returns a page with its styles inside, without scripts or anything loaded from a network, light
   * or dark as the reader's system is.
   *
   * @param title a text
   * @param content HTML
   */
  public static String page(String title, String content) {
    return "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n"
        // whatever a name on the page tries, nothing is loaded and nothing runs
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

  static String styles() {
    try (InputStream css = Html.class.getResourceAsStream("report.css")) {
      if (css == null) {
        throw new IllegalStateException("report.css is not in the jar");
      }
      return new String(css.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("report.css", e);
    }
  }

  /** Returns a key figure, to be put into {@code <dl class="tiles">}; the note may be empty. */
  public static String tile(String name, String value, String note) {
    return "<div class=\"tile\"><dt>"
        + escape(name)
        + "</dt><dd>"
        + escape(value)
        + "</dd>"
        + (note.isEmpty() ? "" : "<dd class=\"sub\">" + escape(note) + "</dd>")
        + "</div>\n";
  }

  /** Escapes text for elements and quoted attributes, and replaces control characters. */
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

  /**
   * Formats a number with four significant digits, or as a whole number from 1,000 on; as a dash if
   * it is not finite.
   */
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

  /** Formats a time as {@code 1 h 02 min}, {@code 3 min 20 s} or {@code 12.3 s}. */
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

  /**
   * Returns a broad and a narrow drawing of the same chart; the page shows the one that fits its
   * width.
   *
   * @param drawing makes the SVG of a chart of a given width and height
   */
  public static String figures(BiFunction<Integer, Integer, String> drawing) {
    return "<figure class=\"broad\">\n"
        + drawing.apply(900, 320)
        + "</figure>\n<figure class=\"narrow\">\n"
        + drawing.apply(400, 280)
        + "</figure>\n";
  }

  /**
   * Returns a bar from 0 to a share, with the confidence interval of the share drawn over it.
   *
   * @param style the class of its colour, {@code before} or {@code after}; also the name in front
   *     of it
   * @param share 0 to 1
   * @param low the lower end of the interval, 0 to 1
   * @param high the upper end of the interval, 0 to 1
   * @param label the text after the bar
   */
  public static String bar(String style, double share, double low, double high, String label) {
    return String.format(
        Locale.ROOT,
        "<div class=\"bar\"><span class=\"who\">%s</span>"
            + "<svg viewBox=\"0 0 100 10\" preserveAspectRatio=\"none\" aria-hidden=\"true\">"
            + "<rect class=\"track\" width=\"100\" height=\"10\"/>"
            + "<rect class=\"%s\" width=\"%.2f\" height=\"10\"/>"
            // an outline separates the interval from the bar
            + "<line class=\"outline\" x1=\"%4$.2f\" x2=\"%5$.2f\" y1=\"5\" y2=\"5\"/>"
            + "<line x1=\"%4$.2f\" x2=\"%5$.2f\" y1=\"5\" y2=\"5\"/></svg>"
            + "<span>%6$s</span></div>\n",
        escape(style),
        escape(style),
        100 * share,
        100 * low,
        100 * high,
        escape(label));
  }

  /** Returns a section with a heading, a text, and content, which is HTML. */
  public static String section(String heading, Supplier<String> content) {
    return "<section>\n<h2>" + escape(heading) + "</h2>\n" + content.get() + "</section>\n";
  }
}
