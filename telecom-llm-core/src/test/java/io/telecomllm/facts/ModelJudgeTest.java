package io.telecomllm.facts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.telecomllm.knowledge.Clause;
import io.telecomllm.knowledge.Passage;
import io.telecomllm.lora.Deltas;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.prompt.Reference;
import io.telecomllm.scoring.OptionScorer;
import io.telecomllm.scoring.PromptedModel;
import io.telecomllm.scoring.Scoring;
import io.telecomllm.testing.TinyModel;
import java.util.List;
import java.util.Optional;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** A language model as the judge: its own probabilities of three options. */
class ModelJudgeTest {
  private static final int CONTEXT = 1200;
  private static final Claim ANSWER = Claim.answer("Who allocates addresses?", "The SMF");
  private static final Claim STATEMENT = Claim.of("The SMF allocates addresses.");

  private static Passage passage(String number, String text, int rank) {
    return new Passage(new Clause("TS 23.501", "", "", number, "IP", text, ""), 0, rank);
  }

  @Test
  void probabilitiesAreThoseOfTheScorer() {
    Passage passage = passage("5.9", "Addresses come from the SMF.", 1);
    try (LanguageModel model = TinyModel.load(CONTEXT);
        ModelJudge judge = ModelJudge.of(model);
        PromptedModelClosing own = new PromptedModelClosing(model)) {
      List<Judgement> judged =
          judge.judge(
              List.of(
                  new Judge.Case(ANSWER, List.of(passage)),
                  new Judge.Case(STATEMENT, List.of()),
                  new Judge.Case(STATEMENT, List.of(passage))));
      List<Double> expected =
          own.score(
              "Is this answer right according to the references? Question: Who allocates addresses?"
                  + " Answer: The SMF");
      assertThat(judged.get(0).supported()).isCloseTo(expected.get(0), Offset.offset(1e-6));
      assertThat(judged.get(0).refuted()).isCloseTo(expected.get(1), Offset.offset(1e-6));
      assertThat(judged.get(0).unknown()).isCloseTo(expected.get(2), Offset.offset(1e-6));
      assertThat(judged.get(1)).isEqualTo(Judgement.NONE);
      expected =
          own.score(
              "Is this statement right according to the references? The SMF allocates addresses.");
      assertThat(judged.get(2).supported()).isCloseTo(expected.get(0), Offset.offset(1e-6));
    }
  }

  /** The question as it must be rendered, written down again. */
  private static final class PromptedModelClosing implements AutoCloseable {
    private final PromptedModel prompted;
    private final OptionScorer scorer;

    PromptedModelClosing(LanguageModel model) {
      prompted = PromptedModel.of(model, Optional.empty(), Optional.empty());
      scorer = prompted.scorer(Deltas.none(), Scoring.LABEL);
    }

    List<Double> score(String text) {
      return scorer
          .score(
              prompted
                  .prompt()
                  .ask(
                      prompted.tokenizer(),
                      text,
                      List.of(
                          "Yes, the references say so",
                          "No, the references say otherwise",
                          "The references do not say"),
                      List.of(new Reference("TS 23.501 5.9 IP", "Addresses come from the SMF."))))
          .probabilities();
    }

    @Override
    public void close() {
      scorer.close();
      prompted.tokenizer().close();
    }
  }

  @Test
  void passagesThatDoNotFitAreLeftOutFromTheLastOn() {
    Passage first = passage("5.9", "Addresses come from the SMF.", 1);
    Passage tooLong = passage("5.10", "Other words. ".repeat(CONTEXT / 10), 2);
    try (LanguageModel model = TinyModel.load(CONTEXT);
        ModelJudge judge = ModelJudge.of(model)) {
      assertThat(judge.judge(List.of(new Judge.Case(ANSWER, List.of(first, tooLong)))))
          .isEqualTo(judge.judge(List.of(new Judge.Case(ANSWER, List.of(first)))));
    }
  }

  @Test
  void aClosedJudgeSaysSo() {
    try (LanguageModel model = TinyModel.load(CONTEXT)) {
      ModelJudge judge = ModelJudge.of(model);
      judge.close();
      judge.close();
      Judge.Case any = new Judge.Case(ANSWER, List.of(passage("1", "Any text.", 1)));
      assertThatThrownBy(() -> judge.judge(List.of(any))).isInstanceOf(IllegalStateException.class);
    }
  }
}
