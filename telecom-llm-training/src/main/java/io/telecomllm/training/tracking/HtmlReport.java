package io.telecomllm.training.tracking;

import io.telecomllm.StorageException;
import io.telecomllm.data.Choices;
import io.telecomllm.files.AtomicFiles;
import io.telecomllm.files.Disk;
import io.telecomllm.lineage.Lineage;
import io.telecomllm.report.Chart;
import io.telecomllm.report.Curve;
import io.telecomllm.report.Html;
import io.telecomllm.report.Table;
import io.telecomllm.training.progress.LearningRateRange;
import io.telecomllm.training.progress.TrainingListener.AnomalyRecord;
import io.telecomllm.training.progress.TrainingListener.EvaluationRecord;
import io.telecomllm.training.progress.TrainingListener.StepRecord;
import io.telecomllm.training.progress.TrainingReport;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/**
 * Writes a report of a run as a page to read and to print: one HTML file with its styles and
 * drawings inside, without scripts or anything loaded from a network, light or dark as the reader's
 * system is. The same report gives the same bytes.
 */
public final class HtmlReport {
  private static final int MOST_ROWS = 20;
  private static final int MANY_STEPS = 20;

  private final TrainingReport report;
  private final Optional<Lineage> lineage;

  private HtmlReport(TrainingReport report, Optional<Lineage> lineage) {
    this.report = report;
    this.lineage = lineage;
  }

  /**
   * Writes the page of a run. An older file of the same name is replaced once the new one is
   * complete.
   *
   * @throws StorageException if it cannot be written
   */
  public static void write(Path file, TrainingReport report, Optional<Lineage> lineage) {
    write(file, new HtmlReport(report, lineage).page());
  }

  /**
   * Writes the page of a learning-rate range test: the loss over the rate, and the suggested rate.
   *
   * @throws StorageException if it cannot be written
   */
  public static void write(Path file, LearningRateRange range) {
    write(file, RangePage.of(range));
  }

  private static void write(Path file, String page) {
    Path folder = file.toAbsolutePath().getParent();
    if (folder != null) {
      Disk.REAL.createFolders(folder);
    }
    AtomicFiles.write(file, page.getBytes(StandardCharsets.UTF_8));
  }

  private String page() {
    String name = lineage.map(l -> l.base().name()).orElse("");
    String title = name.isEmpty() ? "Training report" : "Training of " + name;
    return Html.page(
        title,
        tiles()
            + warnings()
            + (chose() ? Html.section("Choice of the option", this::choice) : "")
            + Html.section("Loss of the whole answer", this::loss)
            + (report.finalPenalty() > 0 ? Html.section("Penalty", this::penalty) : "")
            + "<div class=\"pair\">\n"
            + Html.section("Learning rate", this::learningRate)
            + Html.section("Gradient norm", this::gradientNorm)
            + "</div>\n"
            + Html.section("Accuracy by category", () -> AccuracyBars.html(report.accuracy()))
            + (report.evaluations().isEmpty() ? "" : Html.section("Evaluations", this::evaluations))
            + Html.section("Anomalies", this::anomalies)
            + Html.section("Settings", this::settings)
            + lineage.map(l -> Html.section("Lineage", () -> Table.of(rows(l)))).orElse(""));
  }

  private String tiles() {
    String ending = report.ending().name().toLowerCase(Locale.ROOT).replace('_', ' ');
    StringBuilder tiles = new StringBuilder("<dl class=\"tiles\">\n");
    tiles.append(
        Html.tile("Steps", String.format(Locale.ROOT, "%,d", report.steps().size()), ending));
    int last = Math.min(10, report.steps().size());
    tiles.append(
        Html.tile(
            "Final loss",
            Html.number(report.finalLoss()),
            last == 1 ? "of the only step" : "mean of the last " + last + " steps"));
    if (chose()) {
      Choices choices = report.finalChoices();
      tiles.append(
          Html.tile(
              "Loss of the choice",
              Html.number(choices.loss()),
              "a guess has " + Html.number(choices.chance())));
    }
    if (report.finalPenalty() > 0) {
      tiles.append(
          Html.tile("Penalty", Html.number(report.finalPenalty()), "its part of the final loss"));
    }
    report.evaluations().stream()
        .map(EvaluationRecord::loss)
        .filter(Double::isFinite)
        .min(Double::compare)
        .ifPresent(best -> tiles.append(Html.tile("Best evaluation loss", Html.number(best), "")));
    tiles.append(
        Html.tile(
            "Tokens per second",
            Html.number(report.tokensPerSecond()),
            "in " + Html.duration(report.seconds())));
    tiles.append(AccuracyBars.tile(report.accuracy()));
    return tiles.append("</dl>\n").toString();
  }

