package io.telecomllm.inference.evaluation.report;

import io.telecomllm.data.Category;
import io.telecomllm.inference.evaluation.Outcome;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** The groups of questions that figures are computed for. */
final class Groups {
  private Groups() {}

  /** Returns the questions of each category that has some, in the order of the categories. */
  static <T> Map<Category, List<T>> byCategory(List<T> all, Function<T, Outcome> outcome) {
    Map<Category, List<T>> groups = new EnumMap<>(Category.class);
    for (T one : all) {
      Category category = outcome.apply(one).question().category();
      groups.computeIfAbsent(category, key -> new ArrayList<>()).add(one);
    }
    return groups;
  }

  /** Returns the questions that the no-knowledge heuristic gets wrong; empty without any. */
  static <T> Optional<List<T>> beyondHeuristic(List<T> all, Function<T, Outcome> outcome) {
    List<T> beyond = all.stream().filter(one -> !outcome.apply(one).guessable()).toList();
    return beyond.isEmpty() ? Optional.empty() : Optional.of(beyond);
  }

  /** Returns an immutable copy of a map in the order of the constants. */
  static <K extends Enum<K>, V> Map<K, V> inOrder(Class<K> type, Map<K, V> map) {
    Map<K, V> copy = new EnumMap<>(type);
    copy.putAll(map);
    return Collections.unmodifiableMap(copy);
  }
}
