package io.telecomllm.examples.peers;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PythonRandomTest {
  private static List<Integer> shuffled(int count) {
    List<Integer> numbers = new ArrayList<>(IntStream.range(0, count).boxed().toList());
    new PythonRandom(3).shuffle(numbers);
    return numbers;
  }

  /**
   * What Python 3.11 prints for {@code random.Random(3).shuffle(list(range(20)))}, and a sum for
   * 1,000.
   */
  @Test
  void shufflesAsPythonDoes() {
    assertThat(shuffled(20))
        .containsExactly(8, 3, 6, 5, 15, 16, 2, 12, 0, 1, 13, 10, 19, 9, 14, 11, 4, 17, 18, 7);
    List<Integer> thousand = shuffled(1000);
    assertThat(IntStream.range(0, 1000).mapToLong(i -> (long) i * thousand.get(i)).sum())
        .isEqualTo(253090679L);
  }
}
