package io.telecomllm.inference.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.telecomllm.data.Accuracy;
import io.telecomllm.data.Category;
import io.telecomllm.data.NoKnowledgeHeuristic;
import io.telecomllm.data.Question;
import io.telecomllm.data.TeleQnADataset;
import io.telecomllm.inference.TelecomAnswerer;
import io.telecomllm.inference.calibration.CalibratedAnswer;
import io.telecomllm.inference.calibration.Evidence;
import io.telecomllm.inference.statistics.OptionProbabilities;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.testing.Shared;
import io.telecomllm.testing.SmolLm2;
import io.telecomllm.testing.TinyModel;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class EvaluatorTest {
  private static Question question(int number, Category category, int answer, String... options) {
    return new Question("q" + number, "What is it?", List.of(options), answer, "", category);
  }

  private static Outcome outcome(Question question, int option) {
    List<Double> probabilities = new ArrayList<>();
    for (int i = 0; i < question.options().size(); i++) {
      probabilities.add(i == option ? 1.0 : 0.0);
    }
    OptionProbabilities own = new OptionProbabilities(probabilities);
    return new Outcome(question, CalibratedAnswer.own(own), Evidence.of(own), Optional.empty());
  }

  @Test
  void countsByHand() {
    // the heuristic takes the longest option: right on the first two, wrong on the last three
    Evaluation evaluation =
        new Evaluation(
            List.of(
                outcome(question(1, Category.LEXICON, 1, "a", "bb"), 1),
                outcome(question(2, Category.LEXICON, 0, "aa", "b"), 1),
                outcome(question(3, Category.STANDARDS_OVERVIEW, 0, "a", "bb"), 0),
                outcome(question(4, Category.STANDARDS_OVERVIEW, 0, "a", "bb"), 1),
                outcome(question(5, Category.STANDARDS_OVERVIEW, 1, "aaa", "b"), 1)),
            2);
    assertThat(evaluation.accuracy()).isEqualTo(new Accuracy(3, 5));
    assertThat(evaluation.byCategory())
        .hasSize(2)
        .containsEntry(Category.LEXICON, new Accuracy(1, 2))
        .containsEntry(Category.STANDARDS_OVERVIEW, new Accuracy(2, 3));
    assertThat(evaluation.heuristic()).isEqualTo(new Accuracy(2, 5));
    assertThat(evaluation.beyondHeuristic()).isEqualTo(new Accuracy(2, 3));
    assertThat(evaluation.questionsPerSecond()).isEqualTo(2.5);
    assertThat(evaluation.table())
        .isEqualToNormalizingNewlines(
            """
            all questions                60.0 % [23.1, 88.2] of 5
              Lexicon                    50.0 % [9.5, 90.5] of 2
              Standards overview         66.7 % [20.8, 93.9] of 3
            no-knowledge heuristic       40.0 % [11.8, 76.9] of 5
            where the heuristic fails    66.7 % [20.8, 93.9] of 3
            loss of the choice           14.417, a guess has 0.693
            2.0 seconds, 2.50 questions/s
            """);
    assertThat(evaluation)
        .hasToString(
            "Evaluation[accuracy 60.0 % [23.1, 88.2] of 5, heuristic 40.0 % [11.8, 76.9] of 5,"
                + " 2.50 questions/s]");
  }

  @Test
  void progressAndCancelling() {
    List<Question> questions = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      questions.add(question(i, Category.LEXICON, i % 2, "a" + i, "b" + i));
    }
    try (LanguageModel model = TinyModel.load(600);
        TelecomAnswerer answerer =
            TelecomAnswerer.on(model).prompt(TinyModel.prompt()).batchSize(4).build()) {
      List<String> seen = new ArrayList<>();
      Evaluator evaluator =
          Evaluator.on(answerer)
              .listener((done, total, right) -> seen.add(done + "/" + total + " " + right));
      Evaluation evaluation = evaluator.evaluate(questions);
      assertThat(evaluation.outcomes()).extracting(Outcome::question).isEqualTo(questions);
      assertThat(seen).hasSize(3);
      assertThat(seen.get(0)).startsWith("4/10 ");
      assertThat(seen.get(2)).isEqualTo("10/10 " + evaluation.accuracy().right());

      AtomicInteger batches = new AtomicInteger();
      Evaluator cancelled = evaluator.cancelWhen(() -> batches.incrementAndGet() > 2);
      assertThatThrownBy(() -> cancelled.evaluate(questions))
          .isInstanceOf(CancellationException.class)
          .hasMessage("evaluation cancelled after 8 of 10");
      Thread.currentThread().interrupt();
      assertThatThrownBy(() -> evaluator.evaluate(questions))
          .isInstanceOf(CancellationException.class)
          .hasMessage("evaluation cancelled after 0 of 10");
      assertThat(Thread.interrupted()).isTrue();
      assertThatThrownBy(() -> evaluator.evaluate(List.of()))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("questions are empty, expected at least one");
    }
  }

  @Tag("shared")
  @Test
  void realQuestionsWhateverTheBatch() {
    List<Question> all = TeleQnADataset.read(Shared.questions()).questions();
    int step = Math.max(1, all.size() / 12);
    List<Question> questions = new ArrayList<>();
    for (int i = 0; i < all.size() && questions.size() < 12; i += step) {
      questions.add(all.get(i));
    }
    try (TelecomAnswerer one = TelecomAnswerer.on(SmolLm2.model()).batchSize(1).build();
        TelecomAnswerer eight = TelecomAnswerer.on(SmolLm2.model()).batchSize(8).build()) {
      Evaluation single = Evaluator.on(one).evaluate(questions);
      Evaluation batched = Evaluator.on(eight).evaluate(questions);
      for (int i = 0; i < questions.size(); i++) {
        List<Double> expected = single.outcomes().get(i).choice().probabilities().values();
        List<Double> found = batched.outcomes().get(i).choice().probabilities().values();
        for (int option = 0; option < expected.size(); option++) {
          assertThat(found.get(option))
              .as("%s, option %s", questions.get(i).id(), option)
              .isCloseTo(expected.get(option), within(1e-5));
        }
      }
      assertThat(batched.heuristic().value()).isEqualTo(NoKnowledgeHeuristic.accuracy(questions));
      assertThat(batched.heuristic().count()).isEqualTo(questions.size());
    }
  }
}
