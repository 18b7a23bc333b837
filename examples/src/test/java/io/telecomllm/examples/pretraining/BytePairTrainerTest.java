package io.telecomllm.examples.pretraining;

import static org.assertj.core.api.Assertions.assertThat;

import io.telecomllm.prompt.ChatTemplate;
import io.telecomllm.tokenizer.Tokenizer;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BytePairTrainerTest {
  private static final int BYTES = BytePairTrainer.SPECIAL.size() + 256;

  @Test
  void theMostFrequentPairBecomesATokenFirst() {
    // "ab" five times, "bc" four times, "\u0120a" (a space and a) three times
    var vocabulary = BytePairTrainer.train(List.of("abc abc", "abc abc ab"), BYTES + 3);

    assertThat(vocabulary.merges())
        .containsExactly(List.of("a", "b"), List.of("ab", "c"), List.of("\u0120", "abc"));
    assertThat(vocabulary.tokens()).endsWith("ab", "abc", "\u0120abc").hasSize(BYTES + 3);
  }

  @Test
  void ofEquallyFrequentPairsThatOfTheLowestIdsComesFirst() {
    var vocabulary = BytePairTrainer.train(List.of("cd", "ab"), BYTES + 1);

    assertThat(vocabulary.merges()).containsExactly(List.of("a", "b"));
  }

  @Test
  void overlappingPairsAreMergedFromTheLeft() {
    var vocabulary = BytePairTrainer.train(List.of("aaa"), 10_000);

    assertThat(vocabulary.merges()).containsExactly(List.of("a", "a"), List.of("aa", "a"));
  }

  @Test
  void digitsAreNeverMerged() {
    var vocabulary = BytePairTrainer.train(List.of("2026 2026 x26x 20"), 10_000);

    assertThat(vocabulary.tokens().subList(BYTES, vocabulary.tokens().size()))
        .noneMatch(token -> token.matches(".*[0-9].*"));
  }

  @Test
  void whatTheLibraryReadsGivesEveryTextBack(@TempDir Path folder) throws Exception {
    try (Tokenizer tokenizer = TinyTokenizer.in(folder)) {
      assertThat(tokenizer.vocabularySize()).isEqualTo(2048);
      for (String text : TinyTokenizer.texts()) {
        assertThat(tokenizer.decode(tokenizer.encode(text))).isEqualTo(text);
      }
      String other = "\u00fcber <|end|>\n  3.5 GHz\t\u4e2d";
      assertThat(tokenizer.decode(tokenizer.encode(other))).isEqualTo(other);
      assertThat(ChatTemplate.of(tokenizer)).isEqualTo(ChatTemplate.PHI_3);
      assertThat(tokenizer.eos()).hasValue(2);
    }
  }
}
