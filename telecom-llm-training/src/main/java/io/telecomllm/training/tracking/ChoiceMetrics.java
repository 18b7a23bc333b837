package io.telecomllm.training.tracking;

import io.telecomllm.data.Choices;
import java.util.LinkedHashMap;
import java.util.Map;

/** The names under which trackers keep how well a model chooses, and what wrong choices cost. */
final class ChoiceMetrics {
  private ChoiceMetrics() {}

  /** Returns the metrics by name, each with a prefix; no choice without questions. */
  static Map<String, Double> of(String prefix, double penalty, Choices choices) {
    Map<String, Double> metrics = new LinkedHashMap<>();
    if (penalty != 0) {
      metrics.put(prefix + "penalty", penalty);
    }
    if (choices.questions() > 0) {
      metrics.put(prefix + "choice_loss", choices.loss());
      metrics.put(prefix + "choice_accuracy", choices.accuracy().value());
    }
    return metrics;
  }
}
