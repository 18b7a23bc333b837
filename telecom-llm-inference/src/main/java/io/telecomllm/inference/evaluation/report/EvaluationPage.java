package io.telecomllm.inference.evaluation.report;

import io.telecomllm.data.Accuracy;
import io.telecomllm.inference.evaluation.Evaluation;
import io.telecomllm.report.Html;
import io.telecomllm.report.Table;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** The page of an evaluation. */
final class EvaluationPage {
  private final EvaluationReport report;
  private final EvaluationFigures figures;
  private final Evaluation evaluation;

  private EvaluationPage(EvaluationReport report, EvaluationFigures figures) {
    this.report = report;
    this.figures = figures;
    this.evaluation = report.evaluation();
  }

  static String of(EvaluationReport report, EvaluationFigures figures) {
    return new EvaluationPage(report, figures).page();
  }

  private String page() {
    ConfidenceCharts charts = new ConfidenceCharts(Measured.of(evaluation.outcomes()));
    return Html.page(
        report.name().isBlank() ? "Evaluation" : "Evaluation of " + report.name(),
        tiles()
            + Html.section("Figures", this::table)
            + Html.section("What a confidence is worth", charts::reliability)
            + Html.section("Wrong answers if only the surest are given", charts::riskCoverage)
            + figures
                .removed()
                .map(r -> Html.section("Without the right option", () -> removed(r)))
                .orElse("")
            + Html.section("Right and wrong", () -> Confusion.html(evaluation.outcomes()))
            + wrongChoices()
            + Html.section("What the confidence does not see", EvaluationPage::unseen));
  }

  private String wrongChoices() {
    int most = report.mostConfidentlyWrong();
    return most == 0
        ? ""
        : Html.section(
            "Surest wrong choices", () -> WrongChoices.html(evaluation.outcomes(), most));
  }

  private String tiles() {
    GroupFigures all = figures.all();
    Accuracy heuristic = evaluation.heuristic();
    StringBuilder tiles = new StringBuilder("<dl class=\"tiles\">\n");
    tiles.append(
        Html.tile(
            "Accuracy",
            Shown.value(all, Figure.ACCURACY),
            level()
                + " interval "
                + Shown.range(all, Figure.ACCURACY)
                + ", of "
                + Shown.count(all.questions())
                + " questions"));
    figures
        .beyondHeuristic()
        .ifPresent(
            beyond ->
                tiles.append(
                    Html.tile(
                        "Heuristic fails",
                        Shown.value(beyond, Figure.ACCURACY),
                        Shown.range(beyond, Figure.ACCURACY)
                            + ", of "
                            + Shown.count(beyond.questions())
                            + "; it gets "
                            + Shown.percent(heuristic.value())
                            + " of all")));
    tiles.append(
        Html.tile(
            "Answers given",
            Shown.value(all, Figure.COVERAGE),
            Shown.value(all, Figure.GIVEN_ACCURACY) + " of them right"));
    tiles.append(
        Html.tile(
            "AURC",
            Shown.value(all, Figure.AURC),
            "own probability "
                + Shown.value(all, Figure.OWN_AURC)
                + ", margin "
                + Shown.value(all, Figure.MARGIN_AURC)));
    tiles.append(
        Html.tile(
            "Calibration error",
            Shown.value(all, Figure.CALIBRATION_ERROR),
            "before the calibration " + Shown.value(all, Figure.OWN_CALIBRATION_ERROR)));
    return tiles.append("</dl>\n").toString();
  }

  private String level() {
    return Html.number(100 * report.bootstrap().level()).replaceFirst("\\.?0+$", "") + " %";
  }

  /** Returns the groups of questions under the headings of their columns. */
  private Map<String, GroupFigures> groups() {
    Map<String, GroupFigures> groups = new LinkedHashMap<>();
    groups.put("all", figures.all());
    figures.beyondHeuristic().ifPresent(group -> groups.put("heuristic fails", group));
    figures.byCategory().forEach((category, group) -> groups.put(category.label(), group));
    return groups;
  }

  private String table() {
    Map<String, GroupFigures> groups = groups();
    Table table = Table.empty().texts("");
    groups.keySet().forEach(table::numbers);
    row(table, "questions", group -> Shown.count(group.questions()));
    row(table, "exact ties of the best option", group -> Shown.count(group.ties()));
    for (Figure figure : Figure.values()) {
      if (groups.values().stream().anyMatch(group -> group.estimate(figure).isPresent())) {
        row(table, name(figure), group -> Shown.interval(group, figure));
      }
    }
    return table.scrollingHtml()
        + "<p class=\"note\">In brackets the interval at "
        + level()
        + ": exact for the accuracy, for the answers given and theirs, and for the coverage of sets"
        + " (Clopper and Pearson), from "
        + Shown.count(report.bootstrap().resamples())
        + " resamples for the others. A guess has a log loss of "
        + Html.number(evaluation.choices().chance())
        + ". The calibration error of few questions is too large, and its interval still"
        + " more so: do not compare it between groups of different sizes.</p>\n";
  }

  private static String name(Figure figure) {
    return figure.label() + (figure.share() ? ", %" : "");
  }

  private void row(Table table, String name, Function<GroupFigures, String> cell) {
    List<String> cells = new ArrayList<>();
    cells.add(name);
    groups().values().forEach(group -> cells.add(cell.apply(group)));
    table.row(cells);
  }

  private static String removed(RemovedFigures removed) {
    Table table = Table.empty().texts("").numbers("with it, %").numbers("without it, %");
    table.row(
        List.of(
            "left to a person",
            Shown.interval(Figure.COVERAGE, removed.abstentionsBefore()),
            Shown.interval(Figure.COVERAGE, removed.abstentions())));
    table.row(
        List.of(
            "mean confidence",
            Shown.interval(Figure.COVERAGE, removed.confidenceBefore()),
            Shown.interval(Figure.COVERAGE, removed.confidence())));
    return "<p class=\"note\">"
        + Shown.count(removed.questions())
        + " questions were asked again without their right option. Every answer is then wrong, so"
        + " each should be left to a person. The AUROC of the confidence between questions with"
        + " their right option and without it is "
        + Html.escape(removed.auroc().toString())
        + "; at 0.5 the confidence does not notice.</p>\n"
        + table.html();
  }

  private static String unseen() {
    return "<p>A confidence is a statement about questions like those it was fitted on. It does not"
        + " see that a question is itself wrong, or that its recorded answer is: such a question"
        + " counts here as a mistake of the model. It does not see that the knowledge base holds"
        + " another release than the question asks about, and supports what was right in that"
        + " release. Nor does it see that all options are wrong: the probabilities of the options"
        + " sum to 1, and the least wrong one may get most of it. Questions from"
        + " another source, or asked in another way, need a calibration of their own.</p>\n";
  }
}
