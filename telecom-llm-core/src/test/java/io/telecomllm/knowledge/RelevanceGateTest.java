package io.telecomllm.knowledge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.telecomllm.IncompatibleException;
import io.telecomllm.TelecomLlmException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A gate passes the clause that a question was made of, and nothing where it is absent. */
class RelevanceGateTest {
  private static final int CLAUSES = 240;

  @TempDir private Path folder;

  private final List<Clause> clauses = new ArrayList<>();
  private final List<String> questions = new ArrayList<>();
  private final KnowledgeBase base;
  private final KnowledgeBase others;
  private final WordEmbedder embedder = new WordEmbedder(64, "words");

  RelevanceGateTest() {
    Random random = new Random(11);
    for (int i = 0; i < CLAUSES; i++) {
      List<String> words =
          IntStream.range(0, 14)
              .mapToObj(j -> "w" + (char) ('a' + random.nextInt(26)) + random.nextInt(20) + "x")
              .toList();
      clauses.add(Corpus.clause("1." + i, String.join(" ", words)));
      // six words of the clause and two of none
      questions.add(
          random
                  .ints(0, 14)
                  .distinct()
                  .limit(6)
                  .mapToObj(words::get)
                  .collect(Collectors.joining(" "))
              + " which what extra"
              + random.nextInt(9));
    }
    base = KnowledgeBase.of(clauses);
    others = KnowledgeBase.of(clauses.subList(0, CLAUSES / 2));
  }

  @AfterEach
  void close() {
    base.close();
    others.close();
  }

  private List<RelevanceExample> examples(int from, int to) {
    return IntStream.range(from, to)
        .mapToObj(i -> new RelevanceExample(questions.get(i), clauses.get(i).id()))
        .toList();
  }

  private Retriever hybrid(KnowledgeBase of) {
    return HybridRetriever.of(DenseRetriever.on(of, embedder).build());
  }

  private void separates(Retriever with, Retriever without) {
    RelevanceGate gate = RelevanceGate.fit(with, examples(0, 120), 0.95);
    RelevanceFigures figures = gate.figures();
    assertThat(figures.examples()).isEqualTo(120);
    assertThat(figures.precision()).isBetween(0.95, 1.0);
    assertThat(figures.recall()).isGreaterThan(0.75);
    assertThat(figures.refusal()).isGreaterThan(0.8);
    assertThat(figures.auroc()).isBetween(0.95, 1.0);
    RelevanceGate elsewhere = gate.over(without);
    int passed = 0;
    int refused = 0;
    for (int i = CLAUSES / 2; i < CLAUSES; i++) {
      Clause own = clauses.get(i);
      List<Passage> found = gate.search(questions.get(i), 3);
      passed += found.stream().anyMatch(p -> p.clause().equals(own)) ? 1 : 0;
      refused += elsewhere.search(questions.get(i), 3).isEmpty() ? 1 : 0;
      List<Clause> offered =
          with.search(questions.get(i), 10).stream().map(Passage::clause).toList();
      assertThat(offered).containsAll(found.stream().map(Passage::clause).toList());
    }
    assertThat(passed).isGreaterThan(CLAUSES / 2 * 3 / 4);
    assertThat(refused).isGreaterThan(CLAUSES / 2 * 4 / 5);
  }

  @Test
  void byWords() {
    separates(base, others);
  }

  @Test
  void byBoth() {
    separates(hybrid(base), hybrid(others));
  }

  @Test
  void ranksAreCountedAgainAndTheLimitHolds() {
    RelevanceGate gate = RelevanceGate.fit(base, examples(0, 100), 0.8);
    for (String question : questions) {
      List<Passage> found = gate.search(question, 2);
      assertThat(found).hasSizeLessThanOrEqualTo(2);
      for (int i = 0; i < found.size(); i++) {
        assertThat(found.get(i).rank()).isEqualTo(i + 1);
      }
    }
    assertThat(gate.search("nothing of it is there", 3)).isEmpty();
  }

