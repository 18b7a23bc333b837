package io.telecomllm.data;

import static org.assertj.core.api.Assertions.assertThat;

import io.telecomllm.data.Rejection.Reason;
import java.io.StringReader;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RejectionTest {
  private static final String QUESTION = "'question': 'What is X?'";
  private static final String OPTIONS = "'option 1': 'one', 'option 2': 'two'";
  private static final String ANSWER = "'answer': 'option 2: two'";
  private static final String REST = "'explanation': 'So.', 'category': 'Lexicon'";

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "a number for an entry     | 5 | WRONG_TYPE | the entry is a number, expected an object",
        "null for an entry         | null | WRONG_TYPE | the entry is null, expected an object",
        "an array for an entry     | [{}] | WRONG_TYPE | the entry is an array, expected an object",
        "a number for an option    | {Q, 'option 1': 1, 'option 2': 'two', A, R} | WRONG_TYPE"
            + " | \"option 1\" is a number, expected a string",
        "null for the category     | {Q, O, A, 'explanation': '', 'category': null} | WRONG_TYPE"
            + " | \"category\" is null, expected a string",
        "an object for the answer  | {Q, O, 'answer': {'a': 1}, R} | WRONG_TYPE"
            + " | \"answer\" is an object, expected a string",
        "a field twice             | {Q, O, A, A, R} | DUPLICATE_FIELD | \"answer\" appears twice",
        "an unknown field twice    | {Q, O, A, R, 'x': 1, 'x': 2} | DUPLICATE_FIELD"
            + " | \"x\" appears twice",
        "a misspelt option         | {Q, O, A, R, 'Option 3': 'three'} | UNKNOWN_FIELD"
            + " | \"Option 3\"",
        "an option with a zero     | {Q, O, A, R, 'option 03': 'three'} | UNKNOWN_FIELD"
            + " | \"option 03\"",
        "an option zero            | {Q, O, A, R, 'option 0': 'zero'} | UNKNOWN_FIELD"
            + " | \"option 0\"",
        "a misspelt answer         | {Q, O, 'answer ': 'x', A, R} | UNKNOWN_FIELD | \"answer \"",
        "no question               | {O, A, R} | MISSING_FIELD | \"question\"",
        "no answer                 | {Q, O, R} | MISSING_FIELD | \"answer\"",
        "a gap in the options      | {Q, O, 'option 4': 'four', A, R} | MISSING_FIELD"
            + " | \"option 3\", though the entry has 3 options",
        "no option                 | {Q, A, R} | TOO_FEW_OPTIONS | 0, expected at least 2",
        "one option                | {Q, 'option 1': 'one', 'answer': 'option 1: one', R}"
            + " | TOO_FEW_OPTIONS | 1, expected at least 2",
        "a blank question          | {'question': ' ', O, A, R} | BLANK_FIELD | \"question\"",
        "a blank option            | {Q, O, 'option 3': '', A, R} | BLANK_FIELD | \"option 3\"",
        "an option of no-break spaces | {Q, O, 'option 3': '\\u00a0', A, R} | BLANK_FIELD"
            + " | \"option 3\"",
        "a control character       | {Q, O, 'option 3': 'a\\u0000b', A, R} | INVALID_TEXT"
            + " | \"option 3\" holds a control character or half of a surrogate pair",
        "half of a surrogate pair  | {'question': 'X\\ud83d?', O, A, R} | INVALID_TEXT"
            + " | \"question\" holds a control character or half of a surrogate pair",
        "an unknown category       | {Q, O, A, 'explanation': '', 'category': 'Poetry'}"
            + " | UNKNOWN_CATEGORY | \"Poetry\", expected one of [Lexicon, Research overview,"
            + " Research publications, Standards overview, Standards specifications, Other], or none",
        "an answer past the end    | {Q, O, 'answer': 'option 3: two', R}"
            + " | ANSWER_NAMES_NO_OPTION"
            + " | \"option 3: two\", expected \"option k: text\" with k from 1 to 2",
        "an answer zero            | {Q, O, 'answer': 'option 0: two', R}"
            + " | ANSWER_NAMES_NO_OPTION"
            + " | \"option 0: two\", expected \"option k: text\" with k from 1 to 2",
        "an answer without a number | {Q, O, 'answer': 'two', R} | ANSWER_NAMES_NO_OPTION"
            + " | \"two\", expected \"option k: text\" with k from 1 to 2",
        "an answer too large for an int | {Q, O, 'answer': 'option 99999999999: two', R}"
            + " | ANSWER_NAMES_NO_OPTION"
            + " | \"option 99999999999: two\", expected \"option k: text\" with k from 1 to 2",
        "another option's text     | {Q, O, 'answer': 'option 1: two', R} | ANSWER_TEXT_DIFFERS"
            + " | \"two\", but option 1 is \"one\" and the text is option 2's",
        "nobody's text             | {Q, O, 'answer': 'option 1: three', R} | ANSWER_TEXT_DIFFERS"
            + " | \"three\", but option 1 is \"one\"",
        "an answer without text    | {Q, O, 'answer': 'option 1:', R} | ANSWER_TEXT_DIFFERS"
            + " | \"\", but option 1 is \"one\"",
        "equal options             | {Q, 'option 1': 'a  b', 'option 2': ' A b ',"
            + " 'answer': 'option 1: a b', R} | EQUAL_OPTIONS | options 1 and 2 are both \"A b\"",
      })
  void anEntryIsRejectedWithItsReason(String name, String entry, Reason reason, String detail) {
    TeleQnADataset data = read("{'first': {Q, O, 'option 3': 'x', A, R}, 'bad': " + entry + "}");
    assertThat(data.questions()).extracting(Question::id).containsExactly("first");
    assertThat(data.rejections()).containsExactly(new Rejection("bad", reason, detail));
    assertThat(data.entries()).isEqualTo(2);
  }

  @Test
  void aNameComesOnce() {
    TeleQnADataset data = read("{'a': {Q, O, A, R}, 'a': {Q, O, 'option 3': 'three', A, R}}");
    assertThat(data.questions()).extracting(q -> q.options().size()).containsExactly(2);
    assertThat(data.rejections())
        .containsExactly(
            new Rejection("a", Reason.DUPLICATE_ID, "an entry of this name came before"));
  }

  @Test
  void aNameIsNotBlankAndHasNoControls() {
    assertThat(read("{' ': {Q, O, A, R}, 'a\\u0007': {Q, O, A, R}}").rejections())
        .extracting(Rejection::reason, Rejection::detail)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple(Reason.BLANK_FIELD, "the entry's name"),
            org.assertj.core.groups.Tuple.tuple(Reason.INVALID_TEXT, "the entry's name"));
  }

  @Test
  void tenOptionsAreTooManyAndNineAreNot() {
    String nine = options(9);
    TeleQnADataset data =
        read(
            "{'nine': {Q, %s, 'answer': 'option 9: o9', R}, 'ten': {Q, %s, 'answer': 'option 9: o9', R}}"
                .formatted(nine, options(10)));
    assertThat(data.questions()).extracting(Question::answer).containsExactly(8);
    assertThat(data.rejections())
        .containsExactly(new Rejection("ten", Reason.TOO_MANY_OPTIONS, "10, expected at most 9"));
  }

  @Test
  void aFieldTooManyIsUnknown() {
    String many =
        IntStream.range(0, 100).mapToObj(i -> "'x" + i + "': 1").collect(Collectors.joining(", "));
    assertThat(read("{'a': {" + many + ", Q, O, A, R}}").rejections())
        .containsExactly(new Rejection("a", Reason.UNKNOWN_FIELD, "more than 64 fields"));
  }

  @Test
  void theSameQuestionIsKeptOnceInWhateverOrderItsOptionsStand() {
    TeleQnADataset data =
        read(
            "{'a': {Q, O, A, R}, 'b': {R, 'option 1': 'Two', 'option 2': 'one',"
                + " 'answer': 'option 1: two', 'question': ' what is  x?'},"
                + " 'c': {Q, O, 'answer': 'option 1: one', R},"
                + " 'd': {'question': 'What is X? [3GPP Release 18]', O, A, R}}");
    assertThat(data.questions()).extracting(Question::id).containsExactly("a", "d");
    assertThat(data.rejections())
        .containsExactly(
            new Rejection("b", Reason.DUPLICATE_QUESTION, "of \"a\""),
            new Rejection("c", Reason.DUPLICATE_QUESTION, "of \"a\", with another answer"));
  }

  @Test
  void whatDoesNotMatterIsForgiven() {
    TeleQnADataset data =
        read(
            "{'a': {'source': {'deep': [1, {'x': null}]}, 'question': '\\fWhat is X?\\n"
                + "', 'option 2': ' Vehicle-to-X (V2X)', 'option 1': 'one', 'explanation': '',"
                + " 'answer': 'Option  2 :  vehicle-to-x(V2X) ', 'category': 'standards "
                + " OVERVIEW'}}");
    assertThat(data.questions())
        .containsExactly(
            new Question(
                "a",
                "What is X?",
                List.of("one", "Vehicle-to-X (V2X)"),
                1,
                "",
                Category.STANDARDS_OVERVIEW));
  }

  private static String options(int count) {
    return IntStream.rangeClosed(1, count)
        .mapToObj(i -> "'option %d': 'o%d'".formatted(i, i))
        .collect(Collectors.joining(", "));
  }

  // Q, O, A and R stand for whole fields, ' for the quotation mark
  private static TeleQnADataset read(String json) {
    String document =
        json.replaceAll("\\bQ\\b", QUESTION)
            .replaceAll("\\bO\\b", OPTIONS)
            .replaceAll("\\bA\\b(?! b)", ANSWER)
            .replaceAll("\\bR\\b", REST)
            .replace('\'', '"');
    return TeleQnADataset.read(new StringReader(document), "test");
  }
}
