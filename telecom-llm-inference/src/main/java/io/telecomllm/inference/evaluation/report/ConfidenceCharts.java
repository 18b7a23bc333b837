package io.telecomllm.inference.evaluation.report;

import io.telecomllm.inference.statistics.ClopperPearson;
import io.telecomllm.inference.statistics.Estimate;
import io.telecomllm.inference.statistics.Figures;
import io.telecomllm.inference.statistics.GradedAnswer;
import io.telecomllm.inference.statistics.Reliability;
import io.telecomllm.inference.statistics.Reliability.Bin;
import io.telecomllm.inference.statistics.RiskCoverage;
import io.telecomllm.report.Chart;
import io.telecomllm.report.Curve;
import io.telecomllm.report.Html;
import io.telecomllm.report.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** The reliability diagram and the risk-coverage curves of an evaluation, as HTML. */
final class ConfidenceCharts {
  private static final double LEVEL = 0.95;
  private static final String DIAGONAL = "confidence and accuracy are equal";

  private final List<GradedAnswer> confidence;
  private final List<GradedAnswer> own;
  private final List<GradedAnswer> margin;

  ConfidenceCharts(List<Measured> sample) {
    confidence = Measured.each(sample, Measured::confidence);
    own = Measured.each(sample, Measured::ownConfidence);
    margin = Measured.each(sample, Measured::margin);
  }

  /** Draws the accuracy of each bin over its mean confidence, before and after the calibration. */
  String reliability() {
    return "<p class=\"legend\"><span><i class=\"guide\"></i>"
        + DIAGONAL
        + "</span><span><i></i>choices of similar confidence</span></p>\n"
        + "<p class=\"note\">Where the line is below the diagonal, the confidence promises too"
        + " much. In the table, brackets hold the exact interval at 95 %.</p>\n"
        + "<div class=\"pair\">\n"
        + reliability("Before: the model's own probability", own)
        + reliability("After: the confidence", confidence)
        + "</div>\n"
        + bins();
  }

  private static String reliability(String heading, List<GradedAnswer> answers) {
    List<Bin> bins =
        Reliability.of(answers, Figures.BINS).bins().stream().filter(b -> b.count() > 0).toList();
    Curve curve =
        new Curve(
            bins.stream().mapToDouble(bin -> 100 * bin.confidence()).toArray(),
            bins.stream().mapToDouble(bin -> 100 * bin.accuracy()).toArray());
    return "<div>\n<h3>"
        + Html.escape(heading)
        + "</h3>\n<figure>"
        + new Chart(440, 300, "right choices (%)", true)
            .over("confidence (%)", "confidence", false)
            .between(0, 100)
            .guide(diagonal(), DIAGONAL)
            .line("line", curve)
            .points("line", curve)
            .svg("Accuracy over confidence. " + heading)
        + "</figure>\n</div>\n";
  }

  private static Curve diagonal() {
    return new Curve(new double[] {0, 100}, new double[] {0, 100});
  }

  private String bins() {
    Table table =
        Table.empty()
            .texts("confidence")
            .numbers("before: choices")
            .numbers("mean")
            .numbers("right, %")
            .numbers("after: choices")
            .numbers("mean")
            .numbers("right, %");
    List<Bin> before = Reliability.of(own, Figures.BINS).bins();
    List<Bin> after = Reliability.of(confidence, Figures.BINS).bins();
    for (int i = 0; i < before.size(); i++) {
      if (before.get(i).count() + after.get(i).count() > 0) {
        List<String> cells = new ArrayList<>();
        cells.add(
            String.format(
                Locale.ROOT,
                "%.0f to %.0f %%",
                100 * before.get(i).low(),
                100 * before.get(i).high()));
        cells.addAll(cells(before.get(i)));
        cells.addAll(cells(after.get(i)));
        table.row(cells);
      }
    }
    return table.scrollingHtml();
  }

  private static List<String> cells(Bin bin) {
    if (bin.count() == 0) {
      return List.of("0", "–", "–");
    }
    Estimate right = ClopperPearson.interval(bin.right(), bin.count(), LEVEL);
    return List.of(
        Shown.count(bin.count()),
        Shown.percent(bin.confidence()),
        Shown.interval(Figure.ACCURACY, right));
  }

  /** Draws the share of wrong answers over the share of questions that are answered. */
  String riskCoverage() {
    RiskCoverage curve = RiskCoverage.of(confidence);
    return "<p class=\"legend\"><span><i></i>confidence</span>"
        + "<span><i class=\"raw\"></i>model's own probability</span>"
        + "<span><i class=\"other\"></i>margin of the two most probable options</span>"
        + "<span><i class=\"guide\"></i>the best that is possible</span></p>\n"
        + Html.figures(
            (width, height) ->
                new Chart(width, height, "wrong answers (%)", true)
                    .over("questions answered, the surest first (%)", "coverage", false)
                    .between(0, 100)
                    .guide(oracle(), "the best that is possible")
                    .line("other", risks(RiskCoverage.of(margin)), "margin")
                    .line("raw", risks(RiskCoverage.of(own)), "own probability")
                    .line("line", risks(curve), "confidence")
                    .svg("Share of wrong answers over the share of questions that are answered"));
  }

  private static Curve risks(RiskCoverage curve) {
    return new Curve(
        curve.points().stream().mapToDouble(point -> 100 * point.coverage()).toArray(),
        curve.points().stream().mapToDouble(point -> 100 * point.risk()).toArray());
  }

  /** Returns the risks of a confidence by which every right choice comes before the wrong ones. */
  private Curve oracle() {
    int questions = confidence.size();
    long right = confidence.stream().filter(GradedAnswer::right).count();
    double[] answered = IntStream.rangeClosed(1, questions).mapToDouble(k -> k).toArray();
    return new Curve(
        IntStream.range(0, questions).mapToDouble(i -> 100 * answered[i] / questions).toArray(),
        IntStream.range(0, questions)
            .mapToDouble(i -> 100 * Math.max(0, answered[i] - right) / answered[i])
            .toArray());
  }
}