  @Test
  void aHigherPrecisionIsAHigherThreshold() {
    RelevanceGate low = RelevanceGate.fit(base, examples(0, 100), 0.7);
    RelevanceGate high = RelevanceGate.fit(base, examples(0, 100), 0.99);
    assertThat(high.threshold()).isGreaterThan(low.threshold());
    assertThat(high.figures().refusal()).isGreaterThanOrEqualTo(low.figures().refusal());
    assertThat(high.id()).isNotEqualTo(low.id());
    assertThat(RelevanceGate.fit(base, examples(0, 100), 0.7).id()).isEqualTo(low.id());
  }

  @Test
  void savedAndLoadedItIsTheSame() {
    Retriever hybrid = hybrid(base);
    RelevanceGate gate = RelevanceGate.fit(hybrid, examples(0, 100), 0.9);
    Path file = folder.resolve("gate.json");
    gate.save(file);
    RelevanceGate loaded = RelevanceGate.load(file, hybrid);
    assertThat(loaded.id()).isEqualTo(gate.id());
    assertThat(loaded.figures()).isEqualTo(gate.figures());
    for (String question : questions.subList(0, 40)) {
      assertThat(loaded.search(question, 3)).isEqualTo(gate.search(question, 3));
    }
    assertThat(RelevanceGate.load(file, hybrid(others)).id())
        .isEqualTo(gate.over(hybrid(others)).id());
    assertThatThrownBy(() -> RelevanceGate.load(file, base))
        .isInstanceOf(IncompatibleException.class)
        .hasMessageContaining("gate.json: the gate was fitted for another way of searching");
    assertThatThrownBy(() -> gate.over(base))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("another kind of retriever or encoder");
  }

  @Test
  void damagedFilesAreRefused() throws IOException {
    Path file = folder.resolve("gate.json");
    RelevanceGate.fit(base, examples(0, 100), 0.9).save(file);
    String json = Files.readString(file);
    for (String change :
        List.of(
            "\"format\": 1|\"format\": 2",
            "\"coverage\"|\"covered\"",
            "\"threshold\": 0.|\"threshold\": 7.",
            "\"intercept\"|\"interceptor\"",
            "\"deviation\": 0.|\"deviation\": -0.")) {
      String[] parts = change.split("\\|", -1);
      assertThat(json).contains(parts[0]);
      Files.writeString(file, json.replace(parts[0], parts[1]));
      assertThatThrownBy(() -> RelevanceGate.load(file, base))
          .as(change)
          .isInstanceOf(TelecomLlmException.class)
          .hasMessageContaining("gate.json");
    }
    byte[] whole = json.getBytes(StandardCharsets.UTF_8);
    Files.write(file, java.util.Arrays.copyOf(whole, whole.length / 2));
    assertThatThrownBy(() -> RelevanceGate.load(file, base))
        .isInstanceOf(TelecomLlmException.class)
        .hasMessageContaining("gate.json");
  }

  @Test
  void whatCannotBeFittedSaysWhy() {
    assertThatThrownBy(() -> RelevanceGate.fit(base, examples(0, 49), 0.9))
        .hasMessage("there are 49 examples, expected at least 50");
    assertThatThrownBy(() -> RelevanceGate.fit(base, examples(0, 60), 0.5))
        .hasMessage("precision is 0.5, expected over 0.5 to 1");
    List<RelevanceExample> unknown =
        questions.stream().map(question -> new RelevanceExample(question, "TS 9#1")).toList();
    assertThatThrownBy(() -> RelevanceGate.fit(base, unknown, 0.9))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("the search finds no relevant passage");
    Retriever foreign =
        new Retriever() {
          @Override
          public List<Passage> search(Query query) {
            return List.of();
          }

          @Override
          public String id() {
            return "0".repeat(64);
          }
        };
    assertThatThrownBy(() -> RelevanceGate.fit(foreign, examples(0, 60), 0.9))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("expected a KnowledgeBase, DenseRetriever or HybridRetriever");
    // labels at random: no threshold tells them apart
    List<RelevanceExample> random = new ArrayList<>();
    for (int i = 0; i < 120; i++) {
      String id = base.search(questions.get(i), 2).get(i % 2).clause().id();
      random.add(new RelevanceExample(questions.get(i), id));
    }
    assertThatThrownBy(() -> RelevanceGate.fit(base, random, 0.99))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no threshold reaches more than");
  }
}
