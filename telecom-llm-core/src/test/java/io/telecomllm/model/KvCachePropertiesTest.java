package io.telecomllm.model;

import static io.telecomllm.model.CacheModels.CONTEXT;
import static io.telecomllm.model.CacheModels.SAME;
import static io.telecomllm.model.CacheModels.VOCABULARY;
import static io.telecomllm.model.CacheModels.alone;
import static io.telecomllm.model.CacheModels.logits;
import static io.telecomllm.testing.Vectors.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.primitives.Ints;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.lifecycle.AfterContainer;

/** A cache under random use against one that only keeps lists of tokens. */
class KvCachePropertiesTest {
  private static final int CAPACITY = 60;
  private static final int SEQUENCES = 4;
  private static final List<LanguageModel> MODELS =
      List.of(
          CacheModels.plain(),
          CacheModels.sliding(),
          CacheModels.dynamic(),
          CacheModels.longRope());

  @AfterContainer
  static void close() {
    MODELS.forEach(LanguageModel::close);
  }

  /** One held token; sequences that share it hold the same object. */
  private record Token(int id, Object identity) {}

  /** A cache that keeps lists of tokens and reads every one of them again. */
  private static final class Naive {
    final LanguageModel model;
    final TreeMap<Integer, List<Token>> sequences = new TreeMap<>();
    final TreeMap<Integer, Integer> regimes = new TreeMap<>();

    Naive(LanguageModel model) {
      this.model = model;
    }

    int held() {
      return (int)
          sequences.values().stream().flatMap(List::stream).map(Token::identity).distinct().count();
    }

    int[] ids(int sequence) {
      return sequences.get(sequence).stream().mapToInt(Token::id).toArray();
    }

    /** A sequence whose regime changes no longer shares anything. */
    void lengthen(int sequence, int by) {
      List<Token> held = sequences.get(sequence);
      int regime = model.config().rope().scaling().regime(held.size() + by);
      if (regimes.put(sequence, regime) != regime) {
        held.replaceAll(token -> new Token(token.id(), new Object()));
      }
    }

    Naive copy() {
      Naive copy = new Naive(model);
      sequences.forEach((number, tokens) -> copy.sequences.put(number, new ArrayList<>(tokens)));
      copy.regimes.putAll(regimes);
      return copy;
    }
  }

  @Property(tries = 150)
  void anyUseEqualsANaiveCache(
      @ForAll @IntRange(max = 3) int which,
      @ForAll @Size(min = 1, max = 25) List<@IntRange(max = 99_999) Integer> choices) {
    LanguageModel model = MODELS.get(which);
    try (KvCache cache = model.network().newCache(CAPACITY, SEQUENCES)) {
      Naive naive = new Naive(model);
      naive.sequences.put(0, new ArrayList<>());
      naive.regimes.put(0, 0);
      for (int choice : choices) {
        naive = act(cache, naive, new Random(choice));
        assertThat(cache.sequences()).containsExactlyElementsOf(naive.sequences.keySet());
        for (int sequence : naive.sequences.keySet()) {
          assertThat(cache.length(sequence)).isEqualTo(naive.sequences.get(sequence).size());
        }
        assertThat(cache.free()).isEqualTo(CAPACITY - naive.held());
      }
    }
  }

  private static Naive act(KvCache cache, Naive naive, Random random) {
    int kind = random.nextInt(10);
    boolean room = naive.sequences.size() < SEQUENCES;
    List<Integer> numbers = List.copyOf(naive.sequences.keySet());
    if (numbers.isEmpty() || (kind == 0 && room)) {
      int number = cache.add();
      naive.sequences.put(number, new ArrayList<>());
      naive.regimes.put(number, 0);
      return naive;
    }
    int some = numbers.get(random.nextInt(numbers.size()));
    List<Token> tokens = naive.sequences.get(some);
    int cut = random.nextInt(tokens.size() + 1);
    if (kind <= 2 && room) {
      int fork = cache.fork(some, cut);
      naive.sequences.put(fork, new ArrayList<>(tokens.subList(0, cut)));
      naive.regimes.put(fork, naive.regimes.get(some));
      return naive;
    } else if (kind == 3) {
      cache.truncate(some, cut);
      tokens.subList(cut, tokens.size()).clear();
      return naive;
    } else if (kind == 4) {
      cache.drop(some);
      naive.sequences.remove(some);
      naive.regimes.remove(some);
      return naive;
    } else if (kind == 5) {
      return branch(cache, naive, some, random);
    }
    return append(cache, naive, numbers, random);
  }

  /** Several sequences grow by 1 to 6 tokens each, in one pass. */
  private static Naive append(KvCache cache, Naive before, List<Integer> numbers, Random random) {
    Naive naive = before.copy();
    List<Integer> ids = new ArrayList<>();
    List<TokenBatch.Segment> segments = new ArrayList<>();
    List<Integer> grown = numbers.stream().filter(n -> random.nextInt(3) > 0).toList();
    for (int sequence : grown) {
      int count = 1 + random.nextInt(6);
      naive.lengthen(sequence, count);
      segments.add(new TokenBatch.Segment(ids.size(), count, -1, sequence));
      for (int i = 0; i < count; i++) {
        int id = random.nextInt(VOCABULARY);
        ids.add(id);
        naive.sequences.get(sequence).add(new Token(id, new Object()));
      }
    }
    if (grown.isEmpty()) {
      return before;
    }
    TokenBatch batch = new TokenBatch(ids.stream().mapToInt(i -> i).toArray(), segments);
    int[] last = segments.stream().mapToInt(s -> s.start() + s.length() - 1).toArray();
    boolean tooLong = grown.stream().anyMatch(n -> naive.sequences.get(n).size() > CONTEXT);
    if (tooLong || naive.held() > CAPACITY) {
      assertThatThrownBy(() -> logits(naive.model, batch, cache, last))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining(tooLong ? "context length " + CONTEXT : "capacity " + CAPACITY);
      return before;
    }
    float[] found = logits(naive.model, batch, cache, last);
    for (int i = 0; i < grown.size(); i++) {
      float[] own = Arrays.copyOfRange(found, i * VOCABULARY, (i + 1) * VOCABULARY);
      assertClose(
          "sequence " + grown.get(i), own, alone(naive.model, naive.ids(grown.get(i))), SAME);
    }
    return naive;
  }

  /** A sequence is continued in two ways, by one token each. */
  private static Naive branch(KvCache cache, Naive before, int sequence, Random random) {
    Naive naive = before.copy();
    naive.lengthen(sequence, 1);
    TokenBatch batch =
        new TokenBatch(
            new int[] {random.nextInt(VOCABULARY), random.nextInt(VOCABULARY)},
            List.of(
                new TokenBatch.Segment(0, 1, -1, sequence),
                new TokenBatch.Segment(1, 1, -1, sequence)));
    int[] held = naive.ids(sequence);
    if (held.length + 1 > CONTEXT || naive.held() + 2 > CAPACITY) {
      assertThatThrownBy(() -> logits(naive.model, batch, cache, 0))
          .isInstanceOf(IllegalArgumentException.class);
      return before;
    }
    float[] found = logits(naive.model, batch, cache, 1);
    int[] whole = Ints.concat(held, new int[] {batch.ids()[1]});
    assertClose("second way of " + sequence, found, alone(naive.model, whole), SAME);
    return naive;
  }
}
