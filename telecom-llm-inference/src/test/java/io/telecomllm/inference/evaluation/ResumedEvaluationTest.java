package io.telecomllm.inference.evaluation;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.telecomllm.BusyException;
import io.telecomllm.IncompatibleException;
import io.telecomllm.InvalidDataException;
import io.telecomllm.StorageException;
import io.telecomllm.data.Category;
import io.telecomllm.data.Question;
import io.telecomllm.inference.AnswererBuilder;
import io.telecomllm.inference.TelecomAnswerer;
import io.telecomllm.inference.calibration.ThresholdRule;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.testing.TinyModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An evaluation that was stopped goes on where it was. */
class ResumedEvaluationTest {
  private static final int BATCH = 4;
  private static LanguageModel model;

  @TempDir private Path folder;

  @BeforeAll
  static void load() {
    model = TinyModel.load(600);
  }

  @AfterAll
  static void close() {
    model.close();
  }

  private static AnswererBuilder builder() {
    return TelecomAnswerer.on(model).prompt(TinyModel.prompt()).batchSize(BATCH);
  }

  private static List<Question> questions(int count) {
    List<Question> questions = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      List<String> options = List.of("a" + i, "b" + i, "c" + i);
      questions.add(
          new Question("q" + i, "What is " + i + "?", options, i % 3, "", Category.LEXICON));
    }
    return questions;
  }

  @Test
  void itGoesOnAfterTheAnswersThatItHas() throws IOException {
    List<Question> questions = questions(10);
    Path file = folder.resolve("new/answers.jsonl");
    try (TelecomAnswerer answerer = builder().abstention(new ThresholdRule(0.7)).build()) {
      Evaluation whole = Evaluator.on(answerer).evaluate(questions);
      List<Integer> seen = new ArrayList<>();
      Evaluator evaluator =
          Evaluator.on(answerer).resumeFrom(file).listener((done, total, right) -> seen.add(done));
      assertThatThrownBy(() -> evaluator.cancelWhen(() -> seen.size() == 2).evaluate(questions))
          .isInstanceOf(CancellationException.class)
          .hasMessage("evaluation cancelled after 8 of 10");
      assertThat(Files.readAllLines(file)).hasSize(1 + 8);
      // what a killed process leaves
      String torn = Files.readString(file).stripTrailing();
      Files.writeString(file, torn.substring(0, torn.length() - 3));
      seen.clear();
      Evaluation resumed = evaluator.evaluate(questions);
      assertThat(seen).containsExactly(8, 10);
      assertThat(resumed.outcomes()).isEqualTo(whole.outcomes());
      assertThat(resumed.seconds()).isPositive();
      assertThat(whole.outcomes()).anyMatch(Outcome::given).anyMatch(o -> !o.given());

      // complete: nothing is asked
      String complete = Files.readString(file);
      seen.clear();
      assertThat(evaluator.evaluate(questions)).isEqualTo(resumed);
      assertThat(seen).isEmpty();
      assertThat(Files.readString(file)).isEqualTo(complete);
    }
  }

  @Test
  void anotherEvaluationIsRefusedNamingTheDifference() throws IOException {
    List<Question> questions = questions(4);
    Path file = folder.resolve("answers.jsonl");
    try (TelecomAnswerer answerer = builder().build();
        TelecomAnswerer careful = builder().abstention(new ThresholdRule(0.5)).build();
        TelecomAnswerer turned = builder().permutations(2).build()) {
      Evaluator.on(answerer).resumeFrom(file).evaluate(questions);
      String before = Files.readString(file);
      refused(careful, file, questions, "abstention is null, here it is ThresholdRule");
      refused(turned, file, questions, "answeredBy is ");
      refused(answerer, file, questions(5), "questions is ");
      assertThatThrownBy(
              () -> Evaluator.on(answerer).resumeFrom(file).evaluateWithoutRightOption(questions))
          .isInstanceOf(IncompatibleException.class)
          .hasMessageContaining("task is evaluate, here it is without right option");
      assertThat(Files.readString(file)).isEqualTo(before);
    }
  }

  private static void refused(
      TelecomAnswerer answerer, Path file, List<Question> questions, String message) {
    assertThatThrownBy(() -> Evaluator.on(answerer).resumeFrom(file).evaluate(questions))
        .isInstanceOf(IncompatibleException.class)
        .hasMessageStartingWith(file.getParent() + "/answers.jsonl: is of another evaluation: ")
        .hasMessageContaining(message);
  }

  @Test
  void aDamagedFileIsRefusedAndLeftAsItIs() throws IOException {
    List<Question> questions = questions(4);
    Path file = folder.resolve("answers.jsonl");
    try (TelecomAnswerer answerer = builder().build()) {
      Evaluator evaluator = Evaluator.on(answerer).resumeFrom(file);
      evaluator.evaluate(questions);
      String good = Files.readString(file);
      damaged(evaluator, file, good.replace("\"q2\"", "\"q3\""), "is of question q3, expected q2");
      damaged(evaluator, file, good.replace("\"confidence\":0", "\"confidence\":7"), "confidence");
      damaged(evaluator, file, good.replace("\"evaluation\":1", "\"evaluation\":2"), "evaluation");
      damaged(
          evaluator, file, good + good.lines().skip(4).findFirst().orElseThrow() + "\n", "none");
      damaged(evaluator, file, "hello\n", "line 1");
      damaged(evaluator, file, "a note without an end", "line 1: does not begin as the answers");
      damaged(evaluator, file, good.substring(0, 20) + "x", "line 1: does not begin as the");
      damaged(evaluator, file, good.replaceFirst("\"seconds\":", "$0-"), "line 2: seconds is -");
      damaged(
          evaluator,
          file,
          good.replaceFirst("(\"features\":\\[)(\\{[^}]*})", "$1$2,$2"),
          "line 2: a feature is twice");
      damaged(
          evaluator,
          file,
          good.replaceFirst("\"own\":\\{\"values\":\\[[^]]*]}", "\"own\":{\"values\":[0.5,0.5]}"),
          "line 2: a reading has 3 options, must be 2");
      // what a process that was killed at once leaves
      Files.writeString(file, good.substring(0, 20));
      assertThat(evaluator.evaluate(questions).outcomes()).hasSize(4);
    }
  }

  private static void damaged(Evaluator evaluator, Path file, String text, String message)
      throws IOException {
    assertThat(Files.readString(file)).isNotEqualTo(text);
    Files.write(file, text.getBytes(UTF_8));
    assertThatThrownBy(() -> evaluator.evaluate(questions(4)))
        .isInstanceOfAny(InvalidDataException.class, IncompatibleException.class)
        .hasMessageContaining(message);
    assertThat(Files.readString(file)).isEqualTo(text);
  }

  @Test
  void twoCannotWriteOneFile() {
    List<Question> questions = questions(8);
    Path file = folder.resolve("answers.jsonl");
    try (TelecomAnswerer answerer = builder().build()) {
      Evaluator evaluator = Evaluator.on(answerer).resumeFrom(file);
      Evaluator nested =
          evaluator.listener(
              (done, total, right) ->
                  assertThatThrownBy(() -> evaluator.evaluate(questions))
                      .isInstanceOf(BusyException.class)
                      .hasMessageEndingWith("is written by another evaluation, in this process"));
      assertThat(nested.evaluate(questions).outcomes()).hasSize(8);
    }
  }

  @Test
  void aLinkIsTheFileThatItLeadsTo() throws IOException {
    List<Question> questions = questions(4);
    Path file = folder.resolve("answers.jsonl");
    Path link = folder.resolve("link.jsonl");
    Files.createSymbolicLink(link, file);
    try (TelecomAnswerer answerer = builder().build()) {
      Evaluator evaluator = Evaluator.on(answerer).resumeFrom(link);
      assertThatThrownBy(() -> evaluator.evaluate(questions))
          .isInstanceOf(StorageException.class)
          .hasMessageContaining("links to what cannot be opened");
      Files.createFile(file);
      Evaluator nested =
          evaluator.listener(
              (done, total, right) ->
                  assertThatThrownBy(
                          () -> Evaluator.on(answerer).resumeFrom(file).evaluate(questions))
                      .isInstanceOf(BusyException.class));
      Evaluation evaluation = nested.evaluate(questions);
      assertThat(Files.isSymbolicLink(link)).isTrue();
      assertThat(Files.readAllLines(file)).hasSize(5);
      assertThat(Evaluator.on(answerer).resumeFrom(file).evaluate(questions)).isEqualTo(evaluation);
    }
  }

  @Test
  void whatCouldNotBeReadIsNotWritten() {
    Question endless =
        new Question("q".repeat(1 << 20), "What?", List.of("a", "b"), 0, "", Category.LEXICON);
    Path file = folder.resolve("answers.jsonl");
    try (TelecomAnswerer answerer = builder().build()) {
      assertThatThrownBy(() -> Evaluator.on(answerer).resumeFrom(file).evaluate(List.of(endless)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("at most 1048576 are kept; its question's id is too long");
    }
  }

  @Test
  void theRightOptionCanBeLeftOut() {
    List<Question> questions = new ArrayList<>(questions(6));
    questions.add(Question.of("two", "What?", List.of("a", "b"), 0));
    questions.add(Question.of("pointing", "What?", List.of("a", "b", "Both a and b"), 0));
    questions.add(Question.of("twice", "What?", List.of("a", "a", "b"), 0));
    questions.add(Question.of("all", "What?", List.of("a", "b", "All of the above"), 0));
    Path file = folder.resolve("answers.jsonl");
    try (TelecomAnswerer answerer = builder().abstention(new ThresholdRule(0.51)).build()) {
      List<Integer> abstained = new ArrayList<>();
      Evaluator evaluator =
          Evaluator.on(answerer).listener((done, total, right) -> abstained.add(right));
      List<RemovedOption> removed = evaluator.evaluateWithoutRightOption(questions);
      assertThat(removed)
          .extracting(RemovedOption::id)
          .containsExactly("q0", "q1", "q2", "q3", "q4", "q5");
      for (int i = 0; i < removed.size(); i++) {
        List<String> options = new ArrayList<>(questions.get(i).options());
        options.remove(questions.get(i).answer());
        double confidence = answerer.answer(questions.get(i).text(), options).confidence();
        assertThat(removed.get(i).confidence()).isCloseTo(confidence, within(1e-6));
        assertThat(removed.get(i).given()).isEqualTo(confidence >= 0.51);
      }
      assertThat(abstained.get(1))
          .isEqualTo((int) removed.stream().filter(r -> !r.given()).count());
      Evaluator kept = evaluator.resumeFrom(file);
      assertThat(kept.evaluateWithoutRightOption(questions)).isEqualTo(removed);
      abstained.clear();
      assertThat(kept.evaluateWithoutRightOption(questions)).isEqualTo(removed);
      assertThat(abstained).isEmpty();
    }
  }
}
