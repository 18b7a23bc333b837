package io.telecomllm.training.questions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.telecomllm.data.Category;
import io.telecomllm.data.Question;
import io.telecomllm.facts.FactChecker;
import io.telecomllm.facts.Judge;
import io.telecomllm.facts.Judgement;
import io.telecomllm.knowledge.Clause;
import io.telecomllm.knowledge.KnowledgeBase;
import io.telecomllm.knowledge.Lexicon;
import io.telecomllm.knowledge.Term;
import io.telecomllm.training.questions.RejectedQuestion.Reason;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class QuestionsFromDocumentsTest {
  private static final Clause RELEASE =
      clause("5.1", "The SMF releases an idle PDU session of a device after 30 seconds.");
  private static final Clause BUFFER =
      clause("5.2", "The UPF buffers downlink packets while the device sleeps.");
  private static final String GOOD =
      draft(
          "What does the SMF release after 30 seconds?", "an idle PDU session", "a paging record");

  private final KnowledgeBase base = KnowledgeBase.of(List.of(RELEASE, BUFFER));

  /** Finds that only what the passages say word for word holds, and all else does not. */
  private static final Judge VERBATIM =
      cases ->
          cases.stream()
              .map(
                  each ->
                      each.passages().stream()
                              .anyMatch(p -> p.clause().text().contains(each.claim().text()))
                          ? new Judgement(1, 0, 0)
                          : new Judgement(0, 1, 0))
              .toList();

  @AfterAll
  void close() {
    base.close();
  }

  private static Clause clause(String number, String text) {
    return new Clause("TS 23.501", "", "", number, "", text, "");
  }

  private static String draft(String question, String answer, String... distractors) {
    return "{\"question\": \""
        + question
        + "\", \"answer\": \""
        + answer
        + "\", \"distractors\": [\""
        + String.join("\", \"", distractors)
        + "\"], \"explanation\": \"So it is.\"}";
  }

  private QuestionsFromDocuments by(String... drafts) {
    Iterator<String> next = List.of(drafts).iterator();
    return QuestionsFromDocuments.by(window -> next.next(), FactChecker.on(base).judge(VERBATIM));
  }

  private static List<Window> windows(int count) {
    List<Window> windows = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      windows.add(new Window(List.of(RELEASE)));
    }
    return windows;
  }

  @Test
  void aQuestionThatHoldsUpIsKeptWithWhatItRestsOn() {
    List<String> progress = new ArrayList<>();
    GenerationReport report =
        by(GOOD)
            .category(Category.STANDARDS_SPECIFICATIONS)
            .listener((done, total, kept) -> progress.add(done + "/" + total + ", " + kept))
            .from(windows(1));
    assertThat(report.rejected()).isEmpty();
    GeneratedQuestion kept = report.kept().get(0);
    assertThat(kept.question().id()).isEqualTo("generated 1");
    assertThat(kept.question().answerText()).isEqualTo("an idle PDU session");
    assertThat(kept.question().options())
        .containsExactlyInAnyOrder("an idle PDU session", "a paging record");
    assertThat(kept.question().explanation()).isEqualTo("So it is.");
    assertThat(kept.question().category()).isEqualTo(Category.STANDARDS_SPECIFICATIONS);
    assertThat(kept.citation().clause()).isEqualTo(RELEASE);
    assertThat(progress).containsExactly("1/1, 1");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "NOT_PARSED           | Here is your question: What is the SMF?",
        "NOT_PARSED           | {\"question\": \"What is it of the SMF?\"}",
        "MALFORMED            | {\"question\": \"What does the SMF do?\", \"answer\": \"a\","
            + " \"distractors\": [], \"explanation\": \"b\"}",
        "MALFORMED            | {\"question\": \"What does the SMF do?\", \"answer\": \"release\","
            + " \"distractors\": [\"Release \"], \"explanation\": \"b\"}",
        "MALFORMED            | {\"question\": \"What does the SMF do?\", \"answer\": \" \","
            + " \"distractors\": [\"Release\"], \"explanation\": \"b\"}",
        "MALFORMED            | {\"question\": \"What does the SMF do?\", \"answer\": \"a\","
            + " \"distractors\": [\"Release\"], \"explanation\": \"\"}",
        "REFERS_TO_TEXT       | {\"question\": \"What does this clause say of the SMF?\","
            + " \"answer\": \"a\", \"distractors\": [\"c\"], \"explanation\": \"b\"}",
        "SHORTCUT             | {\"question\": \"What does the SMF release?\", \"answer\":"
            + " \"an idle PDU session of a device\", \"distractors\": [\"a call\"],"
            + " \"explanation\": \"b\"}",
        "SHORTCUT             | {\"question\": \"What does the SMF release?\", \"answer\":"
            + " \"All of the above\", \"distractors\": [\"a call\"], \"explanation\": \"b\"}",
        "SHORTCUT             | {\"question\": \"When is an idle PDU session released?\","
            + " \"answer\": \"idle PDU session\", \"distractors\": [\"a long one of it\"],"
            + " \"explanation\": \"b\"}",
        "ANSWER_NOT_SUPPORTED | {\"question\": \"What does the SMF release?\", \"answer\":"
            + " \"a paging call\", \"distractors\": [\"a handover\"], \"explanation\": \"b\"}",
        "DISTRACTOR_NOT_REFUTED | {\"question\": \"What does the SMF release?\", \"answer\":"
            + " \"an idle PDU session\", \"distractors\": [\"PDU session\", \"a ship at sea\"],"
            + " \"explanation\": \"b\"}"
      })
  void whatDoesNotHoldUpIsReportedWithTheReason(Reason reason, String written) {
    GenerationReport report = by(written).from(windows(1));
    assertThat(report.kept()).isEmpty();
    assertThat(report.rejected())
        .singleElement()
        .satisfies(
            rejected -> {
              assertThat(rejected.reason()).as(rejected.detail()).isEqualTo(reason);
              assertThat(rejected.window()).isEqualTo("TS 23.501#5.1");
              assertThat(rejected.written()).isEqualTo(written);
            });
    assertThat(report.reasons()).isEqualTo(Map.of(reason, 1));
  }

  @Test
  void noQuestionResemblesAnotherOrOneToMeasureWith() {
    String reworded =
        draft(
            "What does the SMF release then after 30 seconds?",
            "an idle PDU session",
            "a paging card");
    GenerationReport report = by(GOOD, reworded).from(windows(2));
    assertThat(report.kept()).hasSize(1);
    assertThat(report.reasons()).isEqualTo(Map.of(Reason.DUPLICATE, 1));
    Question test =
        Question.of("q1", "After 30 seconds what does the SMF release?", List.of("a", "b"), 0);
    assertThat(by(GOOD).apartFrom(List.of(test)).from(windows(1)).rejected())
        .singleElement()
        .satisfies(r -> assertThat(r.reason()).isEqualTo(Reason.IN_TEST_SET))
        .satisfies(r -> assertThat(r.detail()).isEqualTo("as q1"));
  }

  @Test
  void unknownDistractorsAreKeptWhereTheyMayBe() {
    FactChecker words = FactChecker.on(base);
    QuestionsFromDocuments made = QuestionsFromDocuments.by(window -> GOOD, words);
    assertThat(made.from(windows(1)).reasons()).isEqualTo(Map.of(Reason.DISTRACTOR_NOT_REFUTED, 1));
    assertThat(made.distractorsRefuted(false).from(windows(1)).kept()).hasSize(1);
  }

  @Test
  void theWorkCanBeCancelled() {
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> by(GOOD).from(windows(1))).isInstanceOf(CancellationException.class);
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void shortClausesShareAWindow() {
    Clause other = new Clause("TS 38.331", "", "", "1", "", "Another document.", "");
    assertThat(Window.over(List.of(RELEASE, BUFFER, other), 15))
        .extracting(Window::ids)
        .containsExactly("TS 23.501#5.1, TS 23.501#5.2", "TS 38.331#1");
    assertThat(Window.over(List.of(RELEASE, BUFFER, other), 5)).hasSize(3);
    assertThat(new Window(List.of(BUFFER)).text())
        .isEqualTo("TS 23.501 5.2\nThe UPF buffers downlink packets while the device sleeps.");
  }

  @Test
  void acronymsBecomeQuestionsWithTheLikestOthers() {
    Lexicon lexicon =
        Lexicon.of(
            List.of(
                new Term("AMF", "Access and Mobility Management Function", "", "It is a function."),
                new Term("SMF", "Session Management Function", "", "It is a function."),
                new Term("UPF", "User Plane Function", "", "It is a function."),
                new Term("PDU", "Protocol Data Unit", "", "It is a unit."),
                new Term("MAC", "Medium Access Control", "", "A layer."),
                new Term("MAC", "Message Authentication Code", "", "A code."),
                new Term("cell", "", "", "An area.")));
    List<Question> questions = LexiconQuestions.of(lexicon, 3, 1);
    assertThat(questions).hasSize(4);
    Question smf = questions.get(1);
    assertThat(smf.id()).isEqualTo("acronym SMF");
    assertThat(smf.text()).isEqualTo("What does the acronym SMF stand for?");
    assertThat(smf.answerText()).isEqualTo("Session Management Function");
    assertThat(smf.options()).hasSize(3).doesNotContain("Protocol Data Unit");
    assertThat(LexiconQuestions.of(lexicon, 3, 1)).isEqualTo(questions);
    assertThat(LexiconQuestions.of(lexicon, 5, 1)).isEmpty();
    assertThatThrownBy(() -> LexiconQuestions.of(lexicon, 6, 1))
        .hasMessage("options is 6, must be 2 to 5");
  }
}
