package io.telecomllm.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.telecomllm.data.DatasetStatistics.Offer;
import io.telecomllm.data.DatasetStatistics.Words;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class DatasetStatisticsTest {
  @Test
  void everyFigureOfASmallSet() {
    Question a =
        new Question(
            "a",
            "What is X? [3GPP Release 18]",
            List.of("one", "three", "All of the above", "None of the above"),
            2,
            "Because it is.",
            Category.LEXICON);
    Question b =
        new Question(
            "b", "Why Y?", List.of("Both 1 and 2", "yes"), 1, "", Category.STANDARDS_OVERVIEW);
    DatasetStatistics s = DatasetStatistics.of(List.of(a, b));
    assertThat(s)
        .isEqualTo(
            new DatasetStatistics(
                2,
                Map.of(
                    Category.LEXICON, 1,
                    Category.STANDARDS_OVERVIEW, 1,
                    Category.RESEARCH_OVERVIEW, 0,
                    Category.RESEARCH_PUBLICATIONS, 0,
                    Category.STANDARDS_SPECIFICATIONS, 0),
                Map.of(2, 1, 4, 1),
                Map.of(1, 1, 2, 1),
                Map.of("3GPP Release 18", 1),
                new Offer(1, 1),
                new Offer(1, 0),
                2,
                1,
                0.375,
                0.5,
                new Words(2.5, 2, 2, 3, 3, 3),
                new Words(1.5, 0, 0, 3, 3, 3)));
  }

  @Test
  void percentilesAreNearestRanks() {
    List<Question> hundred =
        java.util.stream.IntStream.rangeClosed(1, 100)
            .mapToObj(
                i ->
                    new Question(
                        "q" + i,
                        "What?",
                        List.of("a", "b"),
                        0,
                        "word ".repeat(i),
                        Category.LEXICON))
            .toList();
    assertThat(DatasetStatistics.of(hundred).explanationWords())
        .isEqualTo(new Words(50.5, 1, 50, 90, 99, 100));
  }

  @Test
  void anEmptySetHasNoFigures() {
    DatasetStatistics s = DatasetStatistics.of(List.of());
    assertThat(s.questions()).isZero();
    assertThat(s.perCategory()).hasSize(5);
    assertThat(s.chance()).isZero();
    assertThat(s.heuristic()).isZero();
    assertThat(s.questionWords()).isEqualTo(new Words(0, 0, 0, 0, 0, 0));
  }

  @Tag("shared")
  @Test
  void theRealDataIsCountedCompletely() {
    TeleQnADataset data = RealData.dataset();
    DatasetStatistics s = data.statistics();
    int n = data.questions().size();
    assertThat(s.questions()).isEqualTo(n);
    for (Map<?, Integer> counts : List.of(s.perCategory(), s.perOptionCount(), s.perAnswer())) {
      assertThat(counts.values().stream().mapToInt(Integer::intValue).sum()).isEqualTo(n);
    }
    assertThat(s.perTag().values().stream().mapToInt(Integer::intValue).sum())
        .isEqualTo(count(data, q -> q.text().strip().endsWith("]")));
    assertThat(s.allOfTheAbove().offered()).isEqualTo(offering(data, "All of the above"));
    assertThat(s.noneOfTheAbove().offered()).isEqualTo(offering(data, "None of the above"));
    assertThat(s.allOfTheAbove().right()).isLessThanOrEqualTo(s.allOfTheAbove().offered());
    assertThat(s.fixed()).isLessThanOrEqualTo(n);
    double words =
        data.questions().stream()
            .mapToInt(
                q -> q.explanation().isBlank() ? 0 : q.explanation().trim().split("\\s+").length)
            .average()
            .orElseThrow();
    // no-break spaces part words for one of the two counts only
    assertThat(s.explanationWords().mean()).isCloseTo(words, within(0.01 * words));
  }

  private static int count(TeleQnADataset data, Predicate<Question> kind) {
    return (int) data.questions().stream().filter(kind).count();
  }

  private static int offering(TeleQnADataset data, String option) {
    return count(
        data, q -> q.options().stream().anyMatch(o -> o.replace(".", "").equalsIgnoreCase(option)));
  }
}
