package io.telecomllm.training.tracking;

import io.telecomllm.training.TrainingReport.CategoryAccuracy;
import java.util.List;
import java.util.Locale;

/** Shares of right answers before and after, as bars with their 95 % intervals. */
final class AccuracyBars {
  // the 97.5 % quantile of the normal distribution
  private static final double Z = 1.959963984540054;

  private AccuracyBars() {}

  /**
   * A share with Wilson's interval (1927).
   *
   * @param right of these questions
   * @param questions 0 or more; of none the interval is [0, 1]
   */
  record Share(int right, int questions) {
    double value() {
      return (double) right / questions;
    }

    double low() {
      return questions == 0 ? 0 : Math.max(0, center() - half());
    }

    double high() {
      return questions == 0 ? 1 : Math.min(1, center() + half());
    }

    private double center() {
      return (value() + Z * Z / (2 * questions)) / (1 + Z * Z / questions);
    }

    private double half() {
      double variance = value() * (1 - value()) / questions + Z * Z / (4.0 * questions * questions);
      return Z * Math.sqrt(variance) / (1 + Z * Z / questions);
    }

    private String percent() {
      return questions == 0 ? "–" : String.format(Locale.ROOT, "%.1f\u00a0%%", 100 * value());
    }

    private String interval() {
      return String.format(Locale.ROOT, "%.1f to %.1f\u00a0%%", 100 * low(), 100 * high());
    }
  }

  private static CategoryAccuracy total(List<CategoryAccuracy> categories) {
    return new CategoryAccuracy(
        "All questions",
        categories.stream().mapToInt(CategoryAccuracy::questions).sum(),
        categories.stream().mapToInt(CategoryAccuracy::before).sum(),
        categories.stream().mapToInt(CategoryAccuracy::after).sum());
  }

  private static Share before(CategoryAccuracy category) {
    return new Share(category.before(), category.questions());
  }

  private static Share after(CategoryAccuracy category) {
    return new Share(category.after(), category.questions());
  }

  /** The headline: all questions together. */
  static String tile(List<CategoryAccuracy> categories) {
    if (categories.isEmpty()) {
      return "";
    }
    CategoryAccuracy all = total(categories);
    return "<div class=\"tile wide\"><dt>Accuracy before and after</dt><dd>"
        + before(all).percent()
        + " → "
        + after(all).percent()
        + "</dd><dd class=\"sub\">95 % interval "
        + before(all).interval()
        + " → "
        + after(all).interval()
        + ", of "
        + String.format(Locale.ROOT, "%,d", all.questions())
        + " questions</dd></div>\n";
  }

  /** Two bars for each category. */
  static String html(List<CategoryAccuracy> categories) {
    if (categories.isEmpty()) {
      return "<p class=\"none\">It was not measured.</p>\n";
    }
    StringBuilder html =
        new StringBuilder(
            "<p class=\"legend\"><span><i class=\"before\"></i>before: the base model</span>"
                + "<span><i class=\"after\"></i>after: with the adapter</span>"
                + "<span>thin line: 95 % interval (Wilson)</span></p>\n");
    if (categories.size() > 1) {
      html.append(category(total(categories)));
    }
    categories.forEach(one -> html.append(category(one)));
    return html.toString();
  }

  private static String category(CategoryAccuracy category) {
    return "<div class=\"category\"><b>"
        + Html.escape(category.category())
        + "</b> <span class=\"who\">"
        + String.format(
            Locale.ROOT,
            "%,d → %,d of %,d",
            category.before(),
            category.after(),
            category.questions())
        + "</span>\n"
        + bar("before", before(category))
        + bar("after", after(category))
        + "</div>\n";
  }

  private static String bar(String which, Share share) {
    double value = share.questions() == 0 ? 0 : share.value();
    return String.format(
        Locale.ROOT,
        "<div class=\"bar\"><span class=\"who\">%s</span>"
            + "<svg viewBox=\"0 0 100 10\" preserveAspectRatio=\"none\" aria-hidden=\"true\">"
            + "<rect class=\"track\" width=\"100\" height=\"10\"/>"
            + "<rect class=\"%s\" width=\"%.2f\" height=\"10\"/>"
            // its outline keeps the interval apart from the bar
            + "<line class=\"outline\" x1=\"%4$.2f\" x2=\"%5$.2f\" y1=\"5\" y2=\"5\"/>"
            + "<line x1=\"%4$.2f\" x2=\"%5$.2f\" y1=\"5\" y2=\"5\"/></svg>"
            + "<span>%6$s</span></div>\n",
        which,
        which,
        100 * value,
        100 * share.low(),
        100 * share.high(),
        share.percent());
  }
}
