package io.telecomllm.training.tracking;

import io.telecomllm.report.Chart;
import io.telecomllm.report.Curve;
import io.telecomllm.report.Html;
import io.telecomllm.report.LogTicks;
import io.telecomllm.training.progress.LearningRateRange;
import io.telecomllm.training.progress.LearningRateRange.Point;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** The HTML page of a learning-rate range test. */
final class RangePage {
  private RangePage() {}

  static String of(LearningRateRange range) {
    List<Point> points = range.points();
    String suggestion =
        range.suggestion().isPresent()
            ? LogTicks.label(range.suggestion().getAsDouble())
            : "none: the loss never fell";
    String legend =
        "<p class=\"legend\"><span><i class=\"raw\"></i>each step</span><span><i></i>smoothed</span>"
            + (range.suggestion().isPresent()
                ? "<span><i class=\"point\"></i>suggestion</span>"
                : "")
            + "</p>\n";
    return Html.page(
        "Learning-rate range test",
        "<dl class=\"tiles\">\n"
            + Html.tile("Suggested rate", suggestion, "where the smoothed loss falls fastest")
            + Html.tile("Steps", String.valueOf(points.size()), "the rate rises each step")
            + "</dl>\n"
            + Html.section(
                "Loss over the learning rate",
                () -> legend + Html.figures((width, height) -> drawing(range, width, height))));
  }

  private static String drawing(LearningRateRange range, int width, int height) {
    Chart chart = new Chart(width, height, "loss (nats per token)", false);
    chart
        .over("learning rate", "rate", true)
        .line("raw", curve(range.points(), Point::loss))
        .line("line", curve(range.points(), Point::smoothed));
    range
        .suggestion()
        .ifPresent(
            rate ->
                chart.points(
                    "point",
                    curve(
                        range.points().stream().filter(p -> p.learningRate() == rate).toList(),
                        Point::smoothed)));
    return chart.svg("Loss over " + range.points().size() + " rising learning rates");
  }

  private static Curve curve(List<Point> points, ToDoubleFunction<Point> value) {
    return new Curve(
        points.stream().mapToDouble(Point::learningRate).toArray(),
        points.stream().mapToDouble(value).toArray());
  }
}
