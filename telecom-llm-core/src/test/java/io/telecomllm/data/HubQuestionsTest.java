package io.telecomllm.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.telecomllm.InvalidDataException;
import io.telecomllm.data.Rejection.Reason;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Questions as the Hugging Face hub has them, and other exports of tables. */
class HubQuestionsTest {
  private static final String FIRST =
      "{'question': 'Which node anchors the session?', 'choices': ['SMF', 'UPF', 'AMF'],"
          + " 'answer': 1, 'subject': 'Standards specifications', 'explanation': 'See 23.501.'}";
  private static final String SECOND =
      "{'subject': 'Lexicon', 'answer': 0, 'choices': ['HARQ', 'ARQ'],"
          + " 'question': 'What combines soft bits?'}";
  private static final List<Question> EXPECTED =
      List.of(
          new Question(
              "question 0",
              "Which node anchors the session?",
              List.of("SMF", "UPF", "AMF"),
              1,
              "See 23.501.",
              Category.STANDARDS_SPECIFICATIONS),
          new Question(
              "question 1",
              "What combines soft bits?",
              List.of("HARQ", "ARQ"),
              0,
              "",
              Category.LEXICON));

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[%s, %s]",
        "%s\n%s",
        "%s\n%s\n",
        "%s\r\n%s\r\n",
        "\n%s\n \t\n%s\n\n",
        "\ufeff%s\n%s",
        "{'question 0': %s, 'question 1': %s}"
      })
  void entriesAreReadAsArrayAsLinesAndByName(String form) {
    TeleQnADataset data = read(form.formatted(FIRST, SECOND));
    assertThat(data.rejections()).isEmpty();
    assertThat(data.questions()).isEqualTo(EXPECTED);
  }

  @Test
  void oneLineIsOneQuestion() {
    assertThat(read(FIRST).questions()).isEqualTo(EXPECTED.subList(0, 1));
    assertThat(read("{'x': {'y': 1}, 'answer': 0}").rejections())
        .extracting(Rejection::reason)
        .containsExactly(Reason.MISSING_FIELD);
    assertThat(read("[]").entries()).isZero();
    assertThat(read("{}").entries()).isZero();
  }

  @Test
  void thePublishedFormIsReadAsArrayAndAsLinesToo() {
    String one =
        "{'question': 'What is X?', 'option 1': 'one', 'option 2': 'two',"
            + " 'answer': 'option 2: two', 'category': 'Lexicon'}";
    Question expected =
        new Question("question 1", "What is X?", List.of("one", "two"), 1, "", Category.LEXICON);
    for (String form : List.of("[%s, %s]", "%s\n%s")) {
      assertThat(read(form.formatted(FIRST, one)).questions())
          .containsExactly(EXPECTED.get(0), expected);
    }
  }

  @Test
  void anExplanationAndTheLastOptionsMayBeMissingOrNull() {
    String start = "'question': 'What is X?', 'option 1': 'one', 'option 2': 'two', ";
    String end = "'answer': 'option 2: two', 'category': 'Lexicon'}";
    for (String middle :
        List.of("", "'explanation': null, ", "'option 3': null, 'option 4': null, ")) {
      TeleQnADataset data = read("{'a': {" + start + middle + end + "}");
      assertThat(data.rejections()).as(middle).isEmpty();
      assertThat(data.questions())
          .containsExactly(
              new Question("a", "What is X?", List.of("one", "two"), 1, "", Category.LEXICON));
    }
    assertThat(read(SECOND.replace("'ARQ'", "'ARQ', null, null")).questions())
        .extracting(Question::options)
        .containsExactly(List.of("HARQ", "ARQ"));
    // columns of both forms, as two joined tables have them
    String both = FIRST.replace("'question'", "'option 1': null, 'option 2': null, 'question'");
    assertThat(read(both).questions()).isEqualTo(EXPECTED.subList(0, 1));
    String other = "{'choices': null, 'subject': null, " + start + end;
    assertThat(read(other).questions()).extracting(Question::answerText).containsExactly("two");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "an index past the end | C, 'answer': 2, S | ANSWER_NAMES_NO_OPTION"
            + " | \"2\", expected an index from 0 to 1",
        "a negative index      | C, 'answer': -1, S | ANSWER_NAMES_NO_OPTION"
            + " | \"-1\", expected an index from 0 to 1",
        "half an index         | C, 'answer': 0.5, S | ANSWER_NAMES_NO_OPTION"
            + " | \"0.5\", expected an index from 0 to 1",
        "a huge index          | C, 'answer': 1e99, S | ANSWER_NAMES_NO_OPTION"
            + " | \"1e99\", expected an index from 0 to 1",
        "a text for an index   | C, 'answer': 'A', S | WRONG_TYPE"
            + " | \"answer\" is a string, expected a number, the index of a choice",
        "null for an index     | C, 'answer': null, S | WRONG_TYPE"
            + " | \"answer\" is null, expected a number, the index of a choice",
        "no answer             | C, S | MISSING_FIELD | \"answer\"",
        "a number as subject   | C, 'answer': 0, 'subject': 3 | WRONG_TYPE"
            + " | \"subject\" is a number, expected a string",
        "an unknown subject    | C, 'answer': 0, 'subject': 'Art' | UNKNOWN_CATEGORY"
            + " | \"Art\", expected one of [Lexicon, Research overview, Research publications,"
            + " Standards overview, Standards specifications, Other], or none",
        "one choice            | 'choices': ['a', null], 'answer': 0, S | TOO_FEW_OPTIONS"
            + " | 1, expected at least 2",
        "no choices            | 'choices': [], 'answer': 0, S | TOO_FEW_OPTIONS"
            + " | 0, expected at least 2",
        "ten choices           | 'choices': ['0','1','2','3','4','5','6','7','8','9'],"
            + " 'answer': 0, S | TOO_MANY_OPTIONS | 10, expected at most 9",
        "a null between        | 'choices': ['a', null, 'b'], 'answer': 0, S | MISSING_FIELD"
            + " | \"option 2\", though the entry has 2 options",
        "a null option between | 'option 1': 'a', 'option 2': null, 'option 3': 'b',"
            + " 'answer': 'option 1: a', S | MISSING_FIELD"
            + " | \"option 2\", though the entry has 2 options",
        "numbers as choices    | 'choices': [1, 2], 'answer': 0, S | WRONG_TYPE"
            + " | \"choices\" holds a number, expected strings only",
        "an object as choices  | 'choices': {'text': ['a', 'b']}, 'answer': 0, S | WRONG_TYPE"
            + " | \"choices\" is an object, expected an array",
        "a blank choice        | 'choices': ['a', ' '], 'answer': 0, S | BLANK_FIELD"
            + " | \"option 2\"",
        "equal choices         | 'choices': ['a', 'A'], 'answer': 0, S | EQUAL_OPTIONS"
            + " | options 1 and 2 are both \"A\"",
        "both forms            | C, 'option 1': 'a', 'answer': 0, S | DUPLICATE_FIELD"
            + " | options are in \"choices\" and in \"option k\"",
        "choices twice         | C, C, 'answer': 0, S | DUPLICATE_FIELD"
            + " | \"choices\" appears twice",
        "a control character   | 'choices': ['a', 'b\\u0007'], 'answer': 0, S | INVALID_TEXT"
            + " | \"option 2\" holds a control character or half of a surrogate pair",
      })
  void anEntryIsRejectedWithItsReason(String name, String fields, Reason reason, String detail) {
    String entry =
        "{'question': 'Which?', "
            + fields
                .replace("C,", "'choices': ['one', 'two'],")
                .replaceAll("\\bS$", "'subject': 'Lexicon'")
            + "}";
    for (String form : List.of("[%s, %s]", "%s\n%s")) {
      TeleQnADataset data = read(form.formatted(FIRST, entry));
      assertThat(data.questions()).isEqualTo(EXPECTED.subList(0, 1));
      assertThat(data.rejections()).containsExactly(new Rejection("question 1", reason, detail));
    }
  }

  @Test
  void aValueThatIsNoObjectIsRejected() {
    for (String form : List.of("[%s, 5]", "%s\n5")) {
      assertThat(read(form.formatted(FIRST)).rejections())
          .containsExactly(
              new Rejection(
                  "question 1", Reason.WRONG_TYPE, "the entry is a number, expected an object"));
    }
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "a broken second line | {'answer': 0}\\n{'answer': | some file, line 2: not JSON",
        "two on one line      | {'answer': 0}\\n{} {} | some file, line 2: not JSON",
        "an object on lines   | {'answer': 0,\\n 'x': 1} | some file, line 1: not JSON",
        "an array left open   | [{'answer': 0} | some file: not JSON: the text ends too early",
        "a comma at the end   | [{'answer': 0},] | some file: not JSON",
        "text after the array | [] {} | some file: not JSON",
        "deep choices         | {'choices': [[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]} | nested deeper",
      })
  void whatIsNotJsonIsRefused(String name, String document, String expected) {
    assertThatThrownBy(() -> read(document.replace("\\n", "\n")))
        .isInstanceOf(InvalidDataException.class)
        .hasMessageStartingWith("some file")
        .hasMessageContaining(expected);
  }

  @Test
  void entriesChoicesAndLinesAreBounded() {
    String choices = "'a',".repeat(500_000) + "'a'";
    assertThat(read("{'choices': [" + choices + "], 'answer': 0}").rejections())
        .containsExactly(
            new Rejection("question 0", Reason.TOO_MANY_OPTIONS, "more than 64 choices"));
    assertThatThrownBy(() -> read("[" + "0,".repeat(1_000_000) + "0]"))
        .isInstanceOf(InvalidDataException.class)
        .hasMessage("some file: more than 1000000 entries");
    String long17 = "{'answer': 0, 'x': [" + "0,".repeat(8 << 20) + "0]}";
    assertThatThrownBy(() -> read(long17))
        .isInstanceOf(InvalidDataException.class)
        .hasMessage("some file, line 1: is longer than 16777216 bytes");
  }

  @Test
  void everyTruncationOfAnArrayIsRefused() {
    byte[] whole =
        "[%s, %s]".formatted(FIRST, SECOND).replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    for (int length = 0; length < whole.length; length++) {
      byte[] cut = Arrays.copyOf(whole, length);
      assertThatThrownBy(() -> TeleQnADataset.read(new ByteArrayInputStream(cut), "some file"))
          .isInstanceOf(InvalidDataException.class)
          .hasMessageStartingWith("some file: ");
    }
  }

  @Test
  void aFileOfLinesIsReadPlainAndZipped(@TempDir Path folder) throws IOException {
    byte[] lines =
        (FIRST + "\n" + SECOND + "\n").replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    Path plain = Files.write(folder.resolve("test.jsonl"), lines);
    assertThat(TeleQnADataset.read(plain).questions()).isEqualTo(EXPECTED);
    Path zipped = folder.resolve("test.zip");
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(zipped))) {
      zip.putNextEntry(new ZipEntry("test.jsonl"));
      zip.write(lines);
    }
    assertThat(TeleQnADataset.read(zipped).questions()).isEqualTo(EXPECTED);
  }

  @Test
  void ownQuestionsNeedNoCategory() {
    TeleQnADataset own =
        read(
            "[{'question': 'Which?', 'choices': ['a', 'b'], 'answer': 1},"
                + " {'question': 'What?', 'choices': ['a', 'b'], 'answer': 0, 'subject': null},"
                + " {'question': 'Who?', 'option 1': 'a', 'option 2': 'b', 'answer': 'option 1: a'}]");
    assertThat(own.rejections()).isEmpty();
    assertThat(own.questions()).extracting(Question::category).containsOnly(Category.OTHER);
    assertThat(own.byCategory().get(Category.OTHER)).hasSize(3);
    assertThat(own.statistics().perCategory()).containsEntry(Category.OTHER, 3);
    assertThat(own.split(0.34, 1).validation()).hasSize(1);
    assertThat(read(FIRST).byCategory()).doesNotContainKey(Category.OTHER).hasSize(5);
    assertThat(read(FIRST).statistics().perCategory()).doesNotContainKey(Category.OTHER);
    assertThat(Question.of("q", "Which?", List.of("a", "b"), 1).category())
        .isEqualTo(Category.OTHER);
  }

  @Test
  void theSummaryCountsRejectionsByReason() {
    assertThat(read(FIRST).rejectionSummary()).isEmpty();
    String noAnswer = "{'question': 'Which?', 'choices': ['a', 'b'], 'subject': 'Lexicon'}";
    assertThat(read("[0, %s, %s, %s, %s]".formatted(noAnswer, FIRST, noAnswer, FIRST)))
        .extracting(TeleQnADataset::rejectionSummary)
        .isEqualTo(
            "4 of 5 entries rejected: 1 WRONG_TYPE (first \"question 0\": the entry is a number,"
                + " expected an object), 2 MISSING_FIELD (first \"question 1\": \"answer\"),"
                + " 1 DUPLICATE_QUESTION (first \"question 4\": of \"question 2\")");
  }

  // ' stands for the quotation mark
  private static TeleQnADataset read(String json) {
    return TeleQnADataset.read(new StringReader(json.replace('\'', '"')), "some file");
  }
}
