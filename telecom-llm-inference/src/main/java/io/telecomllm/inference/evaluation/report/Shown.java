package io.telecomllm.inference.evaluation.report;

import io.telecomllm.inference.statistics.Estimate;
import java.util.Locale;

/** Writes figures for people. */
final class Shown {
  private Shown() {}

  /** Returns a figure without its interval; a dash if it is not defined. */
  static String value(GroupFigures group, Figure figure) {
    return group.estimate(figure).map(e -> value(figure, e.value())).orElse("–");
  }

  /** Returns a figure with its interval in brackets; a dash if it is not defined. */
  static String interval(GroupFigures group, Figure figure) {
    return group.estimate(figure).map(e -> interval(figure, e)).orElse("–");
  }

  /** Returns a value with its interval in brackets, in the form of a figure. */
  static String interval(Figure figure, Estimate estimate) {
    return bare(figure, estimate.value())
        + " ["
        + bare(figure, estimate.low())
        + ", "
        + bare(figure, estimate.high())
        + "]";
  }

  /** Returns the interval of a share in words, such as {@code 68.1 to 74.0 %}. */
  static String range(GroupFigures group, Figure figure) {
    return group
        .estimate(figure)
        .map(e -> bare(figure, e.low()) + " to " + value(figure, e.high()))
        .orElse("–");
  }

  static String value(Figure figure, double value) {
    return bare(figure, value) + (figure.share() ? " %" : "");
  }

  /** Returns a difference with its sign, in points if the figure is a share. */
  static String change(Figure figure, double value) {
    return figure.share()
        ? String.format(Locale.ROOT, "%+.1f", 100 * value)
        : String.format(Locale.ROOT, "%+.4f", value);
  }

  /** Returns a share in per cent without the sign, another figure as it is. */
  static String bare(Figure figure, double value) {
    return figure.share()
        ? String.format(Locale.ROOT, "%.1f", 100 * value)
        : String.format(Locale.ROOT, figure == Figure.SET_SIZE ? "%.2f" : "%.3f", value);
  }

  static String percent(double share) {
    return Double.isNaN(share) ? "–" : String.format(Locale.ROOT, "%.1f %%", 100 * share);
  }

  static String count(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }

  static String p(double probability) {
    return probability < 1e-4 ? "under 0.0001" : String.format(Locale.ROOT, "%.4f", probability);
  }
}
