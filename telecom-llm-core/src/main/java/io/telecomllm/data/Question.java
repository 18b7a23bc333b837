package io.telecomllm.data;

import static com.google.common.base.Preconditions.checkArgument;
import static java.util.Objects.requireNonNull;

import io.telecomllm.text.Quoted;
import io.telecomllm.text.Texts;
import java.io.Serializable;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A multiple-choice question with one correct option. Immutable.
 *
 * @param id unique within a data set, such as {@code question 17}
 * @param text the question with its tag, such as {@code [3GPP Release 18]}; not blank
 * @param options 2 to 9 texts, none blank, in the order in which they are offered
 * @param answer the index of the correct option, from 0
 * @param explanation why it is correct; may be empty
 * @param category one of TeleQnA's five categories, or {@link Category#OTHER}
 */
public record Question(
    String id, String text, List<String> options, int answer, String explanation, Category category)
    implements Serializable {
  /** The fewest options that leave a choice. */
  public static final int MIN_OPTIONS = 2;

  /** The most options, so that each option's number is one digit. */
  public static final int MAX_OPTIONS = 9;

  // [3GPP Release 18], [TCP/IP], [Bluetooth - Overview]; not [0, 1], [a, b] or [10 dB]
  private static final Pattern TAG =
      Pattern.compile("[0-9]{0,3}[A-Z][A-Za-z0-9./+ -]{1,58}[A-Za-z0-9]");

  /** Checks every part. */
  public Question {
    requireNonNull(id, "id is null");
    requireNonNull(text, "text is null");
    requireNonNull(explanation, "explanation is null");
    requireNonNull(category, "category is null");
    options = List.copyOf(requireNonNull(options, "options is null"));
    checkArgument(!id.isBlank(), "id is blank");
    checkText(id, "id", id);
    checkArgument(!text.isBlank(), "%s: text is blank", id);
    checkText(id, "text", text);
    checkText(id, "explanation", explanation);
    checkArgument(
        options.size() >= MIN_OPTIONS && options.size() <= MAX_OPTIONS,
        "%s: %s options, expected %s to %s",
        id,
        options.size(),
        MIN_OPTIONS,
        MAX_OPTIONS);
    for (int i = 0; i < options.size(); i++) {
      checkArgument(!options.get(i).isBlank(), "%s: option %s is blank", id, i + 1);
      checkText(id, "option " + (i + 1), options.get(i));
    }
    checkArgument(
        answer >= 0 && answer < options.size(),
        "%s: answer is %s, expected 0 to %s",
        id,
        answer,
        options.size() - 1);
  }

  /** Creates a question of one's own, without explanation and category. */
  public static Question of(String id, String text, List<String> options, int answer) {
    return new Question(id, text, options, answer, "", Category.OTHER);
  }

  private static void checkText(String id, String part, String text) {
    checkArgument(
        Texts.isWellFormed(text), "%s: %s holds half of a surrogate pair", Quoted.line(id), part);
  }

  /** Returns the text of the correct option. */
  public String answerText() {
    return options.get(answer);
  }

  /**
   * Returns the tag at the end of the text without its brackets, such as {@code 3GPP Release 18}.
   */
  public Optional<String> release() {
    int start = tagStart();
    String whole = text.strip();
    return start < 0
        ? Optional.empty()
        : Optional.of(whole.substring(start + 1, whole.length() - 1).strip());
  }

  /** Returns the text without the tag at its end and without surrounding white space. */
  public String textWithoutTag() {
    int start = tagStart();
    String whole = text.strip();
    return start < 0 ? whole : whole.substring(0, start).strip();
  }

  /**
   * Returns whether the meaning of any option depends on the others, as in "both ...", "option 2",
   * "1 and 3", "all of the above" and "none of the above". Training shuffles the options of such a
   * question only in part or not at all.
   */
  public boolean optionsPointAtOthers() {
    return options.stream().anyMatch(o -> OptionReference.of(o) != OptionReference.NONE);
  }

  /**
   * Returns whether the meaning of one option depends on the others.
   *
   * @param option the option's index, from 0
   */
  boolean pointsAtOthers(int option) {
    checkArgument(
        option >= 0 && option < options.size(),
        "%s: option is %s, expected 0 to %s",
        id,
        option,
        options.size() - 1);
    return OptionReference.of(options.get(option)) != OptionReference.NONE;
  }

  // the index of the tag's bracket in the stripped text; -1 without a tag or with nothing before it
  private int tagStart() {
    String whole = text.strip();
    int open = whole.endsWith("]") ? whole.lastIndexOf('[') : -1;
    boolean tag =
        open > 0 && TAG.matcher(whole.substring(open + 1, whole.length() - 1).strip()).matches();
    return tag ? open : -1;
  }
}
