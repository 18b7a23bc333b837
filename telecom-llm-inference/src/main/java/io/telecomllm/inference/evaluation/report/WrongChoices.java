package io.telecomllm.inference.evaluation.report;

import static java.util.Comparator.comparing;

import io.telecomllm.data.Question;
import io.telecomllm.inference.evaluation.Outcome;
import io.telecomllm.report.Html;
import io.telecomllm.report.Table;
import java.util.Comparator;
import java.util.List;

/** The wrong choices that were surest, as HTML. The texts are those of others. */
final class WrongChoices {
  private WrongChoices() {}

  static String html(List<Outcome> outcomes, int most) {
    Comparator<Outcome> rising = comparing(outcome -> outcome.choice().confidence());
    List<Outcome> wrong =
        outcomes.stream().filter(o -> !o.right()).sorted(rising.reversed()).toList();
    if (wrong.isEmpty()) {
      return "<p class=\"none\">Every choice is right.</p>\n";
    }
    List<Outcome> shown = wrong.subList(0, Math.min(most, wrong.size()));
    StringBuilder html = new StringBuilder("<p class=\"note\">The ");
    html.append(shown.size()).append(" surest of ").append(Shown.count(wrong.size()));
    html.append(" wrong choices. Look first whether the question's own answer is right.</p>\n");
    shown.forEach(outcome -> html.append(question(outcome)));
    return html.toString();
  }

  private static String question(Outcome outcome) {
    Question question = outcome.question();
    return "<div class=\"category\">\n<p><b>"
        + Html.escape(question.text())
        + "</b></p>\n<p class=\"note\">"
        + Html.escape(question.id() + ", " + question.category().label() + ", confidence ")
        + Shown.percent(outcome.choice().confidence())
        + (outcome.given() ? ", given as the answer" : ", left to a person")
        + "</p>\n"
        + options(outcome)
        + (question.explanation().isBlank()
            ? ""
            : "<p class=\"note\">Explanation: " + Html.escape(question.explanation()) + "</p>\n")
        + "</div>\n";
  }

  private static String options(Outcome outcome) {
    Table table = Table.empty().texts("option").numbers("own").numbers("calibrated").numbers("");
    List<String> options = outcome.question().options();
    for (int i = 0; i < options.size(); i++) {
      boolean right = i == outcome.question().answer();
      table.row(
          List.of(
              i + 1 + ". " + options.get(i),
              Shown.percent(outcome.evidence().probabilities().values().get(i)),
              Shown.percent(outcome.choice().probabilities().values().get(i)),
              i == outcome.choice().option() ? "chosen" : right ? "right" : ""),
          right);
    }
    return table.html();
  }
}
