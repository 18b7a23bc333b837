package io.telecomllm.training.tracking;

import io.telecomllm.data.Choices;
import java.util.LinkedHashMap;
import java.util.Map;

/** The names under which trackers keep how well a model chooses. */
final class ChoiceMetrics {
  private ChoiceMetrics() {}

  /** Returns the metrics by name, each with a prefix; none without questions. */
  static Map<String, Double> of(String prefix, Choices choices) {
    Map<String, Double> metrics = new LinkedHashMap<>();
    if (choices.questions() > 0) {
      metrics.put(prefix + "choice_loss", choices.loss());
      metrics.put(prefix + "choice_accuracy", choices.accuracy().value());
    }
    return metrics;
  }
}
