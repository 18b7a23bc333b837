package io.telecomllm.data;

import static com.google.common.base.Preconditions.checkArgument;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Draws the validation side of a split: a share of each category, one group of near-duplicates at a
 * time.
 */
final class Stratifier {
  private static final long PURPOSE = SplitMix64.key("split");

  private Stratifier() {}

  static Split split(List<Question> questions, double fraction, long seed) {
    checkArgument(
        fraction >= 0 && fraction < 1,
        "validationFraction is %s, expected 0 or more and less than 1",
        fraction);
    Map<Category, Integer> open = targets(questions, fraction);
    boolean[] validation = new boolean[questions.size()];
    for (List<Integer> group : inDrawnOrder(questions, seed)) {
      Map<Category, Integer> size = new EnumMap<>(Category.class);
      group.forEach(i -> size.merge(questions.get(i).category(), 1, Integer::sum));
      if (size.entrySet().stream()
          .allMatch(s -> s.getValue() <= open.getOrDefault(s.getKey(), 0))) {
        size.forEach((category, n) -> open.merge(category, -n, Integer::sum));
        group.forEach(i -> validation[i] = true);
      }
    }
    List<Question> train = new ArrayList<>();
    List<Question> validate = new ArrayList<>();
    for (int i = 0; i < validation.length; i++) {
      (validation[i] ? validate : train).add(questions.get(i));
    }
    return new Split(train, validate);
  }

  // each group's number depends on the seed and its smallest id, not on the order of the source
  private static List<List<Integer>> inDrawnOrder(List<Question> questions, long seed) {
    record Drawn(long number, String id, List<Integer> group) {}
    return NearDuplicates.groups(questions).stream()
        .map(
            group -> {
              String id =
                  group.stream().map(i -> questions.get(i).id()).sorted().findFirst().orElseThrow();
              return new Drawn(SplitMix64.of(PURPOSE, seed, SplitMix64.key(id)).next(), id, group);
            })
        .sorted(Comparator.comparingLong(Drawn::number).thenComparing(Drawn::id))
        .map(Drawn::group)
        .toList();
  }

  // whole numbers whose sum is the rounded share of all questions: largest remainders round up
  // first
  private static Map<Category, Integer> targets(List<Question> questions, double fraction) {
    Map<Category, Integer> targets = new EnumMap<>(Category.class);
    Map<Category, Double> rest = new EnumMap<>(Category.class);
    long missing = Math.round(questions.size() * fraction);
    for (Category category : Category.values()) {
      double share = fraction * questions.stream().filter(q -> q.category() == category).count();
      targets.put(category, (int) share);
      rest.put(category, share - (int) share);
      missing -= (int) share;
    }
    List<Category> byRest =
        rest.keySet().stream()
            .filter(c -> rest.getOrDefault(c, 0.0) > 0)
            .sorted(Comparator.comparing((Category c) -> rest.getOrDefault(c, 0.0)).reversed())
            .toList();
    for (Category category : byRest.subList(0, (int) Math.min(missing, byRest.size()))) {
      targets.merge(category, 1, Integer::sum);
    }
    return targets;
  }
}
