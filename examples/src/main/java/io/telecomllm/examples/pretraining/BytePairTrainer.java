package io.telecomllm.examples.pretraining;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Learns a byte-level BPE vocabulary (Sennrich et al. 2016) with the merges of Hugging Face's
 * trainer: the most frequent pair first, ties by the lowest ids.
 */
final class BytePairTrainer {
  /** The special tokens, whose ids are their indices; no text encodes to them. */
  static final List<String> SPECIAL =
      List.of(
          "<unk>",
          "<s>",
          "<|endoftext|>",
          "<|system|>",
          "<|user|>",
          "<|assistant|>",
          "<|end|>",
          "<|pad|>");

  /** GPT-2's split into words, each with the space before it; every digit is a word. */
  private static final Pattern WORD =
      Pattern.compile(
          "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+"
              + "|\\s+(?![^\\s\\p{N}])|\\s+",
          Pattern.UNICODE_CHARACTER_CLASS);

  private final List<String> tokens = new ArrayList<>(SPECIAL);
  private final Map<String, Integer> ids = new HashMap<>();
  private final List<Pair> merges = new ArrayList<>();
  private final List<Word> words = new ArrayList<>();
  private final Map<Pair, Integer> counts = new HashMap<>();

  /**
   * A learned vocabulary.
   *
   * @param tokens the tokens by id, the special ones first
   * @param merges the pairs of tokens that become one, in the order of learning
   */
  record Vocabulary(List<String> tokens, List<List<String>> merges) {}

  private record Pair(int left, int right) {}

  /** A word of the texts and the tokens that it currently consists of. */
  private static final class Word {
    private final int count;
    private List<Integer> parts;

    Word(int count, List<Integer> parts) {
      this.count = count;
      this.parts = parts;
    }
  }

  private BytePairTrainer() {}

  /** Learns {@code size} tokens, or fewer if the texts have no more pairs. */
  static Vocabulary train(List<String> texts, int size) {
    BytePairTrainer trainer = new BytePairTrainer();
    trainer.read(texts);
    while (trainer.tokens.size() < size && !trainer.counts.isEmpty()) {
      trainer.merge();
    }
    List<List<String>> merges =
        trainer.merges.stream()
            .map(p -> List.of(trainer.tokens.get(p.left()), trainer.tokens.get(p.right())))
            .toList();
    return new Vocabulary(List.copyOf(trainer.tokens), merges);
  }

  private void read(List<String> texts) {
    tokens.addAll(ByteAlphabet.sorted());
    tokens.forEach(token -> ids.put(token, ids.size()));
    Map<String, Integer> spelled = new TreeMap<>();
    for (String text : texts) {
      Matcher word = WORD.matcher(text);
      while (word.find()) {
        spelled.merge(ByteAlphabet.spell(word.group()), 1, Integer::sum);
      }
    }
    spelled.forEach(
        (word, count) -> {
          List<Integer> parts =
              word.chars().mapToObj(c -> ids.getOrDefault(Character.toString(c), 0)).toList();
          words.add(new Word(count, parts));
        });
    words.forEach(word -> count(word, 1));
  }

  /** Adds the pairs of a word to the counts, or subtracts them. */
  private void count(Word word, int sign) {
    Map<Pair, Integer> changes = new LinkedHashMap<>();
    for (int i = 1; i < word.parts.size(); i++) {
      changes.merge(new Pair(word.parts.get(i - 1), word.parts.get(i)), word.count, Integer::sum);
    }
    changes.forEach(
        (pair, change) ->
            // a count of 0 is removed
            counts.merge(pair, sign * change, (a, b) -> a + b == 0 ? null : a + b));
  }

  private void merge() {
    Pair best =
        counts.entrySet().stream()
            .min(
                Map.Entry.<Pair, Integer>comparingByValue(Comparator.reverseOrder())
                    .thenComparing(e -> e.getKey().left())
                    .thenComparing(e -> e.getKey().right()))
            .orElseThrow()
            .getKey();
    String token = tokens.get(best.left()) + tokens.get(best.right());
    int id = ids.computeIfAbsent(token, t -> tokens.size());
    if (id == tokens.size()) {
      tokens.add(token);
    }
    merges.add(best);
    for (Word word : words) {
      List<Integer> joined = joined(word.parts, best, id);
      if (joined.size() < word.parts.size()) {
        count(word, -1);
        word.parts = joined;
        count(word, 1);
      }
    }
  }

  private static List<Integer> joined(List<Integer> parts, Pair pair, int id) {
    List<Integer> joined = new ArrayList<>(parts.size());
    for (int i = 0; i < parts.size(); i++) {
      boolean here =
          i + 1 < parts.size() && parts.get(i) == pair.left() && parts.get(i + 1) == pair.right();
      joined.add(here ? id : parts.get(i));
      i += here ? 1 : 0;
    }
    return joined;
  }
}
