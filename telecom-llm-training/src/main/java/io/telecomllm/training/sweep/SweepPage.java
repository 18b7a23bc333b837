package io.telecomllm.training.sweep;

import io.telecomllm.report.Chart;
import io.telecomllm.report.Curve;
import io.telecomllm.report.Html;
import io.telecomllm.report.Table;
import io.telecomllm.training.sweep.Trial.Ending;
import io.telecomllm.training.sweep.Trial.Evaluation;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** The HTML page of a sweep: the best trial, two plots, the table, the settings. */
final class SweepPage {
  private static final String LOSS = "loss of the choice (nats per question)";

  private final Sweep.Result result;
  private final Map<String, String> facts;
  private final Optional<Trial> best;

  private SweepPage(Sweep.Result result, Map<String, String> facts) {
    this.result = result;
    this.facts = facts;
    this.best = result.best();
  }

  static String of(Sweep.Result result, Map<String, String> facts) {
    return new SweepPage(result, facts).page();
  }

  private String page() {
    return Html.page(
        "Sweep",
        tiles()
            + Html.section("Best loss over the learning rate", this::overRates)
            + Html.section("Loss over the questions seen", this::overQuestions)
            + Html.section("Trials", this::table)
            + Html.section("Settings", () -> Table.of(facts)));
  }

  private String tiles() {
    List<String> endings = new ArrayList<>();
    for (Ending ending : Ending.values()) {
      long count = result.trials().stream().filter(t -> t.ending() == ending).count();
      if (count > 0) {
        endings.add(count + " " + SweepFolder.word(ending));
      }
    }
    return "<dl class=\"tiles\">\n"
        + Html.tile(
            "Best learning rate",
            best.map(t -> SweepTable.rate(t.learningRate())).orElse("–"),
            best.map(t -> "with batch " + t.effectiveBatch() + " and rank " + t.rank())
                .orElse("no trial is completed"))
        + Html.tile(
            "Best loss",
            best.map(t -> Html.number(t.bestLoss().orElse(Double.NaN))).orElse("–"),
            best.map(t -> "trial " + t.number()).orElse(""))
        + Html.tile("Trials", String.valueOf(result.trials().size()), String.join(", ", endings))
        + "</dl>\n";
  }

  private static String legend(String completed, String pruned, String chosen) {
    return "<p class=\"legend\"><span><i class=\"raw\"></i>"
        + completed
        + "</span><span><i class=\"point\"></i>"
        + pruned
        + "</span><span><i></i>"
        + chosen
        + "</span></p>\n";
  }

  private static String figures(String description, Consumer<Chart> drawing) {
    return Html.figures(
        (width, height) -> {
          Chart chart = new Chart(width, height, LOSS, false);
          drawing.accept(chart);
          return chart.svg(description);
        });
  }

  /** Draws the best loss over the learning rate, with a line for each batch and rank. */
  private String overRates() {
    Map<String, List<Trial>> lines = new LinkedHashMap<>();
    for (Trial trial : result.trials()) {
      if (trial.bestLoss().isPresent()) {
        lines
            .computeIfAbsent(
                "batch " + trial.effectiveBatch() + ", rank " + trial.rank(),
                key -> new ArrayList<>())
            .add(trial);
      }
    }
    return legend(
            "completed trials of one batch and rank", "ended before its last step", "the best")
        + figures(
            "Best evaluation loss of each trial over its learning rate",
            chart -> {
              chart.over("learning rate", "rate", true);
              lines.forEach((name, trials) -> chart.line("raw", rates(trials, true), name));
              lines.forEach((name, trials) -> chart.points("raw", rates(trials, true), name));
              lines.forEach((name, trials) -> chart.points("point", rates(trials, false), name));
              best.ifPresent(t -> chart.points("line", rates(List.of(t), true), name(t)));
            });
  }

  private static Curve rates(List<Trial> trials, boolean completed) {
    List<Trial> shown =
        trials.stream()
            .filter(t -> (t.ending() == Ending.COMPLETED) == completed)
            .sorted(Comparator.comparingDouble(Trial::learningRate))
            .toList();
    return new Curve(
        shown.stream().mapToDouble(Trial::learningRate).toArray(),
        shown.stream().mapToDouble(t -> t.bestLoss().orElse(Double.NaN)).toArray());
  }

  private String overQuestions() {
    return legend("completed", "ended before its last step", "the best")
        + figures(
            "Evaluation loss of each trial over the questions that it has seen",
            chart -> {
              chart.over("questions seen, repeated ones counted again", "after", false);
              for (Trial trial : result.trials()) {
                if (trial.ending() == Ending.COMPLETED) {
                  chart.line("raw", losses(trial.evaluations(), trial), name(trial));
                } else {
                  List<Evaluation> all = trial.evaluations();
                  chart.line("point", losses(all, trial), name(trial));
                  List<Evaluation> last = all.subList(Math.max(0, all.size() - 1), all.size());
                  chart.points("point", losses(last, trial), name(trial));
                }
              }
              best.ifPresent(t -> chart.line("line", losses(t.evaluations(), t), name(t)));
            });
  }

  private boolean isBest(Trial trial) {
    return best.filter(trial::equals).isPresent();
  }

  private static Curve losses(List<Evaluation> evaluations, Trial trial) {
    return new Curve(
        evaluations.stream().mapToDouble(e -> (double) e.step() * trial.effectiveBatch()).toArray(),
        evaluations.stream().mapToDouble(Evaluation::loss).toArray());
  }

  private static String name(Trial trial) {
    return "trial "
        + trial.number()
        + ", rate "
        + SweepTable.rate(trial.learningRate())
        + ", batch "
        + trial.effectiveBatch()
        + ", rank "
        + trial.rank();
  }

  private String table() {
    Table table = Table.empty();
    int last = SweepTable.COLUMNS.size() - 1;
    SweepTable.COLUMNS.subList(0, last).forEach(table::numbers);
    table.texts(SweepTable.COLUMNS.get(last));
    result.trials().forEach(t -> table.row(SweepTable.row(t, isBest(t)), isBest(t)));
    return table.scrollingHtml();
  }
}
