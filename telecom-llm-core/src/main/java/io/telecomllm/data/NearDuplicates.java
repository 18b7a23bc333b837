package io.telecomllm.data;

import io.telecomllm.text.Texts;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Finds questions that ask almost the same: the Jaccard similarity of the sets of words in their
 * texts, without the tags, is at least 4/5. Examples are one word added to four or more, or one of
 * nine or more words replaced.
 *
 * <p>Why 4/5: on TeleQnA it joins rewordings ("the frequency range of mmWave" and "the frequency
 * range of the mmWave band") into groups of at most 4. At 3/4 the pattern "What does the acronym X
 * stand for?" alone joins 30 unrelated questions; at 9/10 rewordings are missed. A pair joined by
 * mistake does no harm, since its questions only stay on the same side of a split.
 *
 * <p>The search is exact, unlike MinHash: two sets that are this similar share one of the rarest
 * words of each (the prefix filter of Chaudhuri, Ganti and Kaushik, ICDE 2006), so only these words
 * are looked up.
 */
final class NearDuplicates {
  private static final int NUMERATOR = 4;
  private static final int DENOMINATOR = 5;

  private NearDuplicates() {}

  /**
   * A pair of similar questions: their indexes in the two lists, and their similarity from 4/5 to
   * 1.
   */
  record Pair(int left, int right, double similarity) {}

  /** Returns all pairs across two lists, ordered by right index, then by left index. */
  static List<Pair> between(List<Question> left, List<Question> right) {
    List<Set<String>> leftWords = words(left);
    List<Set<String>> rightWords = words(right);
    Map<String, Integer> frequency = new HashMap<>();
    for (List<Set<String>> side : List.of(leftWords, rightWords)) {
      side.forEach(set -> set.forEach(word -> frequency.merge(word, 1, Integer::sum)));
    }
    Map<String, List<Integer>> index = new HashMap<>();
    for (int i = 0; i < leftWords.size(); i++) {
      for (String word : rarest(leftWords.get(i), frequency)) {
        index.computeIfAbsent(word, w -> new ArrayList<>()).add(i);
      }
    }
    List<Pair> pairs = new ArrayList<>();
    for (int j = 0; j < rightWords.size(); j++) {
      Set<String> words = rightWords.get(j);
      Set<Integer> candidates = new HashSet<>();
      for (String word : rarest(words, frequency)) {
        candidates.addAll(index.getOrDefault(word, List.of()));
      }
      for (int i : candidates.stream().sorted().toList()) {
        int shared = shared(leftWords.get(i), words);
        int all = leftWords.get(i).size() + words.size() - shared;
        if ((long) DENOMINATOR * shared >= (long) NUMERATOR * all) {
          pairs.add(new Pair(i, j, (double) shared / all));
        }
      }
    }
    return pairs;
  }

  /**
   * Returns groups of the indexes of near-duplicates, joined directly or through others; a question
   * without near-duplicates is a group of its own. The indexes in a group ascend, and the groups
   * ascend by their first index.
   */
  static List<List<Integer>> groups(List<Question> questions) {
    int[] root = new int[questions.size()];
    for (int i = 0; i < root.length; i++) {
      root[i] = i;
    }
    for (Pair pair : between(questions, questions)) {
      int a = find(root, pair.left());
      int b = find(root, pair.right());
      root[Math.max(a, b)] = Math.min(a, b);
    }
    Map<Integer, List<Integer>> groups = new HashMap<>();
    for (int i = 0; i < root.length; i++) {
      groups.computeIfAbsent(find(root, i), r -> new ArrayList<>()).add(i);
    }
    return groups.values().stream().sorted(Comparator.comparing(g -> g.get(0))).toList();
  }

  /** Returns the Jaccard similarity of the words of two texts without their tags, 0 to 1. */
  static double similarity(Question left, Question right) {
    Set<String> a = Texts.words(left.textWithoutTag());
    Set<String> b = Texts.words(right.textWithoutTag());
    int shared = shared(a, b);
    return (double) shared / (a.size() + b.size() - shared);
  }

  private static int find(int[] root, int i) {
    while (root[i] != i) {
      root[i] = root[root[i]];
      i = root[i];
    }
    return i;
  }

  private static List<Set<String>> words(List<Question> questions) {
    return questions.stream().map(q -> Texts.words(q.textWithoutTag())).toList();
  }

  // a similar set holds at least 4n/5 of n words, and so one of these n - ceil(4n/5) + 1
  private static List<String> rarest(Set<String> words, Map<String, Integer> frequency) {
    int needed = (NUMERATOR * words.size() + DENOMINATOR - 1) / DENOMINATOR;
    return words.stream()
        .sorted(
            Comparator.comparing((String w) -> frequency.getOrDefault(w, 0))
                .thenComparing(Comparator.naturalOrder()))
        .limit(words.size() - needed + 1L)
        .toList();
  }

  private static int shared(Set<String> a, Set<String> b) {
    return (int) a.stream().filter(b::contains).count();
  }
}
