package io.telecomllm.generation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;

class RankingTest {
  /** Small numbers, so that many are equal; some are infinitely small and left out. */
  @Property(tries = 300)
  void takesAsASortDoes(@ForAll @Size(min = 1, max = 60) List<Byte> numbers) {
    float[] logits = new float[numbers.size()];
    for (int i = 0; i < logits.length; i++) {
      int number = numbers.get(i) % 8;
      logits[i] = number == -7 ? Float.NEGATIVE_INFINITY : number;
    }
    List<Integer> expected =
        IntStream.range(0, logits.length)
            .boxed()
            .filter(id -> logits[id] > Float.NEGATIVE_INFINITY)
            .sorted(Comparator.comparing(id -> -logits[id]))
            .toList();
    Ranking ranking = new Ranking(logits);
    List<Integer> found = new ArrayList<>();
    while (!ranking.isEmpty()) {
      assertThat(ranking.first()).isEqualTo(expected.get(found.size()));
      found.add(ranking.take());
    }
    assertThat(found).isEqualTo(expected);
  }
}
