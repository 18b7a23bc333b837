package io.telecomllm.prompt;

import com.google.gson.JsonArray;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The merges of a SentencePiece vocabulary, which holds only a score for each token. */
final class ScoredMerges {
  private record Merge(String left, String right, float score) {}

  private ScoredMerges() {}

  /**
   * Every way to join two tokens into a third, the third's highest score first. Where scores are
   * equal the order is that of the converters that made the published tokenizer.json files.
   *
   * @param ids the tokens that text can become
   * @param scores by id
   */
  static JsonArray of(Map<String, Integer> ids, float[] scores, Set<String> excluded) {
    List<Merge> merges = new ArrayList<>();
    ids.entrySet().stream()
        .filter(entry -> !excluded.contains(entry.getKey()))
        .sorted(Map.Entry.comparingByValue())
        .forEach(entry -> merges.addAll(splits(entry.getKey(), scores[entry.getValue()], ids)));
    merges.sort(
        Comparator.comparing(Merge::score)
            .thenComparing(merge -> codePoints(merge.left()))
            .thenComparing(merge -> codePoints(merge.right()))
            .reversed());
    JsonArray array = new JsonArray(merges.size());
    merges.forEach(merge -> array.add(merge.left() + " " + merge.right()));
    return array;
  }

  private static List<Merge> splits(String token, float score, Map<String, Integer> ids) {
    List<Merge> splits = new ArrayList<>();
    for (int cut = Character.charCount(token.codePointAt(0));
        cut < token.length();
        cut += Character.charCount(token.codePointAt(cut))) {
      String left = token.substring(0, cut);
      String right = token.substring(cut);
      if (ids.containsKey(left) && ids.containsKey(right)) {
        splits.add(new Merge(left, right, score));
      }
    }
    splits.sort(
        Comparator.<Merge, Integer>comparing(merge -> ids.getOrDefault(merge.left(), 0))
            .thenComparing(merge -> ids.getOrDefault(merge.right(), 0)));
    return splits;
  }

  private static int codePoints(String token) {
    return token.codePointCount(0, token.length());
  }
}
