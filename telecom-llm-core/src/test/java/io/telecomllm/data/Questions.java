package io.telecomllm.data;

import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/** Generated questions, some of them near-duplicates, some with options that point at others. */
final class Questions {
  private static final String[] WORDS = {
    "what", "is", "the", "purpose", "of", "HARQ", "NR", "gNB", "in", "uplink", "definition", "AMF"
  };
  private static final String[] POINTING = {
    "All of the above",
    "None of the above.",
    "Both option 1 and option 2",
    "1 and 3",
    "None",
    "Both latency and rate",
    "Any of these",
    "Only option 2",
    "All of the above except the first"
  };

  private Questions() {}

  static Arbitrary<Question> one() {
    Arbitrary<String> text =
        Arbitraries.of(WORDS).list().ofMinSize(1).ofMaxSize(9).map(w -> String.join(" ", w) + "?");
    Arbitrary<String> plain = Arbitraries.strings().alpha().ofMinLength(1).ofMaxLength(8);
    Arbitrary<String> option =
        Arbitraries.frequencyOf(
            net.jqwik.api.Tuple.of(5, plain), net.jqwik.api.Tuple.of(1, Arbitraries.of(POINTING)));
    Arbitrary<List<String>> options = option.list().uniqueElements().ofMinSize(2).ofMaxSize(9);
    return Combinators.combine(
            text, options, Arbitraries.integers().between(0, 8), Arbitraries.of(Category.class))
        .as((t, o, a, c) -> new Question("q", t, o, a % o.size(), "So.", c));
  }

  static Arbitrary<List<Question>> many() {
    return one()
        .list()
        .ofMaxSize(60)
        .map(
            list ->
                IntStream.range(0, list.size())
                    .mapToObj(i -> named("question " + i, list.get(i)))
                    .toList());
  }

  static Question named(String id, Question q) {
    return new Question(id, q.text(), q.options(), q.answer(), q.explanation(), q.category());
  }
}