  private boolean chose() {
    return report.steps().stream().anyMatch(step -> step.choices().questions() > 0);
  }

  private String warnings() {
    StringBuilder html = new StringBuilder();
    report
        .warnings()
        .forEach(
            warning ->
                html.append("<p class=\"note warn\">After step ")
                    .append(warning.step())
                    .append(": ")
                    .append(Html.escape(warning.message()))
                    .append(".</p>\n"));
    return html.toString();
  }

  /** Draws the loss of the choice with that of a guess, and the share of right choices. */
  private String choice() {
    double chance =
        report.steps().stream()
            .map(StepRecord::choices)
            .reduce(Choices.NONE, Choices::plus)
            .chance();
    Choices end = report.finalChoices();
    return "<div class=\"pair\">\n<figure>"
        + draw(
                new Chart(440, 240, "loss (nats per question)", true),
                curve(s -> s.choices().loss()))
            .points("point", evaluated(e -> e.choices().loss()))
            .limit(chance, "dashed: a guess, " + Html.number(chance))
            .svg("Loss of the choice, at the end " + Html.number(end.loss()))
        + "</figure>\n<figure>"
        + draw(
                new Chart(440, 240, "right choices (%)", true),
                curve(s -> 100 * s.choices().accuracy().value()))
            .points("point", evaluated(e -> 100 * e.choices().accuracy().value()))
            .svg("Share of right choices over the steps")
        + "</figure>\n</div>\n";
  }

  private Curve evaluated(ToDoubleFunction<EvaluationRecord> value) {
    return new Curve(
        report.evaluations().stream().mapToDouble(EvaluationRecord::step).toArray(),
        report.evaluations().stream().mapToDouble(value).toArray());
  }

  private String loss() {
    Curve raw = curve(StepRecord::loss);
    Curve evaluations = evaluated(EvaluationRecord::loss);
    boolean many = many(raw);
    String seen = "Loss of " + raw.size() + " steps, at the end " + Html.number(report.finalLoss());
    StringBuilder html = new StringBuilder("<p class=\"legend\">");
    html.append(many ? "<span><i class=\"raw\"></i>each step</span>" : "");
    html.append("<span><i></i>").append(many ? "smoothed" : "each step").append("</span>");
    html.append(evaluations.size() == 0 ? "" : "<span><i class=\"point\"></i>evaluation</span>");
    html.append("</p>\n");
    html.append(
        Html.figures(
            (width, height) ->
                draw(new Chart(width, height, "loss (nats per token)", false), raw)
                    .points("point", evaluations)
                    .svg(seen)));
    return html + gaps("step", raw) + gaps("evaluation", evaluations);
  }

  private static boolean many(Curve raw) {
    return raw.size() >= MANY_STEPS;
  }

  /** Draws a few steps as they are, and many as a thin line under a smoothed one. */
  private static Chart draw(Chart chart, Curve raw) {
    if (!many(raw)) {
      return chart.line("line", raw);
    }
    // about a thirtieth of the run has half of the weight
    double weight = Math.pow(0.5, 60.0 / Math.max(60, raw.size()));
    return chart.line("raw", raw).line("line", raw.smoothed(weight));
  }

  private static String gaps(String what, Curve curve) {
    long gaps = Arrays.stream(curve.y()).filter(y -> !Double.isFinite(y)).count();
    return gaps == 0
        ? ""
        : "<p class=\"note warn\">"
            + gaps
            + " "
            + what
            + (gaps == 1 ? " has" : "s have")
            + " no finite loss and "
            + (gaps == 1 ? "is" : "are")
            + " not drawn.</p>\n";
  }

  private String penalty() {
    return "<figure>"
        + draw(new Chart(880, 240, "part of the loss", true), curve(StepRecord::penalty))
            .points("point", evaluated(EvaluationRecord::penalty))
            .svg("Penalty, at the end " + Html.number(report.finalPenalty()))
        + "</figure>\n";
  }

