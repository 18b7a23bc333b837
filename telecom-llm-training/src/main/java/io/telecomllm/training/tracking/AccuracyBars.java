package io.telecomllm.training.tracking;

import io.telecomllm.data.Accuracy;
import io.telecomllm.report.Html;
import io.telecomllm.training.progress.TrainingReport.CategoryAccuracy;
import java.util.List;
import java.util.Locale;

/** The shares of correct answers before and after training, as bars with their 95 % intervals. */
final class AccuracyBars {
  private AccuracyBars() {}

  private static String percent(Accuracy share) {
    return share.count() == 0
        ? "–"
        : String.format(Locale.ROOT, "%.1f\u00a0%%", 100 * share.value());
  }

  private static String interval(Accuracy share) {
    return String.format(
        Locale.ROOT, "%.1f to %.1f\u00a0%%", 100 * share.low(), 100 * share.high());
  }

  private static CategoryAccuracy total(List<CategoryAccuracy> categories) {
    return new CategoryAccuracy(
        "All questions",
        categories.stream().mapToInt(CategoryAccuracy::questions).sum(),
        categories.stream().mapToInt(CategoryAccuracy::before).sum(),
        categories.stream().mapToInt(CategoryAccuracy::after).sum());
  }

  private static Accuracy before(CategoryAccuracy category) {
    return new Accuracy(category.before(), category.questions());
  }

  private static Accuracy after(CategoryAccuracy category) {
    return new Accuracy(category.after(), category.questions());
  }

  /** Returns the headline tile, of all questions together. */
  static String tile(List<CategoryAccuracy> categories) {
    if (categories.isEmpty()) {
      return "";
    }
    CategoryAccuracy all = total(categories);
    return "<div class=\"tile wide\"><dt>Accuracy before and after</dt><dd>"
        + percent(before(all))
        + " → "
        + percent(after(all))
        + "</dd><dd class=\"sub\">95 % interval "
        + interval(before(all))
        + " → "
        + interval(after(all))
        + ", of "
        + String.format(Locale.ROOT, "%,d", all.questions())
        + " questions</dd></div>\n";
  }

  /** Returns two bars for each category. */
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

  private static String bar(String which, Accuracy share) {
    double value = share.count() == 0 ? 0 : share.value();
    return Html.bar(which, value, share.low(), share.high(), percent(share));
  }
}
