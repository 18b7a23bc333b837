package io.telecomllm.inference;

import static org.assertj.core.api.Assertions.assertThat;

import io.telecomllm.data.Question;
import io.telecomllm.inference.calibration.AbstentionReason;
import io.telecomllm.inference.calibration.Evidence;
import io.telecomllm.inference.calibration.ThresholdRule;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.testing.TinyModel;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A model that is offered to say that it does not know is taken at its word. */
class NotKnownTest {
  private static final List<Question> QUESTIONS = TelecomAnswererTest.questions(40);
  private static LanguageModel model;

  @BeforeAll
  static void load() {
    model = TinyModel.load(1000);
  }

  @AfterAll
  static void close() {
    model.close();
  }

  private static AnswererBuilder builder() {
    return TelecomAnswerer.on(model).prompt(TinyModel.prompt().withAbstention());
  }

  @Test
  void theMostProbableAnswerCountsAlsoIfItIsNotToAnswer() {
    for (int permutations : new int[] {1, 3}) {
      try (TelecomAnswerer answerer = builder().permutations(permutations).build()) {
        List<Answer> answers = answerer.answer(QUESTIONS);
        assertThat(answers).hasAtLeastOneElementOfType(Answered.class);
        assertThat(answers).hasAtLeastOneElementOfType(Abstained.class);
        for (Answer answer : answers) {
          double unknown = answer.evidence().feature(Evidence.ABSTENTION);
          double best = (1 - unknown) * answer.evidence().probabilities().highest();
          assertThat(answer instanceof Abstained).isEqualTo(unknown > best);
          if (answer instanceof Abstained left) {
            assertThat(left.reason().kind()).isEqualTo(AbstentionReason.Kind.NOT_KNOWN);
            assertThat(left.reason().text())
                .startsWith("the model does not know, with a probability of 0.");
            assertThat(left.candidates()).hasSize(answer.options().size());
          }
        }
      }
    }
  }

  @Test
  void aRuleMayAbstainFromTheRest() {
    try (TelecomAnswerer answerer = builder().abstention(new ThresholdRule(1)).build()) {
      assertThat(answerer.answer(QUESTIONS))
          .allMatch(Abstained.class::isInstance)
          .extracting(answer -> ((Abstained) answer).reason().kind())
          .contains(AbstentionReason.Kind.NOT_KNOWN, AbstentionReason.Kind.LOW_CONFIDENCE);
    }
  }

  @Test
  void aPlainPromptOffersNothing() {
    try (TelecomAnswerer answerer = TelecomAnswerer.on(model).prompt(TinyModel.prompt()).build()) {
      for (Answer answer : answerer.answer(QUESTIONS)) {
        assertThat(answer).isInstanceOf(Answered.class);
        assertThat(answer.evidence().features()).doesNotContainKey(Evidence.ABSTENTION);
      }
    }
  }
}
