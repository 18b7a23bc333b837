package io.telecomllm.examples.pretraining;

import static org.assertj.core.api.Assertions.assertThat;

import io.telecomllm.examples.pretraining.MatchingTask.Sample;
import io.telecomllm.tokenizer.Tokenizer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MatchingTaskTest {
  private static TaskTokens tokens;

  @BeforeAll
  static void tokens(@TempDir Path folder) throws Exception {
    try (Tokenizer tokenizer = TinyTokenizer.in(folder)) {
      tokens = TaskTokens.of(tokenizer, TinyTokenizer.texts());
    }
  }

  private static List<Sample> draw(int count, double hardness, long seed) {
    MatchingTask task = new MatchingTask(tokens);
    SplittableRandom random = new SplittableRandom(seed);
    return Stream.generate(() -> task.draw(hardness, random)).limit(count).toList();
  }

  /** The words that tell something apart. */
  private static Set<String> content(List<int[]> words) {
    return words.stream()
        .filter(w -> w.length > 1 || IntStream.of(tokens.function()).noneMatch(f -> f == w[0]))
        .map(Arrays::toString)
        .collect(Collectors.toSet());
  }

  private static long shared(Sample sample, int line) {
    Set<String> note = content(sample.note());
    return content(sample.lines().get(line)).stream().filter(note::contains).count();
  }

  @Test
  void theRightLineSharesWordsWithTheNoteAndTheOthersHardlyEver() {
    for (double hardness : new double[] {0, 0.5, 1}) {
      int others = 0;
      for (Sample sample : draw(500, hardness, 1)) {
        assertThat(shared(sample, sample.right())).isPositive();
        for (int i = 0; i < sample.lines().size(); i++) {
          others += i != sample.right() && shared(sample, i) > 0 ? 1 : 0;
        }
      }
      // by accident a word may come twice
      assertThat(others).isLessThan(60);
    }
  }

  @Test
  void everyLineIsTheRightOneEquallyOften() {
    int[] right = new int[5];
    int[] offered = new int[5];
    for (Sample sample : draw(6000, 1, 2)) {
      if (sample.lines().size() == 4) {
        right[sample.right()]++;
        Arrays.setAll(offered, i -> offered[i] + (i < 4 ? 1 : 0));
      }
    }
    for (int i = 0; i < 4; i++) {
      assertThat(right[i] / (double) offered[i]).isBetween(0.21, 0.29);
    }
  }

  @Test
  void thePromptHoldsEveryLabelAndMostlyASignAtItsEnd() {
    List<Sample> samples = draw(1000, 1, 3);
    for (Sample sample : samples) {
      assertThat(sample.prompt()).contains(sample.labels()).contains(tokens.assistant());
      assertThat(sample.example().supervised()).isOne();
    }
    assertThat(samples.stream().filter(MatchingTaskTest::endsWithSign).count())
        .isBetween(740L, 860L);
  }

  private static boolean endsWithSign(Sample sample) {
    int[] ids = sample.prompt();
    return tokens.asks().stream()
        .anyMatch(
            ask -> Arrays.equals(ids, ids.length - ask.length, ids.length, ask, 0, ask.length));
  }

  @Test
  void theSameSeedDrawsTheSame() {
    assertThat(draw(20, 0.7, 4).stream().map(s -> Arrays.toString(s.prompt())).toList())
        .isEqualTo(draw(20, 0.7, 4).stream().map(s -> Arrays.toString(s.prompt())).toList())
        .isNotEqualTo(draw(20, 0.7, 5).stream().map(s -> Arrays.toString(s.prompt())).toList());
  }
}
