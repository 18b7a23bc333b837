package io.telecomllm.tokenizer;

import com.google.gson.JsonArray;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Derives the merges of a SentencePiece vocabulary, which holds only a score for each token. */
final class ScoredMerges {
  private record Merge(String left, int leftId, String right, int rightId, float score) {}

  private ScoredMerges() {}

  /**
   * Returns every way to join two tokens into a third, the highest score of the third first. Ties
   * are ordered by the ids, as in the published tokenizer.json files of LLaMA-2 and Phi-3.
   *
   * @param scores by id
   * @param excluded the tokens that merges must not produce
   */
  static JsonArray of(Map<String, Integer> ids, float[] scores, Set<String> excluded) {
    List<Merge> merges = new ArrayList<>();
    ids.forEach(
        (token, id) -> {
          if (!excluded.contains(token)) {
            addSplits(token, scores[id], ids, merges);
          }
        });
    merges.sort(
        Comparator.comparing(Merge::score)
            .reversed()
            .thenComparing(Merge::leftId)
            .thenComparing(Merge::rightId));
    JsonArray array = new JsonArray(merges.size());
    merges.forEach(merge -> array.add(merge.left() + " " + merge.right()));
    return array;
  }

  private static void addSplits(
      String token, float score, Map<String, Integer> ids, List<Merge> merges) {
    for (int cut = token.offsetByCodePoints(0, 1);
        cut < token.length();
        cut = token.offsetByCodePoints(cut, 1)) {
      String left = token.substring(0, cut);
      String right = token.substring(cut);
      Integer leftId = ids.get(left);
      Integer rightId = ids.get(right);
      if (leftId != null && rightId != null) {
        merges.add(new Merge(left, leftId, right, rightId, score));
      }
    }
  }
}
