package io.telecomllm.knowledge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;

/** Search by vectors, by words and by both, with the filters of the knowledge base. */
class DenseRetrieverTest {
  private final WordEmbedder embedder = new WordEmbedder(96, "words");

  private static Clause clause(String number, String release, String text) {
    return new Clause("TS 1", "", release, number, "", text, "");
  }

  @Test
  void meaningFindsWhatWordsDoNot() {
    List<Clause> clauses =
        List.of(
            clause("1", "", "the handset registers"),
            clause("2", "", "a beam carries power"),
            clause("3", "", "frames follow slots"));
    try (KnowledgeBase base = KnowledgeBase.of(clauses)) {
      DenseRetriever dense = DenseRetriever.on(base, embedder).build();
      assertThat(base.search("cellphone", 1)).isEmpty();
      Passage first = dense.search("cellphone", 3).get(0);
      assertThat(first.clause().clause()).isEqualTo("1");
      assertThat(first.rank()).isEqualTo(1);
      assertThat(first.score()).isBetween(0.3, 1.0);
      assertThat(HybridRetriever.of(dense).search("cellphone", 1).get(0).clause())
          .isEqualTo(first.clause());
    }
  }

  @Test
  void aReleaseLimitsEverySearch() {
    List<Clause> clauses = new ArrayList<>();
    for (Clause clause : Corpus.random(300, 4)) {
      String release = List.of("Release 17", "Release 18", "").get(clauses.size() % 3);
      clauses.add(new Clause(clause.spec(), "", release, clause.clause(), "", clause.text(), ""));
    }
    try (KnowledgeBase base = KnowledgeBase.of(clauses)) {
      DenseRetriever dense = DenseRetriever.on(base, embedder).build();
      for (Retriever retriever : List.of(base, dense, HybridRetriever.of(dense))) {
        assertThat(retriever.search("timer of a slot [3GPP Release 18]", 200))
            .hasSizeGreaterThan(20)
            .allMatch(passage -> !passage.clause().release().equals("Release 17"));
        assertThat(retriever.search("timer of a slot", 200))
            .anyMatch(passage -> passage.clause().release().equals("Release 17"));
      }
    }
  }

  @Test
  void fusionAddsReciprocalRanks() {
    List<Clause> clauses = Corpus.random(250, 7);
    try (KnowledgeBase base = KnowledgeBase.of(clauses)) {
      DenseRetriever dense = DenseRetriever.on(base, embedder).build();
      HybridRetriever hybrid = HybridRetriever.of(dense);
      for (String query : List.of("radio link", "NG-RAN paging", "TS 38.331 timer", "zzz")) {
        Map<String, Double> expected = new HashMap<>();
        for (List<Passage> list : List.of(base.search(query, 100), dense.search(query, 100))) {
          list.forEach(
              p -> expected.merge(p.clause().edition(), 1.0 / (60 + p.rank()), Double::sum));
        }
        List<Passage> found = hybrid.search(query, 30);
        assertThat(found).hasSize(30).isEqualTo(hybrid.search(query, 30));
        double before = Double.POSITIVE_INFINITY;
        for (Passage passage : found) {
          assertThat(passage.score()).isEqualTo(expected.remove(passage.clause().edition()));
          assertThat(passage.score()).isLessThanOrEqualTo(before);
          before = passage.score();
        }
        double last = before;
        assertThat(expected.values()).allMatch(score -> score <= last);
        assertThat(hybrid.search(query, 5)).isEqualTo(found.subList(0, 5));
      }
    }
  }

  @Test
  void theOrderOfIndexingChangesNothing() {
    List<Clause> clauses = new ArrayList<>(Corpus.random(120, 3));
    // equal texts, so equal products
    clauses.add(clause("7", "Release 17", "the same"));
    clauses.add(clause("7", "Release 18", "the same"));
    clauses.add(clause("6", "", "the same"));
    List<Clause> shuffled = new ArrayList<>(clauses);
    Collections.shuffle(shuffled, new Random(1));
    try (KnowledgeBase one = KnowledgeBase.of(clauses);
        KnowledgeBase two = KnowledgeBase.of(shuffled)) {
      DenseRetriever first = DenseRetriever.on(one, embedder).build();
      DenseRetriever second = DenseRetriever.on(two, embedder).build();
      assertThat(first.id()).isEqualTo(second.id()).isNotEqualTo(one.id());
      assertThat(HybridRetriever.of(first).id())
          .isEqualTo(HybridRetriever.of(second).id())
          .isNotEqualTo(first.id());
      for (String query : List.of("the same", "radio link")) {
        assertThat(first.search(query, 20)).isEqualTo(second.search(query, 20));
        assertThat(HybridRetriever.of(first).search(query, 20))
            .isEqualTo(HybridRetriever.of(second).search(query, 20));
      }
      assertThat(first.search("the same", 3))
          .extracting(passage -> passage.clause().edition())
          .containsExactly("TS 1#6", "TS 1#7 (Release 18)", "TS 1#7 (Release 17)");
    }
    assertThat(DenseRetriever.on(KnowledgeBase.of(clauses), new WordEmbedder(96, "x")).build().id())
        .isNotEqualTo(DenseRetriever.on(KnowledgeBase.of(clauses), embedder).build().id());
  }

  @Test
  void whatIsEncodedIsNameTitleAndText() {
    assertThat(DenseBuilder.text(new Clause("TS 1", "", "", "5.1", "General", "Text.", "")))
        .isEqualTo("General. Text.");
    assertThat(DenseBuilder.text(new Clause("Glossary", "", "", "AMF", "", "A function.", "")))
        .isEqualTo("AMF: A function.");
  }

  @Test
  void progressIsToldAndAnInterruptEndsIt() {
    List<EncodingProgress> told = new ArrayList<>();
    try (KnowledgeBase base = KnowledgeBase.of(Corpus.random(2_500, 2))) {
      DenseRetriever dense = DenseRetriever.on(base, embedder).listener(told::add).build();
      assertThat(told.get(0)).isEqualTo(new EncodingProgress(2_500, 0, 0, 0));
      assertThat(told).hasSize(4).endsWith(dense.report());
      assertThat(dense.report().encoded()).isEqualTo(2_500);
      Thread.currentThread().interrupt();
      assertThatThrownBy(() -> DenseRetriever.on(base, embedder).build())
          .isInstanceOf(CancellationException.class);
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  @Test
  void anEmbedderWhoseVectorsHaveAnotherSizeIsNamed() {
    Embedder wrong =
        new Embedder() {
          @Override
          public int dimensions() {
            return 3;
          }

          @Override
          public List<float[]> encode(List<String> passages) {
            return passages.stream().map(p -> new float[2]).toList();
          }

          @Override
          public float[] encodeQuery(String query) {
            return new float[2];
          }

          @Override
          public String id() {
            return "0".repeat(64);
          }
        };
    try (KnowledgeBase base = KnowledgeBase.of(Corpus.IDENTIFIERS)) {
      assertThatThrownBy(() -> DenseRetriever.on(base, wrong).build())
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("a vector of the embedder has 2 values, expected its dimensions, 3");
    }
  }
}
