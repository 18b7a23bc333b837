package io.telecomllm.knowledge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.lucene.util.SmallFloat;
import org.junit.jupiter.api.Test;

/**
 * The ranking, with its bonus for a clause that is named, against BM25 written out term by term
 * (Robertson and Zaragoza 2009, eq. 3.15).
 */
class Bm25OracleTest {
  private static final double K1 = 1.2;
  private static final double B = 0.75;
  private static final int CLAUSES = 211;

  private record Scored(String id, double score) {}

  @Test
  void scoresAndOrderEqualTheNaiveOnes() {
    List<Clause> clauses = Corpus.random(CLAUSES, 1);
    List<String> queries = new ArrayList<>();
    Corpus.random(40, 2).forEach(c -> queries.add(c.title()));
    Corpus.random(10, 3).forEach(c -> queries.add(c.text()));
    Corpus.random(10, 12).forEach(c -> queries.add(c.title() + " " + c.clause()));
    try (KnowledgeBase base = KnowledgeBase.of(clauses)) {
      for (String query : queries) {
        List<Scored> expected = naive(clauses, query);
        List<Passage> found = base.search(query, CLAUSES);
        assertThat(found).as(query).hasSameSizeAs(expected);
        assertThat(found.stream().mapToDouble(Passage::score).toArray())
            .as(query)
            .containsExactly(expected.stream().mapToDouble(Scored::score).toArray(), within(1e-4));
        // equal up to places swapped within rounding, which the scores above have bounded
        assertThat(found.get(0).clause().id()).isIn(nearTop(expected));
        Map<String, Double> byId =
            expected.stream().collect(Collectors.toMap(Scored::id, Scored::score));
        assertThat(found.stream().mapToDouble(Passage::score).toArray())
            .as(query)
            .containsExactly(
                found.stream().mapToDouble(p -> byId.get(p.clause().id())).toArray(), within(1e-4));
      }
    }
  }

  @Test
  void shortClausesNeedNoRoundingOfLengths() {
    List<Clause> clauses =
        Corpus.random(CLAUSES, 4).stream()
            .filter(c -> Words.indexTerms(c.text()).size() <= 39)
            .toList();
    assertThat(clauses).hasSizeGreaterThan(20);
    clauses.forEach(
        c -> {
          int length = Words.indexTerms(c.text()).size();
          assertThat(SmallFloat.byte4ToInt(SmallFloat.intToByte4(length))).isEqualTo(length);
        });
  }

  private static List<String> nearTop(List<Scored> expected) {
    double top = expected.get(0).score();
    return expected.stream().filter(s -> top - s.score() < 1e-4).map(Scored::id).toList();
  }

  private static List<Scored> naive(List<Clause> clauses, String query) {
    List<Double> text = naive(clauses, Clause::text, query);
    List<Double> heading =
        naive(clauses, c -> c.spec() + " " + c.clause() + " " + c.title(), query);
    List<Scored> scored = new ArrayList<>();
    for (int i = 0; i < clauses.size(); i++) {
      boolean named = List.of(query.split(" ")).contains(clauses.get(i).clause());
      double score = text.get(i) + 2 * heading.get(i) + (named ? 3 : 0);
      if (score > 0) {
        scored.add(new Scored(clauses.get(i).id(), score));
      }
    }
    scored.sort(Comparator.comparing(Scored::score).reversed().thenComparing(Scored::id));
    return scored;
  }

  private static List<Double> naive(
      List<Clause> clauses, Function<Clause, String> field, String query) {
    List<List<String>> terms = clauses.stream().map(c -> Words.indexTerms(field.apply(c))).toList();
    double mean = terms.stream().mapToInt(List::size).average().orElseThrow();
    Set<String> asked = Words.queryTerms(query);
    Map<String, Long> holding =
        asked.stream()
            .collect(
                Collectors.toMap(t -> t, t -> terms.stream().filter(d -> d.contains(t)).count()));
    List<Double> scores = new ArrayList<>();
    for (List<String> document : terms) {
      // Lucene keeps a length in one byte: exact to 40, then with 4 significant bits
      double length = SmallFloat.byte4ToInt(SmallFloat.intToByte4(document.size()));
      double score = 0;
      for (String term : asked) {
        int frequency = Collections.frequency(document, term);
        long holders = holding.get(term);
        double idf = Math.log(1 + (terms.size() - holders + 0.5) / (holders + 0.5));
        score += idf * frequency / (frequency + K1 * (1 - B + B * length / mean));
      }
      scores.add(score);
    }
    return scores;
  }
}
