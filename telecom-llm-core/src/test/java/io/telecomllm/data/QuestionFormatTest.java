package io.telecomllm.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.telecomllm.InvalidDataException;
import io.telecomllm.data.Rejection.Reason;
import io.telecomllm.testing.Shared;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Questions are read again as they were written, in every form. */
class QuestionFormatTest {
  @TempDir Path folder;

  @Property(tries = 200)
  void whatIsWrittenIsReadAgain(
      @ForAll("questions") List<Question> questions, @ForAll QuestionFormat format)
      throws IOException {
    Path file = Files.createTempFile("questions", ".json");
    try {
      format.write(questions, file);
      TeleQnADataset read = TeleQnADataset.read(file);
      assertThat(read.rejections()).isEmpty();
      assertThat(read.questions()).isEqualTo(questions);
    } finally {
      Files.delete(file);
    }
  }

  @Provide
  Arbitrary<List<Question>> questions() {
    Arbitrary<String> texts =
        Arbitraries.strings()
            .withChars("aB \"\\/<&,:\u00e9\u4e2d{}[]'1")
            .ofMinLength(1)
            .ofMaxLength(20)
            .filter(s -> s.equals(s.strip()) && !s.isBlank());
    Arbitrary<List<String>> options =
        texts.list().ofMinSize(2).ofMaxSize(9).map(QuestionFormatTest::numbered);
    return Combinators.combine(texts, options, texts, Arbitraries.of(Category.values()))
        .as((t, o, e, c) -> new Question("x", t, o, o.size() - 1, e.equals("a") ? "" : e, c))
        .list()
        .ofMinSize(1)
        .ofMaxSize(6)
        .map(
            list -> {
              List<Question> named = new ArrayList<>();
              for (Question q : list) {
                String id = "id " + named.size() + " \"" + list.size();
                named.add(
                    new Question(
                        id,
                        named.size() + q.text(),
                        q.options(),
                        q.answer(),
                        q.explanation(),
                        q.category()));
              }
              return named;
            });
  }

  private static List<String> numbered(List<String> options) {
    List<String> distinct = new ArrayList<>();
    options.forEach(option -> distinct.add(distinct.size() + option));
    return distinct;
  }

  @Tag("shared")
  @ParameterizedTest
  @EnumSource
  void allOfTeleQnAIsReadAgain(QuestionFormat format) {
    List<Question> questions = TeleQnADataset.read(Shared.questions()).questions();
    Path file = folder.resolve("all.json");
    format.write(questions, file);
    assertThat(TeleQnADataset.read(file).questions()).isEqualTo(questions);
  }

  @Test
  void anEntryWithoutANameMayHaveAnId() throws IOException {
    String entry = "{'id': %s, 'question': '%s', 'choices': ['a', 'b'], 'answer': 1}";
    String lines =
        String.join(
            "\n",
            entry.formatted("'q-7'", "Which?"),
            entry.formatted("8", "Who?"),
            entry.formatted("'q-7'", "What?"),
            "{'choices': 3, 'id': 'late'}");
    Path file = Files.writeString(folder.resolve("a.jsonl"), lines.replace('\'', '"'));
    TeleQnADataset read = TeleQnADataset.read(file);
    assertThat(read.questions()).extracting(Question::id).containsExactly("q-7", "question 1");
    assertThat(read.rejections())
        .extracting(Rejection::id, Rejection::reason)
        .containsExactly(tuple("q-7", Reason.DUPLICATE_ID), tuple("late", Reason.WRONG_TYPE));
  }

  @Test
  void aSubmissionIsReadAgainAndGraded() throws IOException {
    List<Question> questions =
        List.of(
            Question.of("question 17", "Which?", List.of("a", "b"), 1),
            Question.of("question 4", "Who?", List.of("a", "b", "c"), 2),
            Question.of("question 5", "What?", List.of("a", "b"), 0));
    Path file = folder.resolve("key.csv");
    Submission.key(questions).write(file);
    assertThat(file).hasContent("Question_ID,Answer_ID\n17,2\n4,3\n5,1\n");
    assertThat(Submission.read(file)).isEqualTo(Submission.key(questions));
    Submission mine = new Submission(Map.of("question 17", 1, "question 4", 0), "Phi-2");
    mine.write(file);
    assertThat(Submission.read(file)).isEqualTo(mine);
    assertThat(mine.grade(questions)).isEqualTo(new Accuracy(1, 3));
    // as the challenge's own key is: empty columns at the end, a line without anything
    Files.writeString(file, "Question_ID,Answer_ID,,,\r\n0,2,,,\r\n,,,,\r\n11,3,,,\r\n");
    assertThat(Submission.read(file).answers())
        .isEqualTo(Map.of("question 0", 1, "question 11", 2));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "Question,Answer|line 1: expected the columns Question_ID, Answer_ID and maybe Task",
        "Question_ID,Answer_ID;17,0|line 2: expected a question's number and an option from 1 to 9,"
            + " found \"17,0\"",
        "Question_ID,Answer_ID;x,1|line 2: expected a question's number",
        "Question_ID,Answer_ID;17|line 2: expected a question's number",
        "Question_ID,Answer_ID;1,2,Phi-2|line 2: expected a question's number",
        "Question_ID,Answer_ID;1,2;1,3|line 3: repeats question 1",
        "Question_ID,Answer_ID,Task;1,2,A;2,3,B|line 3: the task is \"B\", above it is \"A\"",
        "Question_ID,Answer_ID;99999999999,1|line 2: expected a question's number",
      })
  void aBrokenSubmissionIsRefused(String lines, String expected) throws IOException {
    Path file = Files.writeString(folder.resolve("bad.csv"), lines.replace(";", "\n"));
    assertThatThrownBy(() -> Submission.read(file))
        .isInstanceOf(InvalidDataException.class)
        .hasMessageStartingWith(file + ", " + expected);
  }

  @Test
  void aSubmissionNamesQuestionsByNumber() throws IOException {
    assertThatThrownBy(() -> new Submission(Map.of("q", 1), ""))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("id is \"q\", expected \"question N\"");
    assertThatThrownBy(() -> new Submission(Map.of(), "a,b"))
        .isInstanceOf(IllegalArgumentException.class);
    Path file = Files.write(folder.resolve("bytes.csv"), new byte[] {(byte) 0xff, 10});
    assertThatThrownBy(() -> Submission.read(file))
        .isInstanceOf(InvalidDataException.class)
        .hasMessage(file + ": is not UTF-8");
  }
}
