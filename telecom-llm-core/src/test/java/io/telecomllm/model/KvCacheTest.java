package io.telecomllm.model;

import static io.telecomllm.model.CacheModels.SAME;
import static io.telecomllm.model.CacheModels.VOCABULARY;
import static io.telecomllm.model.CacheModels.alone;
import static io.telecomllm.model.CacheModels.logits;
import static io.telecomllm.model.CacheModels.read;
import static io.telecomllm.testing.Vectors.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Several sequences in one cache: what each of them sees, what they share, what they free. */
class KvCacheTest {
  private static final LanguageModel PLAIN = CacheModels.plain();
  private static final LanguageModel LONG_ROPE = CacheModels.longRope();

  @AfterAll
  static void close() {
    PLAIN.close();
    LONG_ROPE.close();
  }

  @Test
  void aCacheForOneSequenceNeedsNoNumbers() {
    try (KvCache cache = PLAIN.network().newCache(8)) {
      assertThat(cache.sequences()).containsExactly(0);
      logits(PLAIN, TokenBatch.of(1, 2, 3, 4, 5), cache, 0);
      cache.truncate(2);
      assertThat(cache.length()).isEqualTo(2);
      assertThat(cache.free()).isEqualTo(6);
      assertThat(read(PLAIN, cache, 0, 9)).hasSize(VOCABULARY);
      assertClose("continued", read(PLAIN, cache, 0, 7), alone(PLAIN, 1, 2, 9, 7), SAME);
    }
  }

  @Test
  void aForkSharesWhatItBeginsWith() {
    try (KvCache cache = PLAIN.network().newCache(12, 3)) {
      read(PLAIN, cache, 0, 1, 2, 3, 4, 5, 6);
      int fork = cache.fork(0, 4);
      assertThat(cache.length(fork)).isEqualTo(4);
      assertThat(cache.free()).isEqualTo(6);
      assertClose("fork", read(PLAIN, cache, fork, 9), alone(PLAIN, 1, 2, 3, 4, 9), SAME);
      assertClose("parent", read(PLAIN, cache, 0, 8), alone(PLAIN, 1, 2, 3, 4, 5, 6, 8), SAME);
      assertThat(cache.free()).isEqualTo(4);
      cache.drop(0);
      assertThat(cache.free()).as("the fork keeps what it shares").isEqualTo(7);
      assertClose("orphan", read(PLAIN, cache, fork, 7), alone(PLAIN, 1, 2, 3, 4, 9, 7), SAME);
    }
  }

  @Test
  void droppedRowsAreUsedAgain() {
    try (KvCache cache = PLAIN.network().newCache(10, 2)) {
      int other = cache.add();
      for (int i = 0; i < 5; i++) {
        int[] ids = {i, i + 1, i + 2, i + 3, i + 4};
        read(PLAIN, cache, 0, ids);
        assertClose("round " + i, read(PLAIN, cache, other, ids), alone(PLAIN, ids), SAME);
        assertThat(cache.free()).isZero();
        cache.drop(other);
        other = cache.add();
        assertThat(other).as("a number names one sequence only").isEqualTo(i + 2);
        cache.truncate(0);
        assertThat(cache.free()).isEqualTo(10);
      }
    }
  }

  @Test
  void sequencesThatGrowInTurnLieInOneRunEach() {
    try (KvCache cache = PLAIN.network().newCache(64, 4)) {
      int[] all = {0, cache.add(), cache.add(), cache.add()};
      for (int step = 0; step < 8; step++) {
        int[] ids = {step, step + 1, step + 2, step + 3};
        logits(PLAIN, TokenBatch.step(all, ids), cache, 0);
      }
      for (int sequence : all) {
        int[] rows = cache.sequence(sequence).rows();
        assertThat(KeyRanges.of(rows, 0, rows.length)).as("sequence " + sequence).hasSize(1);
      }
    }
  }

  @Test
  void whereASequenceLiesChangesNoBit() {
    int[] ids = {5, 9, 33, 2, 60, 17, 8, 41};
    try (KvCache first = PLAIN.network().newCache(20);
        KvCache behind = PLAIN.network().newCache(20, 2);
        KvCache scattered = PLAIN.network().newCache(13, 3)) {
      read(PLAIN, behind, 0, 1, 2, 3);
      int second = behind.add();
      // eight free rows, in runs of one to three
      read(PLAIN, scattered, 0, 1, 2, 3);
      int hole = scattered.add();
      for (int i = 0; i < 5; i++) {
        int[] both = {0, hole};
        logits(PLAIN, TokenBatch.step(both, new int[] {i, i + 1}), scattered, 0);
      }
      scattered.drop(hole);
      int third = scattered.add();
      scattered.truncate(5);
      for (int from = 0; from < ids.length; from += 2) {
        int[] two = {ids[from], ids[from + 1]};
        float[] expected = read(PLAIN, first, 0, two);
        assertThat(read(PLAIN, behind, second, two)).isEqualTo(expected);
        assertThat(read(PLAIN, scattered, third, two)).isEqualTo(expected);
      }
      int[] rows = scattered.sequence(third).rows();
      assertThat(KeyRanges.of(rows, 0, rows.length).size()).isGreaterThan(1);
    }
  }