  private String learningRate() {
    return "<figure>"
        + new Chart(440, 240, "learning rate", true)
            .line("line", curve(StepRecord::learningRate))
            .svg("Learning rate over the steps")
        + "</figure>\n";
  }

  private String gradientNorm() {
    double most = report.config().optimizer().maxGradientNorm();
    return "<figure>"
        + draw(new Chart(440, 240, "norm before clipping", true), curve(StepRecord::gradientNorm))
            .limit(most, "dashed: clipped above " + most)
            .svg("Norm of the gradients before clipping over the steps")
        + "</figure>\n";
  }

  private Curve curve(ToDoubleFunction<StepRecord> value) {
    return new Curve(
        report.steps().stream().mapToDouble(StepRecord::step).toArray(),
        report.steps().stream().mapToDouble(value).toArray());
  }

  private String evaluations() {
    Table table =
        Table.empty()
            .numbers("step")
            .numbers("epoch")
            .numbers("loss of the choice")
            .numbers("right choices")
            .numbers("loss of the answer")
            .numbers("accuracy")
            .texts("");
    for (EvaluationRecord e : lastRows(report.evaluations())) {
      table.row(
          List.of(
              String.format(Locale.ROOT, "%,d", e.step()),
              Integer.toString(e.epoch()),
              Html.number(e.choices().loss()),
              e.choices().questions() == 0 ? "–" : percent(e.choices().accuracy().value()),
              Html.number(e.loss()),
              e.accuracy().isPresent() ? percent(e.accuracy().getAsDouble()) : "–",
              e.best() ? "best so far" : ""));
    }
    return skippedRows(report.evaluations(), "evaluations") + table.html();
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.1f %%", 100 * share);
  }

  private String anomalies() {
    if (report.anomalies().isEmpty()) {
      return "<p class=\"none\">None was seen.</p>\n";
    }
    Table table = Table.empty().numbers("step").warnings("kind").texts("where").texts("");
    for (AnomalyRecord a : lastRows(report.anomalies())) {
      table.row(
          List.of(
              String.format(Locale.ROOT, "%,d", a.step()),
              a.kind().name().toLowerCase(Locale.ROOT).replace('_', ' '),
              a.message(),
              a.skipped() ? "step left out" : ""));
    }
    return skippedRows(report.anomalies(), "anomalies") + table.html();
  }

  private static <T> List<T> lastRows(List<T> all) {
    return all.subList(Math.max(0, all.size() - MOST_ROWS), all.size());
  }

  private static String skippedRows(List<?> all, String what) {
    return all.size() <= MOST_ROWS
        ? ""
        : "<p class=\"note\">The last " + MOST_ROWS + " of " + all.size() + " " + what + ".</p>\n";
  }

  private String settings() {
    return "<div class=\"pair\">\n<div>\n<h3>Adapter (lora)</h3>\n"
        + Table.of(Hyperparameters.below("lora", report.lora()))
        + "</div>\n<div>\n<h3>Training</h3>\n"
        + Table.of(Hyperparameters.below("training", report.config()))
        + "</div>\n</div>\n";
  }

  private Map<String, String> rows(Lineage lineage) {
    Map<String, String> rows = new LinkedHashMap<>();
    rows.put("created", lineage.created().toString());
    rows.put("base", lineage.base().name());
    rows.put("architecture", lineage.base().architecture());
    rows.put("weights", lineage.base().weights());
    rows.put("computed in", lineage.base().computeType());
    rows.put("base fingerprint", lineage.base().fingerprint());
    rows.put("tokenizer sha256", lineage.tokenizer());
    rows.put("prompt sha256", lineage.prompt());
    lineage
        .data()
        .ifPresent(
            data -> {
              rows.put("data sha256", data.sha256());
              rows.put(
                  "questions",
                  data.training() + " to train on, " + data.validation() + " to validate with");
            });
    rows.put("questions left out", report.skipped() + " that are too long");
    rows.put("probes", Integer.toString(lineage.probes().size()));
    lineage
        .settings()
        .forEach(
            (name, value) -> {
              if (!name.equals("lora") && !name.equals("training")) {
                rows.put("settings: " + name, String.valueOf(value));
              }
            });
    lineage.versions().forEach((name, version) -> rows.put("version: " + name, version));
    return rows;
  }
}
