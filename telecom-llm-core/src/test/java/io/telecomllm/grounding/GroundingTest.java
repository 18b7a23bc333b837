package io.telecomllm.grounding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.telecomllm.data.Category;
import io.telecomllm.data.Question;
import io.telecomllm.grounding.Grounding.Grounded;
import io.telecomllm.knowledge.Clause;
import io.telecomllm.knowledge.KnowledgeBase;
import io.telecomllm.knowledge.Passage;
import io.telecomllm.prompt.EncodedAnswer;
import io.telecomllm.prompt.KnownTokens;
import io.telecomllm.prompt.RenderedQuestion;
import io.telecomllm.scoring.Scoring;
import io.telecomllm.testing.TinyModel;
import io.telecomllm.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GroundingTest {
  private static final int ENOUGH = 100_000;
  private static final Question QUESTION =
      new Question(
          "question 1",
          "Which function manages mobility?",
          List.of("AMF", "SMF"),
          0,
          "",
          Category.LEXICON);

  @TempDir static Path folder;
  private static Tokenizer tokenizer;
  private static KnowledgeBase base;

  @BeforeAll
  static void load() throws IOException {
    TinyModel.write(folder, 512);
    tokenizer = Tokenizer.load(folder);
    base =
        KnowledgeBase.of(
            IntStream.rangeClosed(1, 4)
                .mapToObj(
                    i ->
                        new Clause(
                            "TS 1", "", "", "" + i, "", "mobility " + "filler ".repeat(5 * i), ""))
                .toList());
  }

  @AfterAll
  static void close() {
    base.close();
    tokenizer.close();
  }

  private static Grounding grounding(Optional<Knowledge> knowledge, int budget) {
    return new Grounding(TinyModel.prompt(), new KnownTokens(tokenizer, 264), knowledge, budget);
  }

  private static Grounding three(int budget) {
    return grounding(Optional.of(new Knowledge(base, 3)), budget);
  }

  private static Grounded<RenderedQuestion> ask(Grounding grounding) {
    return grounding.ask(QUESTION.text(), QUESTION.options(), Scoring.LABEL::tokens);
  }

  @Test
  void theBudgetIsUsedToTheLastTokenAndTheLastReferencesGoFirst() {
    List<Passage> ranked = base.search(QUESTION.text(), 3);
    assertThat(ranked).hasSize(3);
    int budget = ENOUGH;
    for (int kept = 3; kept >= 0; kept--) {
      Grounded<RenderedQuestion> grounded = ask(three(budget));
      assertThat(grounded.passages()).isEqualTo(ranked.subList(0, kept));
      assertThat(grounded.fits()).isTrue();
      int tokens = Scoring.LABEL.tokens(grounded.question());
      assertThat(grounded.tokens()).isEqualTo(tokens);
      // the exact budget keeps the reference, one token less drops it
      assertThat(ask(three(tokens)).passages()).isEqualTo(grounded.passages());
      budget = tokens - 1;
    }
  }

  @Test
  void whatHasTheWordsOfAnOptionIsFound() {
    Clause clause = new Clause("TS 1", "", "", "1", "", "The anchor is kept by the gateway.", "");
    Clause other = new Clause("TS 1", "", "", "2", "", "Nothing is said of that here.", "");
    try (KnowledgeBase two = KnowledgeBase.of(List.of(other, clause))) {
      Grounding grounding = grounding(Optional.of(new Knowledge(two, 1)), ENOUGH);
      List<String> options = List.of("a timer", "an anchor");
      Grounded<RenderedQuestion> asked =
          grounding.ask("Which one?", options, Scoring.LABEL::tokens);
      assertThat(asked.passages()).extracting(Passage::clause).containsExactly(clause);
      Question question = new Question("q", "Which one?", options, 1, "", Category.LEXICON);
      assertThat(grounding.teach(question).passages()).isEqualTo(asked.passages());
      for (List<String> first : List.of(options, List.of("an anchor", "a timer"))) {
        assertThat(
                grounding
                    .askInOrders("Which one?", List.of(first), Scoring.LABEL::tokens)
                    .passages())
            .isEqualTo(asked.passages());
      }
    }
  }

  @Test
  void askingAndTeachingAgreeOnTheReferences() {
    for (Grounding grounding : List.of(three(ENOUGH), three(450), three(300))) {
      Grounded<EncodedAnswer> taught = grounding.teach(QUESTION);
      Grounded<RenderedQuestion> asked =
          grounding.ask(
              QUESTION.text(),
              QUESTION.options(),
              rendered ->
                  rendered.promptIds().length + rendered.candidates().get(0).answerIds().length);
      assertThat(asked.passages()).isEqualTo(taught.passages());
      assertThat(asked.tokens()).isEqualTo(taught.tokens());
      assertThat(asked.question().promptIds()).isEqualTo(taught.question().promptIds());
      assertThat(asked.question().candidates().get(0).answerIds())
          .isEqualTo(taught.question().answerIds());
    }
    assertThat(three(ENOUGH).teach(QUESTION).passages())
        .hasSizeGreaterThan(three(300).teach(QUESTION).passages().size());
  }

  /** The longest of them decides, and is what plain asking gives. */
  @Test
  void allOrdersHaveTheSameReferences() {
    List<String> shorter = List.of("A", "S");
    int budget = ask(three(ENOUGH)).tokens();
    Grounded<List<RenderedQuestion>> both =
        three(budget)
            .askInOrders(
                QUESTION.text(), List.of(shorter, QUESTION.options()), Scoring.LABEL::tokens);
    assertThat(both.passages()).hasSize(3).isEqualTo(ask(three(budget)).passages());
    assertThat(both.tokens()).isEqualTo(budget);
    assertThat(both.question().get(1).promptIds())
        .isEqualTo(ask(three(budget)).question().promptIds());
    Grounded<List<RenderedQuestion>> less =
        three(budget - 1)
            .askInOrders(
                QUESTION.text(), List.of(shorter, QUESTION.options()), Scoring.LABEL::tokens);
    assertThat(less.passages()).hasSize(2);
    assertThat(less.question().get(0).promptIds())
        .isEqualTo(
            three(less.tokens())
                .askInOrders(QUESTION.text(), List.of(shorter), Scoring.LABEL::tokens)
                .question()
                .get(0)
                .promptIds())
        .hasSizeLessThan(both.question().get(0).promptIds().length);
  }

  @Test
  void anEmptyKnowledgeBaseAsksWithoutReferences() {
    try (KnowledgeBase empty = KnowledgeBase.of(List.of())) {
      Grounded<RenderedQuestion> grounded =
          ask(grounding(Optional.of(Knowledge.of(empty)), ENOUGH));
      assertThat(grounded.passages()).isEmpty();
      assertThat(grounded.fits()).isTrue();
      assertThat(grounded.question().promptIds())
          .isEqualTo(ask(grounding(Optional.empty(), ENOUGH)).question().promptIds());
    }
  }

  @Test
  void aQuestionThatDoesNotFitAloneSaysSoWithItsLength() {
    int alone = ask(grounding(Optional.empty(), ENOUGH)).tokens();
    Grounded<RenderedQuestion> grounded = ask(three(alone - 1));
    assertThat(grounded.fits()).isFalse();
    assertThat(grounded.tokens()).isEqualTo(alone);
    assertThat(grounded.passages()).isEmpty();
    Grounded<EncodedAnswer> taught = three(10).teach(QUESTION);
    assertThat(taught.fits()).isFalse();
    assertThat(taught.tokens()).isGreaterThan(10);
  }

  @Test
  void theNumberOfReferencesHasARange() {
    assertThatThrownBy(() -> new Knowledge(base, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("references is 0, must be 1 to 50");
    assertThatThrownBy(() -> new Knowledge(base, 51))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("references is 51, must be 1 to 50");
  }
}
