package io.telecomllm.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonObject;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Map.Entry;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class NoKnowledgeHeuristicTest {
  @Test
  void itTakesAllOfTheAboveElseTheLongestElseTheFirst() {
    assertThat(choose("a", "all of the above.", "a very long option")).isEqualTo(1);
    assertThat(choose("a", "abc", "ab", "xyz")).isEqualTo(1);
    assertThat(choose("a", "b")).isZero();
    assertThat(choose("a", "All of the above were long", "None of the above, nor anything else"))
        .isEqualTo(2);
  }

  /** Recomputed naively from the raw JSON over the questions kept, and beside chance. */
  @Tag("shared")
  @Test
  void itsAccuracyOnTheRealDataIsThatOfANaiveRecomputation() {
    JsonObject raw = RealData.json();
    Map<String, Boolean> right = new HashMap<>();
    for (Entry<String, com.google.gson.JsonElement> e : raw.entrySet()) {
      List<String> options = RealData.options(e.getValue().getAsJsonObject());
      int chosen = -1;
      int longest = -1;
      for (int i = options.size() - 1; i >= 0; i--) {
        String option = options.get(i);
        longest = longest < 0 || option.length() >= options.get(longest).length() ? i : longest;
        chosen = option.replace(".", "").equalsIgnoreCase("all of the above") ? i : chosen;
      }
      chosen = chosen < 0 ? longest : chosen;
      String answer = e.getValue().getAsJsonObject().get("answer").getAsString();
      right.put(e.getKey(), answer.startsWith("option " + (chosen + 1) + ":"));
    }
    List<Question> kept = RealData.dataset().questions();
    double naive = kept.stream().mapToInt(q -> right.get(q.id()) ? 1 : 0).average().orElseThrow();
    double accuracy = NoKnowledgeHeuristic.accuracy(kept);
    assertThat(accuracy).isCloseTo(naive, within(1e-12));
    // the few rejected entries cannot turn the figure of the whole file
    double whole = right.values().stream().mapToInt(r -> r ? 1 : 0).average().orElseThrow();
    double rejected = (double) (right.size() - kept.size()) / right.size();
    assertThat(accuracy).isCloseTo(whole, within(rejected));
    // the reason to report it: it beats a blind guess
    double chance = DatasetStatistics.of(kept).chance();
    assertThat(accuracy).isBetween(chance, 1.0);
  }

  @Test
  void noAccuracyWithoutQuestions() {
    assertThatThrownBy(() -> NoKnowledgeHeuristic.accuracy(List.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("questions are empty, expected at least one");
  }

  private static int choose(String... options) {
    return NoKnowledgeHeuristic.choose(
        new Question("q", "What?", List.of(options), 0, "", Category.LEXICON));
  }
}
