package io.telecomllm.report;

import static com.google.common.base.Preconditions.checkArgument;

import io.telecomllm.Internal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Draws a chart over optimizer steps, or another quantity, as SVG: lines, points, a limit, and axes
 * with round ticks. A style is one of the classes {@code raw}, {@code line}, {@code other}, {@code
 * point} in {@code report.css}, which hold the colours. For one thread.
 */
public final class Chart {
  private static final int LEFT = 56;
  private static final int RIGHT = 24;
  private static final int TOP = 26;
  private static final int BOTTOM = 40;
  private static final int FEW = 60;

  /** The margin of a drawing that is a file of its own, in pixels; the background covers it. */
  private static final int MARGIN = 12;

  /** The width of a label such as 1.25e-4, in pixels. */
  private static final int APART = 52;

  /** The mean width of a character of a label, in pixels. */
  private static final int CHARACTER = 7;

  private record Series(String style, boolean joined, boolean marked, Curve curve, String name) {}

  private final int width;
  private final int height;
  private final String label;
  private final boolean fromZero;
  private final List<Series> series = new ArrayList<>();
  private double limit = Double.NaN;
  private String limitLabel = "";
  private String across = "optimizer step";
  private String unit = "step";
  private boolean logarithmic;
  private double leftEnd = Double.POSITIVE_INFINITY;
  private double rightEnd = Double.NEGATIVE_INFINITY;

  /** Creates an empty chart of this size in pixels; the label names the values and their unit. */
  public Chart(int width, int height, String label, boolean fromZero) {
    this.width = width;
    this.height = height;
    this.label = label;
    this.fromZero = fromZero;
  }

  /**
   * Sets the quantity along the horizontal axis; the default is optimizer steps.
   *
   * @param label the label under the axis
   * @param word the word before a value in a tooltip
   * @param byLogarithm whether the axis is logarithmic; then every x must be over 0
   */
  @Internal
  public Chart over(String label, String word, boolean byLogarithm) {
    across = label;
    unit = word;
    logarithmic = byLogarithm;
    return this;
  }

  /** Extends the horizontal axis to a range of values, even if no point lies there. */
  public Chart between(double low, double high) {
    leftEnd = low;
    rightEnd = high;
    return this;
  }

  /** Adds a line; its points are marked too if they are few. */
  @Internal
  public Chart line(String style, Curve curve) {
    return line(style, curve, "");
  }

  /** Adds a line with a name, which the legend of a file and tooltips show. */
  public Chart line(String style, Curve curve, String name) {
    series.add(new Series(style, true, true, curve, name));
    return this;
  }

  /** Adds a broad, pale line; add it before the line that is compared with it. */
  public Chart band(Curve curve, String name) {
    series.add(new Series("band", true, false, curve, name));
    return this;
  }

  /** Adds a thin dashed line to compare others with, such as the best that is possible. */
  public Chart guide(Curve curve, String name) {
    series.add(new Series("guide", true, false, curve, name));
    return this;
  }

  /** Adds points; those that are not finite are not drawn. */
  @Internal
  public Chart points(String style, Curve curve) {
    return points(style, curve, "");
  }

  /** Adds points with a name, which tooltips show. */
  @Internal
  public Chart points(String style, Curve curve, String name) {
    series.add(new Series(style, false, true, curve, name));
    return this;
  }

  /** Adds a dashed line at a value, which is drawn only if the vertical axis includes the value. */
  @Internal
  public Chart limit(double value, String name) {
    limit = value;
    limitLabel = name;
    return this;
  }

  /**
   * Draws the chart as an SVG file of its own, with its styles inside and the names of its lines
   * above it, on a background that is light or dark as the reader's system is.
   *
   * @param description a title, also read to people who cannot see the chart
   * @throws IllegalArgumentException if no value is finite, so that there is nothing to draw
   */
  public String file(String description) {
    checkArgument(range(true).length > 0, "%s: no finite value to draw", description);
    return drawn(
        description,
        MARGIN,
        " xmlns=\"http://www.w3.org/2000/svg\"",
        title(description)
            + "\n<style>\n"
            + Html.styles()
            + "</style>\n"
            + "<rect class=\"paper\" x=\"-12\" y=\"-12\" width=\"100%\" height=\"100%\""
            + " rx=\"6\"/>\n"
            + legend());
  }

