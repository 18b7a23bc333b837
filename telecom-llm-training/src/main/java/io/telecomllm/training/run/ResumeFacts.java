package io.telecomllm.training.run;

import io.telecomllm.Internal;
import io.telecomllm.lineage.Lineage;
import io.telecomllm.text.Quoted;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The settings and inputs by name that must not change when a run or a sweep resumes. */
@Internal
public final class ResumeFacts {
  private static final int SHOWN = 60;

  private ResumeFacts() {}

  /**
   * Returns what an adapter is made from, with every setting under a name such as {@code
   * training.optimizer.learningRate}. The memory is left out: it changes results only by rounding.
   */
  public static Map<String, String> of(Lineage origin) {
    Map<String, String> facts = origin.facts();
    origin.settings().forEach((name, value) -> add(facts, name, value));
    facts.remove("training.memoryLimit");
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
  public static String differences(Map<String, String> saved, Map<String, String> here) {
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
