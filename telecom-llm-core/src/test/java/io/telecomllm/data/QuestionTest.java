package io.telecomllm.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QuestionTest {
  private static final List<String> YES_NO = List.of("yes", "no");

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "What is X? [3GPP Release 18]   | 3GPP Release 18      | What is X?",
        "What is X?[3GPP Release 17]    | 3GPP Release 17      | What is X?",
        "What is X? [ IEEE C95.1 ]      | IEEE C95.1           | What is X?",
        "Name it. [TCP/IP]              | TCP/IP               | Name it.",
        "What? [Bluetooth - Overview]   | Bluetooth - Overview | What?",
        "Is [0, 1] closed? [ETSI NFV Release 5] | ETSI NFV Release 5 | Is [0, 1] closed?",
        "What is X?                     |                      | What is X?",
        "Which range holds x, [a, b]    |                      | Which range holds x, [a, b]",
        "What is the vector [1, 0]      |                      | What is the vector [1, 0]",
        "What is the unit of x [m]      |                      | What is the unit of x [m]",
        "Is x at most [10 dBm]          |                      | Is x at most [10 dBm]",
        "[3GPP Release 18]              |                      | [3GPP Release 18]",
        "[3GPP Release 18] What is X?   |                      | [3GPP Release 18] What is X?",
        "What is X? 3GPP Release 18]    |                      | What is X? 3GPP Release 18]",
      })
  void theTagIsWhatTheBracketsAtTheEndHold(String text, String tag, String rest) {
    Question question = question(text, YES_NO, 0);
    assertThat(question.release().orElse(null)).isEqualTo(tag);
    assertThat(question.textWithoutTag()).isEqualTo(rest);
  }

  @Test
  @org.junit.jupiter.api.Timeout(20)
  void aLongTextIsLookedThroughOnce() {
    String spaces = " ".repeat(1 << 20);
    assertThat(question("x" + spaces + "[" + spaces + "]y", YES_NO, 0).release()).isEmpty();
    assertThat(question("x" + spaces + "[A" + spaces + "]", YES_NO, 0).release()).isEmpty();
    assertThat(question("x", List.of("a" + spaces + "option" + spaces, "b"), 0))
        .matches(q -> !q.optionsPointAtOthers());
  }

  @Test
  void theAnswerIsOneOfTheOptions() {
    assertThat(question("What?", YES_NO, 1).answerText()).isEqualTo("no");
    assertMistake(() -> question("What?", YES_NO, 2), "q: answer is 2, expected 0 to 1");
    assertMistake(() -> question("What?", YES_NO, -1), "q: answer is -1, expected 0 to 1");
  }

  @Test
  void everyPartIsChecked() {
    assertMistake(() -> question("What?", List.of("one"), 0), "q: 1 options, expected 2 to 9");
    assertMistake(
        () -> question("What?", Collections.nCopies(10, "x"), 0), "q: 10 options, expected 2 to 9");
    assertMistake(() -> question("What?", List.of("a", " "), 0), "q: option 2 is blank");
    assertMistake(() -> question(" ", YES_NO, 0), "q: text is blank");
    assertMistake(() -> question("\udc00", YES_NO, 0), "q: text holds half of a surrogate pair");
    assertMistake(
        () -> question("What?", List.of("a", "\ud83d"), 0),
        "q: option 2 holds half of a surrogate pair");
    assertMistake(() -> new Question("", "What?", YES_NO, 0, "", Category.LEXICON), "id is blank");
    assertMistake(
        () -> new Question("q", "What?", YES_NO, 0, "\ud83dx", Category.LEXICON),
        "q: explanation holds half of a surrogate pair");
    assertMistake(
        () -> question("What?", YES_NO, 0).pointsAtOthers(2), "q: option is 2, expected 0 to 1");
    assertThat(question("\ud83d\ude00?", YES_NO, 0).text()).hasSize(3);
  }

  @Test
  void theOptionsCannotBeChanged() {
    List<String> options = new java.util.ArrayList<>(YES_NO);
    Question question = question("What?", options, 0);
    options.set(0, "maybe");
    assertThat(question.options()).containsExactly("yes", "no");
  }

  @Test
  void aCategoryIsFoundByItsLabel() {
    for (Category category : Category.values()) {
      assertThat(Category.of(category.label())).isEqualTo(category);
    }
    assertThat(Category.of(" research  OVERVIEW")).isEqualTo(Category.RESEARCH_OVERVIEW);
    assertMistake(
        () -> Category.of("Poetry"),
        "category is \"Poetry\", expected one of [Lexicon, Research overview,"
            + " Research publications, Standards overview, Standards specifications, Other]");
  }

  private static Question question(String text, List<String> options, int answer) {
    return new Question("q", text, options, answer, "", Category.LEXICON);
  }

  private static void assertMistake(
      org.assertj.core.api.ThrowableAssert.ThrowingCallable code, String message) {
    assertThatThrownBy(code).isInstanceOf(IllegalArgumentException.class).hasMessage(message);
  }
}
