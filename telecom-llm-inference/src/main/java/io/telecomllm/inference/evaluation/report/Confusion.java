package io.telecomllm.inference.evaluation.report;

import io.telecomllm.data.NoKnowledgeHeuristic;
import io.telecomllm.inference.evaluation.Outcome;
import io.telecomllm.report.Html;
import io.telecomllm.report.Table;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/** What is chosen where something else is right, by category, as HTML. */
final class Confusion {
  private Confusion() {}

  static String html(List<Outcome> outcomes) {
    Map<String, List<Outcome>> groups = new LinkedHashMap<>();
    groups.put("All questions", outcomes);
    Groups.byCategory(outcomes, Function.identity())
        .forEach((category, group) -> groups.put(category.label(), group));
    StringBuilder html = new StringBuilder(choices(groups));
    html.append(
        "<p class=\"note\">Below, a row is the place of the right option and a column the place of"
            + " the chosen one. If a place is chosen far more often than it is right, the model"
            + " favours the place, whatever stands there.</p>\n"
            + "<div class=\"pair\">\n");
    groups.forEach((name, group) -> html.append(places(name, group)));
    return html.append("</div>\n").toString();
  }

  /** Counts right and wrong choices, given and left, in each group. */
  private static String choices(Map<String, List<Outcome>> groups) {
    Table table =
        Table.empty()
            .texts("")
            .numbers("questions")
            .numbers("right, given")
            .numbers("right, left")
            .numbers("wrong, given")
            .numbers("wrong, left")
            .numbers("wrong like the heuristic");
    groups.forEach(
        (name, group) ->
            table.row(
                List.of(
                    name,
                    Shown.count(group.size()),
                    count(group, o -> o.right() && o.given()),
                    count(group, o -> o.right() && !o.given()),
                    count(group, o -> !o.right() && o.given()),
                    count(group, o -> !o.right() && !o.given()),
                    count(group, o -> !o.right() && likeHeuristic(o)))));
    return table.scrollingHtml()
        + "<p class=\"note\">Left: the choice is not given, the question is left to a person. Like"
        + " the heuristic: \"all of the above\", or else the longest option.</p>\n";
  }

  private static boolean likeHeuristic(Outcome outcome) {
    return outcome.choice().option() == NoKnowledgeHeuristic.choose(outcome.question());
  }

  private static String count(List<Outcome> group, Predicate<Outcome> which) {
    return Shown.count(group.stream().filter(which).count());
  }

  /** Counts the places of right and chosen options. */
  private static String places(String name, List<Outcome> group) {
    int most = group.stream().mapToInt(o -> o.question().options().size()).max().orElseThrow();
    Table table = Table.empty().texts("right ↓ chosen →");
    IntStream.rangeClosed(1, most).forEach(place -> table.numbers(Integer.toString(place)));
    table.numbers("all");
    for (int right = 0; right < most; right++) {
      int row = right;
      List<Outcome> there = group.stream().filter(o -> o.question().answer() == row).toList();
      table.row(row(Integer.toString(right + 1), there, most));
    }
    table.row(row("all", group, most), true);
    return "<div>\n<h3>" + Html.escape(name) + "</h3>\n" + table.scrollingHtml() + "</div>\n";
  }

  private static List<String> row(String name, List<Outcome> outcomes, int most) {
    List<String> cells = new ArrayList<>();
    cells.add(name);
    for (int place = 0; place < most; place++) {
      int column = place;
      cells.add(count(outcomes, o -> o.choice().option() == column));
    }
    cells.add(Shown.count(outcomes.size()));
    return cells;
  }
}
