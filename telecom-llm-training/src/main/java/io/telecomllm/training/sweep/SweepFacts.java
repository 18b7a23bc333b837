package io.telecomllm.training.sweep;

import io.telecomllm.lineage.Lineage;
import io.telecomllm.training.run.ResumeFacts;
import java.util.List;
import java.util.Map;

/** The settings and inputs that must not change when a sweep resumes. */
final class SweepFacts {
  private SweepFacts() {}

  static Map<String, String> of(
      Lineage origin,
      List<Double> learningRates,
      List<Integer> effectiveBatches,
      List<Integer> ranks,
      int evaluations,
      int pruneAfter) {
    Map<String, String> facts = ResumeFacts.of(origin);
    // set by the sweep itself
    facts
        .keySet()
        .removeIf(
            name ->
                name.startsWith("training.evaluation.")
                    || List.of(
                            "lora.rank",
                            "training.optimizer.learningRate",
                            "training.gradientAccumulation")
                        .contains(name));
    facts.put("learningRates", learningRates.toString());
    facts.put("effectiveBatches", effectiveBatches.toString());
    facts.put("ranks", ranks.toString());
    facts.put("evaluations", String.valueOf(evaluations));
    facts.put("pruneAfter", String.valueOf(pruneAfter));
    return facts;
  }
}
