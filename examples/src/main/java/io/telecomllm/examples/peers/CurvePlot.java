package io.telecomllm.examples.peers;

import java.util.List;
import java.util.Locale;

/**
 * Two loss curves over optimizer steps as an SVG file of its own, on a background of its own, light
 * or dark as the reader has it.
 */
final class CurvePlot {
  private static final int WIDTH = 760;
  private static final int HEIGHT = 380;
  private static final int LEFT = 56;
  private static final int RIGHT = 20;
  private static final int TOP = 44;
  private static final int BOTTOM = 44;
  private static final double[] STEPS = {0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5};
  private static final int MOST_TICKS = 8;

  // the peer's line is wide and pale, ours thin upon it: where they agree both are seen
  private static final String STYLE =
      """
      <style>
      svg { --paper: #ffffff; --ink: #24292f; --faint: #d8dee4; --peer: #f2a65a; --ours: #0b57d0; }
      @media (prefers-color-scheme: dark) {
        svg { --paper: #0d1117; --ink: #d8dee4; --faint: #30363d; --peer: #9a5b13; --ours: #7cb7ff; }
      }
      .paper { fill: var(--paper); }
      text { font: 13px system-ui, sans-serif; fill: var(--ink); }
      .grid { stroke: var(--faint); }
      .axis { stroke: var(--ink); }
      path { fill: none; stroke-linejoin: round; stroke-linecap: round; }
      .peer { stroke: var(--peer); stroke-width: 7; }
      .ours { stroke: var(--ours); stroke-width: 2; }
      circle { fill: var(--ours); }
      </style>
      """;

  private final LossCurves curves;
  private final double tick;
  private final int ticks;

  private CurvePlot(LossCurves curves) {
    this.curves = curves;
    double highest =
        Math.max(
            curves.ours().stream().mapToDouble(Double::doubleValue).max().orElse(1),
            curves.peers().stream().mapToDouble(Double::doubleValue).max().orElse(1));
    double fitting = STEPS[STEPS.length - 1];
    for (int i = STEPS.length - 1; i >= 0 && STEPS[i] * MOST_TICKS >= highest; i--) {
      fitting = STEPS[i];
    }
    this.tick = fitting;
    this.ticks = (int) Math.ceil(highest / tick);
  }

  /** Returns the whole file. */
  static String svg(LossCurves curves, String ourName, String peerName) {
    return new CurvePlot(curves).draw(ourName, peerName);
  }

  private String draw(String ourName, String peerName) {
    StringBuilder svg = new StringBuilder();
    add(
        svg,
        """
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" role="img">
        <title>Training loss by optimizer step: %s and %s</title>
        """,
        WIDTH,
        HEIGHT,
        escaped(ourName),
        escaped(peerName));
    svg.append(STYLE);
    add(svg, "<rect class=\"paper\" width=\"%d\" height=\"%d\" rx=\"6\"/>\n", WIDTH, HEIGHT);
    for (int i = 0; i <= ticks; i++) {
      double y = y(i * tick);
      line(svg, i == 0 ? "axis" : "grid", LEFT, y, WIDTH - RIGHT, y);
      text(svg, "end", LEFT - 8, y + 4, String.format(Locale.ROOT, "%.2f", i * tick));
    }
    int steps = curves.stretch() * curves.ours().size();
    for (int i = 0; i <= 5; i++) {
      int step = steps * i / 5;
      line(svg, "axis", x(step), HEIGHT - BOTTOM, x(step), HEIGHT - BOTTOM + 4);
      text(svg, "middle", x(step), HEIGHT - BOTTOM + 19, Integer.toString(step));
    }
    text(svg, "end", WIDTH - RIGHT, HEIGHT - 8, "optimizer step");
    path(svg, "peer", curves.peers());
    path(svg, "ours", curves.ours());
    for (int i = 0; i < curves.ours().size(); i++) {
      add(
          svg,
          "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"2.5\"><title>steps %d to %d: %.4f and %.4f</title>"
              + "</circle>\n",
          middle(i),
          y(curves.ours().get(i)),
          i * curves.stretch() + 1,
          (i + 1) * curves.stretch(),
          curves.ours().get(i),
          curves.peers().get(i));
    }
    text(svg, "start", 8, 24, "loss, means of " + curves.stretch() + " steps");
    legend(svg, "peer", 250, peerName);
    legend(svg, "ours", 590, ourName);
    return svg.append("</svg>\n").toString();
  }

  private void path(StringBuilder svg, String style, List<Double> values) {
    add(svg, "<path class=\"%s\" d=\"", style);
    for (int i = 0; i < values.size(); i++) {
      add(svg, "%s%.1f %.1f", i == 0 ? "M" : "L", middle(i), y(values.get(i)));
    }
    svg.append("\"/>\n");
  }

  private static void legend(StringBuilder svg, String style, int x, String name) {
    line(svg, style, x, 20, x + 26, 20);
    text(svg, "start", x + 36, 24, name);
  }

  private static void line(
      StringBuilder svg, String style, double x1, double y1, double x2, double y2) {
    add(
        svg,
        "<line class=\"%s\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/>\n",
        style,
        x1,
        y1,
        x2,
        y2);
  }

  private static void text(StringBuilder svg, String anchor, double x, double y, String text) {
    add(
        svg,
        "<text text-anchor=\"%s\" x=\"%.1f\" y=\"%.1f\">%s</text>\n",
        anchor,
        x,
        y,
        escaped(text));
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;");
  }

  private static void add(StringBuilder svg, String format, Object... values) {
    svg.append(String.format(Locale.ROOT, format, values));
  }

  private double middle(int stretch) {
    return x((stretch + 0.5) * curves.stretch());
  }

  private double x(double step) {
    double steps = Math.max(1, curves.stretch() * curves.ours().size());
    return LEFT + (WIDTH - LEFT - RIGHT) * step / steps;
  }

  private double y(double value) {
    return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * value / (ticks * tick);
  }
}
