package io.telecomllm.knowledge.documents;

import io.telecomllm.knowledge.documents.Omission.Reason;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Counts what is left out of a file. */
final class Omissions {
  private final Map<Reason, Integer> counts = new EnumMap<>(Reason.class);
  private final Map<Reason, List<String>> places = new EnumMap<>(Reason.class);

  void add(Reason reason, String place) {
    counts.merge(reason, 1, Integer::sum);
    List<String> listed = places.computeIfAbsent(reason, r -> new ArrayList<>());
    if (listed.size() < Omission.MAX_PLACES && !listed.contains(place)) {
      listed.add(place);
    }
  }

  List<Omission> list() {
    return counts.entrySet().stream()
        .map(
            e -> new Omission(e.getKey(), e.getValue(), places.getOrDefault(e.getKey(), List.of())))
        .toList();
  }
}
