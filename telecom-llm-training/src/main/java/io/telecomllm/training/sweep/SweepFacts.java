package io.telecomllm.training.sweep;

import io.telecomllm.lineage.Lineage;
import io.telecomllm.text.Quoted;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The settings and inputs that must not change when a sweep resumes. */
final class SweepFacts {
  private static final int SHOWN = 60;

  private SweepFacts() {}

  static Map<String, String> of(
      Lineage origin,
      List<Double> learningRates,
      List<Integer> effectiveBatches,
      List<Integer> ranks,
      int evaluations,
      int pruneAfter) {
    Map<String, String> facts = origin.facts();
    add(facts, "lora", origin.settings().get("lora"));
    add(facts, "training", origin.settings().get("training"));
    // set by the sweep itself, or, as memory, without effect beyond rounding
    facts
        .keySet()
        .removeIf(
            name ->
                name.startsWith("training.evaluation.")
                    || List.of(
                            "lora.rank",
                            "training.optimizer.learningRate",
                            "training.gradientAccumulation",
                            "training.memoryLimit")
                        .contains(name));
    facts.put("learningRates", learningRates.toString());
    facts.put("effectiveBatches", effectiveBatches.toString());
    facts.put("ranks", ranks.toString());
    facts.put("evaluations", String.valueOf(evaluations));
    facts.put("pruneAfter", String.valueOf(pruneAfter));
    return facts;
  }

  private static void add(Map<String, String> facts, String name, @Nullable Object value) {
    if (value instanceof Map<?, ?> settings) {
      settings.forEach((key, inner) -> add(facts, name + "." + key, inner));
    } else {
      facts.put(name, String.valueOf(value));
    }
  }

  /** Returns the differences as {@code name (saved, here other)}; empty if there are none. */
  static String differences(Map<String, String> saved, Map<String, String> here) {
    TreeSet<String> names = new TreeSet<>(saved.keySet());
    names.addAll(here.keySet());
    return names.stream()
        .filter(name -> !Objects.equals(saved.get(name), here.get(name)))
        .map(name -> name + " (" + shown(saved.get(name)) + ", here " + shown(here.get(name)) + ")")
        .collect(Collectors.joining(", "));
  }

  private static String shown(@Nullable String value) {
    if (value == null) {
      return "absent";
    }
    return Quoted.line(value, value.length() <= SHOWN ? SHOWN : 12);
  }
}
