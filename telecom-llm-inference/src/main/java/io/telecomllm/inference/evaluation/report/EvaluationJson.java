package io.telecomllm.inference.evaluation.report;

import io.telecomllm.inference.evaluation.Outcome;
import io.telecomllm.json.JsonRecords;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes {@code evaluation.json}, version 1; its fields are listed in docs/formats.md. */
final class EvaluationJson {
  private static final int VERSION = 1;

  private EvaluationJson() {}

  static Map<String, @Nullable Object> of(EvaluationReport report, EvaluationFigures figures) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("version", VERSION);
    json.put("name", report.name());
    json.put("questions", report.evaluation().outcomes().size());
    json.put("seconds", finite(report.evaluation().seconds()));
    json.put("bootstrap", JsonRecords.of(report.bootstrap()));
    json.put("sets", report.sets().map(JsonRecords::of).orElse(null));
    json.put("heuristic", JsonRecords.of(report.evaluation().heuristic()));
    json.putAll(JsonRecords.of(figures));
    if (report.outcomeLines()) {
      json.put("outcomes", outcomes(report.evaluation().outcomes()));
    }
    return json;
  }

  private static @Nullable Double finite(double number) {
    return Double.isFinite(number) ? number : null;
  }

  private static List<Map<String, @Nullable Object>> outcomes(List<Outcome> outcomes) {
    return outcomes.stream().map(EvaluationJson::outcome).toList();
  }

  private static Map<String, @Nullable Object> outcome(Outcome outcome) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("id", outcome.question().id());
    json.put("category", outcome.question().category().name());
    json.put("answer", outcome.question().answer());
    json.put("chosen", outcome.choice().option());
    json.put("confidence", outcome.choice().confidence());
    json.put("given", outcome.given());
    return json;
  }
}
