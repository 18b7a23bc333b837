package io.telecomllm.report;

import static com.google.common.base.Preconditions.checkArgument;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * A chart over optimizer steps, or another quantity, as inline SVG: lines, points, levels, axes
 * with round ticks. Colours come from the classes {@code raw}, {@code line}, {@code point}, {@code
 * limit} of {@link Html#page}.
 */
public final class Chart {
  private static final int LEFT = 56;
  private static final int RIGHT = 24;
  private static final int TOP = 26;
  private static final int BOTTOM = 40;
  private static final int FEW = 60;

  /** Around a drawing that is a file of its own; also in its background. */
  private static final int MARGIN = 12;

  /** Pixels that a label such as 1.25e-4 takes. */
  private static final int APART = 52;

  /** Pixels that a character of a label takes, on average. */
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

  /** An empty chart of this size; the label names the values and their unit. */
  public Chart(int width, int height, String label, boolean fromZero) {
    this.width = width;
    this.height = height;
    this.label = label;
    this.fromZero = fromZero;
  }

  /**
   * What the chart is over, if not optimizer steps.
   *
   * @param label under the axis
   * @param word before a value where one is pointed at
   * @param byLogarithm whether equal ratios are equally wide; then every x is over 0
   */
  public Chart over(String label, String word, boolean byLogarithm) {
    across = label;
    unit = word;
    logarithmic = byLogarithm;
    return this;
  }

  /** Lets the axis across reach from one value to another, even if no point lies there. */
  public Chart between(double low, double high) {
    leftEnd = low;
    rightEnd = high;
    return this;
  }

  /** Adds a line; few points are marked too. */
  public Chart line(String style, Curve curve) {
    return line(style, curve, "");
  }

  /** Adds a line whose name is shown where one points at it. */
  public Chart line(String style, Curve curve, String name) {
    series.add(new Series(style, true, true, curve, name));
    return this;
  }

  /** Adds a broad, pale line, to be drawn before another that is compared with it. */
  public Chart band(Curve curve, String name) {
    series.add(new Series("band", true, false, curve, name));
    return this;
  }

  /** Adds points; those that are not finite are not seen. */
  public Chart points(String style, Curve curve) {
    return points(style, curve, "");
  }

  /** Adds points whose name is shown where one points at them. */
  public Chart points(String style, Curve curve, String name) {
    series.add(new Series(style, false, true, curve, name));
    return this;
  }

  /** Adds a dashed line at a height, if that lies within the values. */
  public Chart limit(double value, String name) {
    limit = value;
    limitLabel = name;
    return this;
  }

  /**
   * Draws it as an SVG file of its own, with its styles inside and the names of its lines above it,
   * on a background that is light or dark as the reader's system is.
   *
   * @param description a title, and for those who cannot see it
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
            + "</style>\n<rect class=\"paper\" x=\"-12\" y=\"-12\" width=\"100%\" height=\"100%\" rx=\"6\"/>\n"
            + legend());
  }

  /** Draws it for a page; the description is for those who cannot see it. */
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
      // few values, such as those that were tried, are their own ticks
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

  /** The least and the greatest finite x or y; empty if no point is finite. */
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
      // a line of no length is seen as a dot: a value between two gaps
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

  /** From values to places; one value alone lies in the middle. */
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