  /** Draws the chart as SVG inside a page; the description is read to people who cannot see it. */
  @Internal
  public String svg(String description) {
    return drawn(description, 0, "", "");
  }

  private String legend() {
    StringBuilder legend = new StringBuilder();
    int x = 24 + CHARACTER * label.length();
    for (Series one : series) {
      if (!one.name.isEmpty()) {
        legend.append(
            String.format(
                Locale.ROOT, "<path class=\"%s\" d=\"M%d 9h26\"/>\n", Html.escape(one.style), x));
        legend.append(text("start", x + 34, 13, one.name));
        x += 58 + CHARACTER * one.name.length();
      }
    }
    return legend.toString();
  }

  private String drawn(String description, int margin, String attributes, String before) {
    double[] xs = range(true);
    double[] ys = range(false);
    if (xs.length == 0) {
      return "<p class=\"none\">Nothing to draw: no finite value.</p>";
    }
    int columns = width - LEFT - RIGHT;
    Ticks up = Ticks.around(fromZero ? Math.min(0, ys[0]) : ys[0], ys[1], height / 50);
    Axis x = new Axis(xs[0], xs[1], LEFT, width - RIGHT, logarithmic);
    Axis y = new Axis(up.first(), up.last(), height - BOTTOM, TOP, false);
    StringBuilder svg = new StringBuilder();
    svg.append(
        String.format(
            Locale.ROOT,
            "<svg%s viewBox=\"%d %d %d %d\" role=\"img\" aria-label=\"%s\">\n",
            attributes,
            -margin,
            -margin,
            width + 2 * margin,
            height + 2 * margin,
            Html.escape(description)));
    svg.append(before);
    for (double value : up.values()) {
      double at = y.at(value);
      svg.append(line("grid", LEFT, at, width - RIGHT, at));
      svg.append(text("end", LEFT - 8, at + 4, up.label(value)));
    }
    svg.append(line("axis", LEFT, height - BOTTOM, width - RIGHT, height - BOTTOM));
    ticks(xs, x, columns / 80)
        .forEach(
            (value, name) -> {
              double at = x.at(value);
              svg.append(line("axis", at, height - BOTTOM, at, height - BOTTOM + 4));
              svg.append(text("middle", at, height - BOTTOM + 18, name));
            });
    svg.append(text("start", 4, 13, label));
    svg.append(text("end", width - RIGHT, height - 4, across));
    if (limit >= up.first() && limit <= up.last()) {
      svg.append(line("limit", LEFT, y.at(limit), width - RIGHT, y.at(limit)));
      svg.append(text("end", width - RIGHT, 13, limitLabel));
    }
    for (Series one : series) {
      if (Arrays.stream(one.curve.y()).noneMatch(Double::isFinite)) {
        continue;
      }
      Curve shown = one.joined ? one.curve.decimated(2 * columns) : one.curve;
      if (one.joined) {
        svg.append("<path class=\"")
            .append(Html.escape(one.style))
            .append("\" d=\"")
            .append(path(shown, x, y));
        svg.append(one.name.isEmpty() ? "\"/>\n" : "\">" + title(one.name) + "</path>\n");
      }
      if (!one.joined || (one.marked && shown.size() <= FEW)) {
        svg.append(dots(one, shown, x, y));
      }
    }
    return svg.append("</svg>\n").toString();
  }