  @Test
  void rowsThatBranchAreReadAndNotKept() {
    try (KvCache cache = PLAIN.network().newCache(10)) {
      read(PLAIN, cache, 0, 1, 2, 3);
      TokenBatch branching =
          new TokenBatch(
              new int[] {4, 5, 6},
              List.of(
                  new TokenBatch.Segment(0, 1, -1),
                  new TokenBatch.Segment(1, 1, 0),
                  new TokenBatch.Segment(2, 1, 0)));
      float[] found = logits(PLAIN, branching, cache, 2);
      assertClose("the second branch", found, alone(PLAIN, 1, 2, 3, 4, 6), SAME);
      assertThat(cache.length()).isEqualTo(3);
      TokenBatch line =
          new TokenBatch(
              new int[] {4, 5},
              List.of(new TokenBatch.Segment(0, 1, -1), new TokenBatch.Segment(1, 1, 0)));
      logits(PLAIN, line, cache, 1);
      assertThat(cache.length()).isEqualTo(5);
      assertClose("continued", read(PLAIN, cache, 0, 6), alone(PLAIN, 1, 2, 3, 4, 5, 6), SAME);
    }
  }

  @Test
  void aSequenceThatIsTurnedOtherwiseIsReadAgainAndOthersStay() {
    try (KvCache cache = LONG_ROPE.network().newCache(40, 2)) {
      int[] shared = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
      read(LONG_ROPE, cache, 0, shared);
      int fork = cache.fork(0, 10);
      int[] rows = cache.sequence(0).rows();
      assertThat(cache.free()).isEqualTo(30);
      read(LONG_ROPE, cache, fork, 11, 12, 13); // over the trained length of 12
      assertThat(cache.sequence(0).rows()).isEqualTo(rows);
      assertThat(cache.free()).as("the fork has rows of its own now").isEqualTo(17);
      assertClose(
          "the fork",
          read(LONG_ROPE, cache, fork, 14),
          alone(LONG_ROPE, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14),
          SAME);
      assertClose(
          "the short one",
          read(LONG_ROPE, cache, 0, 20),
          alone(LONG_ROPE, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 20),
          SAME);
    }
  }

  @Test
  void aForkThatMustBeReadAgainNeedsRoomForAllOfIt() {
    try (KvCache cache = LONG_ROPE.network().newCache(20, 2)) {
      read(LONG_ROPE, cache, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10);
      int fork = cache.fork(0, 10);
      assertThatThrownBy(() -> read(LONG_ROPE, cache, fork, 11, 12, 13))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("3 tokens and 20 in the cache are more than its capacity 20");
      assertThat(cache.length(fork)).isEqualTo(10);
      assertThat(cache.free()).isEqualTo(10);
      cache.drop(0);
      assertClose(
          "alone it has room",
          read(LONG_ROPE, cache, fork, 11, 12, 13),
          alone(LONG_ROPE, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13),
          SAME);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "drop | the cache has no sequence 7, its sequences are [0, 1]",
        "length | the cache has no sequence 7, its sequences are [0, 1]",
        "read | the cache has no sequence 7, its sequences are [0, 1]",
        "fork | tokens is 4, must be 0 to the length 3",
        "truncate | tokens is -1, must be 0 to the length 3",
        "full | 4 tokens and 3 in the cache are more than its capacity 6",
        "long | 41 tokens are more than the context length 40 of this model",
        "twice | a sequence is named twice in [1, 1]",
        "uneven | 1 tokens for 2 sequences",
        "both | a segment continues its parent 0, not sequence 1",
        "absent | the batch continues sequence 1 of a cache, and there is no cache",
        "large | cache capacity is 81, must be 1 to the context length 40 times 2 sequences",
        "none | the number of sequences is 0, must be at least 1",
      })
  void mistakesAreNamedAndChangeNothing(String mistake, String message) {
    try (KvCache cache = PLAIN.network().newCache(6, 2);
        KvCache wide = PLAIN.network().newCache(80, 2)) {
      cache.add();
      read(PLAIN, cache, 0, 1, 2, 3);
      assertThatThrownBy(() -> run(mistake, cache, wide))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(message);
      assertThat(cache.sequences()).containsExactly(0, 1);
      assertThat(cache.length()).isEqualTo(3);
      assertThat(cache.free()).isEqualTo(3);
      assertThatThrownBy(cache::add)
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("the cache already holds 2 sequences, its maximum");
      assertThatThrownBy(() -> cache.fork(0, 3)).isInstanceOf(IllegalStateException.class);
    }
  }

  private static Object run(String mistake, KvCache cache, KvCache wide) {
    Supplier<Object> run =
        switch (mistake) {
          case "drop" ->
              () -> {
                cache.drop(7);
                return cache;
              };
          case "truncate" ->
              () -> {
                cache.truncate(-1);
                return cache;
              };
          case "length" -> () -> cache.length(7);
          case "read" -> () -> read(PLAIN, cache, 7, 1);
          case "fork" -> () -> cache.fork(0, 4);
          case "full" -> () -> read(PLAIN, cache, 1, 1, 2, 3, 4);
          case "long" -> () -> read(PLAIN, wide, 0, new int[41]);
          case "twice" -> () -> TokenBatch.step(new int[] {1, 1}, new int[] {2, 3});
          case "uneven" -> () -> TokenBatch.step(new int[] {0, 1}, new int[] {2});
          case "both" -> () -> new TokenBatch.Segment(1, 1, 0, 1);
          case "absent" -> () -> read(PLAIN, null, 1, 1);
          case "large" -> () -> PLAIN.network().newCache(81, 2);
          default -> () -> PLAIN.network().newCache(1, 0);
        };
    return run.get();
  }
}
