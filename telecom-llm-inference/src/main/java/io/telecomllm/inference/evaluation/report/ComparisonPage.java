package io.telecomllm.inference.evaluation.report;

import io.telecomllm.data.Question;
import io.telecomllm.inference.evaluation.report.ComparedGroup.Compared;
import io.telecomllm.inference.evaluation.report.Verdict.Check;
import io.telecomllm.inference.statistics.Estimate;
import io.telecomllm.report.Html;
import io.telecomllm.report.Table;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The page of a comparison. */
final class ComparisonPage {
  private static final int MOST_QUESTIONS = 20;

  private final Comparison comparison;
  private final Verdict verdict;

  private ComparisonPage(Comparison comparison, Verdict verdict) {
    this.comparison = comparison;
    this.verdict = verdict;
  }

  static String of(Comparison comparison, Verdict verdict) {
    return new ComparisonPage(comparison, verdict).page();
  }

  private String page() {
    return Html.page(
        comparison.candidate() + " compared with " + comparison.baseline(),
        tiles()
            + Html.section("Verdict", this::verdict)
            + Html.section("Right and wrong", this::groups)
            + Html.section("Figures", this::figures)
            + Html.section("Lost: right with the baseline only", () -> questions(comparison.lost()))
            + Html.section(
                "Gained: right with the candidate only", () -> questions(comparison.gained())));
  }

  private String tiles() {
    Compared accuracy = comparison.all().figure(Figure.ACCURACY);
    Compared loss = comparison.all().figure(Figure.LOG_LOSS);
    return "<dl class=\"tiles\">\n"
        + Html.tile(
            "Verdict",
            verdict.passed() ? "passed" : "failed",
            verdict.checks().size()
                - verdict.reasons().size()
                + " of "
                + verdict.checks().size()
                + " checks passed")
        + Html.tile(
            "Accuracy",
            arrow(Figure.ACCURACY, accuracy),
            Shown.change(Figure.ACCURACY, accuracy.change())
                + " points, of "
                + Shown.count(comparison.all().questions())
                + " questions")
        + Html.tile(
            "Lost and gained",
            comparison.all().onlyBaseline() + ", " + comparison.all().onlyCandidate(),
            "questions; exact McNemar p " + Shown.p(comparison.all().pValue()))
        + Html.tile(
            "Log loss", arrow(Figure.LOG_LOSS, loss), "p " + Shown.p(loss.difference().pValue()))
        + "</dl>\n";
  }

  private static String arrow(Figure figure, Compared compared) {
    return Shown.bare(figure, compared.baseline())
        + " → "
        + Shown.value(figure, compared.candidate());
  }

  private String verdict() {
    Table table = Table.empty().texts("check").numbers("");
    for (Check check : verdict.checks()) {
      table.row(List.of(check.text(), check.passed() ? "passed" : "failed"), !check.passed());
    }
    return table.html()
        + "<p class=\"note\">A loss of about "
        + Shown.percent(verdict.visibleLoss())
        + " of the questions would be seen with a probability of 80 %; a smaller one is likely to"
        + " pass. A pass says that no loss was seen, not that there is none.</p>\n";
  }

  private Map<String, ComparedGroup> named() {
    Map<String, ComparedGroup> groups = new LinkedHashMap<>();
    groups.put("All questions", comparison.all());
    comparison.beyondHeuristic().ifPresent(g -> groups.put("Where the heuristic fails", g));
    comparison.byCategory().forEach((category, g) -> groups.put(category.label(), g));
    return groups;
  }

  private String groups() {
    Table table =
        Table.empty()
            .texts("")
            .numbers("questions")
            .numbers("baseline")
            .numbers("candidate")
            .numbers("points")
            .numbers("lost")
            .numbers("gained")
            .numbers("McNemar p")
            .numbers("visible loss");
    named()
        .forEach(
            (name, group) -> {
              Compared accuracy = group.figure(Figure.ACCURACY);
              table.row(
                  List.of(
                      name,
                      Shown.count(group.questions()),
                      Shown.percent(accuracy.baseline()),
                      Shown.percent(accuracy.candidate()),
                      change(Figure.ACCURACY, accuracy),
                      Shown.count(group.onlyBaseline()),
                      Shown.count(group.onlyCandidate()),
                      Shown.p(group.pValue()),
                      Shown.percent(group.visibleLoss())));
            });
    return table.scrollingHtml()
        + "<p class=\"note\">Of several groups one may differ by chance: at 0.05 one of twenty"
        + " does.</p>\n";
  }

  private static String change(Figure figure, Compared compared) {
    Estimate change = compared.difference().estimate();
    return Shown.change(figure, change.value())
        + " ["
        + Shown.change(figure, change.low())
        + ", "
        + Shown.change(figure, change.high())
        + "]";
  }

  private String figures() {
    Table table =
        Table.empty()
            .texts("")
            .texts("figure, less is better")
            .numbers("baseline")
            .numbers("candidate")
            .numbers("difference")
            .numbers("bootstrap p");
    named()
        .forEach(
            (name, group) ->
                group
                    .figures()
                    .forEach(
                        (figure, compared) -> {
                          if (figure.lessIsBetter()) {
                            table.row(
                                List.of(
                                    name,
                                    figure.label(),
                                    Shown.value(figure, compared.baseline()),
                                    Shown.value(figure, compared.candidate()),
                                    change(figure, compared),
                                    Shown.p(compared.difference().pValue())));
                          }
                        }));
    return table.scrollingHtml();
  }

  private static String questions(List<Question> questions) {
    if (questions.isEmpty()) {
      return "<p class=\"none\">None.</p>\n";
    }
    Table table = Table.empty().texts("question").texts("category").texts("text").texts("right");
    questions.stream()
        .limit(MOST_QUESTIONS)
        .forEach(q -> table.row(List.of(q.id(), q.category().label(), q.text(), q.answerText())));
    return (questions.size() > MOST_QUESTIONS
            ? "<p class=\"note\">The first "
                + MOST_QUESTIONS
                + " of "
                + Shown.count(questions.size())
                + ".</p>\n"
            : "")
        + table.html();
  }
}