  private Map<Double, String> ticks(double[] xs, Axis axis, int about) {
    Map<Double, String> named = new LinkedHashMap<>();
    if (logarithmic) {
      // if the values are few, such as the rates of a sweep, they are the ticks
      double[] values =
          series.stream()
              .flatMapToDouble(s -> Arrays.stream(s.curve.x()))
              .distinct()
              .sorted()
              .toArray();
      boolean apart =
          IntStream.range(1, values.length)
              .allMatch(i -> axis.at(values[i]) - axis.at(values[i - 1]) >= APART);
      if (!apart) {
        return LogTicks.within(xs[0], xs[1], about);
      }
      Arrays.stream(values).forEach(value -> named.put(value, LogTicks.label(value)));
      return named;
    }
    Ticks ticks = Ticks.within((long) xs[0], (long) xs[1], about);
    ticks.values().forEach(value -> named.put(value, ticks.label(value)));
    return named;
  }

  private static String title(String text) {
    return "<title>" + Html.escape(text) + "</title>";
  }

  /**
   * Returns the lowest and the highest x or y of the finite points; empty if no point is finite.
   */
  private double[] range(boolean ofX) {
    double low = Double.POSITIVE_INFINITY;
    double high = Double.NEGATIVE_INFINITY;
    for (Series one : series) {
      for (int i = 0; i < one.curve.size(); i++) {
        if (Double.isFinite(one.curve.y()[i])) {
          double value = ofX ? one.curve.x()[i] : one.curve.y()[i];
          low = Math.min(low, value);
          high = Math.max(high, value);
        }
      }
    }
    if (low > high) {
      return new double[0];
    }
    return ofX
        ? new double[] {Math.min(low, leftEnd), Math.max(high, rightEnd)}
        : new double[] {low, high};
  }

  private static String path(Curve curve, Axis x, Axis y) {
    StringBuilder path = new StringBuilder();
    boolean gap = true;
    for (int i = 0; i < curve.size(); i++) {
      if (!Double.isFinite(curve.y()[i])) {
        gap = true;
        continue;
      }
      String at = number(x.at(curve.x()[i])) + " " + number(y.at(curve.y()[i]));
      // a value between two gaps is a line of length 0, which shows as a dot
      path.append(gap ? "M" + at + "h0" : "L" + at);
      gap = false;
    }
    return path.toString();
  }

  private String dots(Series one, Curve shown, Axis x, Axis y) {
    StringBuilder dots = new StringBuilder();
    for (int i = 0; i < shown.size(); i++) {
      if (Double.isFinite(shown.y()[i])) {
        dots.append(
            String.format(
                Locale.ROOT,
                "<circle class=\"%s\" cx=\"%s\" cy=\"%s\" r=\"%s\">%s</circle>\n",
                one.style,
                number(x.at(shown.x()[i])),
                number(y.at(shown.y()[i])),
                one.joined ? "2" : shown.size() <= 30 ? "4" : "2.5",
                title(
                    (one.name.isEmpty() ? "" : one.name + ", ")
                        + unit
                        + " "
                        + (logarithmic
                            ? LogTicks.label(shown.x()[i])
                            : String.valueOf((long) shown.x()[i]))
                        + ": "
                        + Html.number(shown.y()[i]))));
      }
    }
    return dots.toString();
  }

  private static String line(String style, double x1, double y1, double x2, double y2) {
    return String.format(
        Locale.ROOT,
        "<line class=\"%s\" x1=\"%s\" y1=\"%s\" x2=\"%s\" y2=\"%s\"/>\n",
        style,
        number(x1),
        number(y1),
        number(x2),
        number(y2));
  }

  private static String text(String anchor, double x, double y, String text) {
    return String.format(
        Locale.ROOT,
        "<text text-anchor=\"%s\" x=\"%s\" y=\"%s\">%s</text>\n",
        anchor,
        number(x),
        number(y),
        Html.escape(text));
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.1f", value);
  }

  /** Maps values to positions in pixels; a range of one value lies in the middle. */
  private record Axis(double low, double high, double from, double to, boolean logarithmic) {
    double at(double value) {
      if (high <= low) {
        return (from + to) / 2;
      }
      double share =
          logarithmic ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low);
      return from + (to - from) * share;
    }
  }
}
