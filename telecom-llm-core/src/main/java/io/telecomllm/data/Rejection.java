package io.telecomllm.data;

/**
 * An entry that was rejected, and why.
 *
 * @param id the entry's name in its file
 * @param reason the first rule that it breaks
 * @param detail which field or option, and what was found there
 */
public record Rejection(String id, Reason reason, String detail) {
  /** The rules that an entry can break, in the order in which they are checked. */
  public enum Reason {
    /** An earlier entry has the same name. */
    DUPLICATE_ID,
    /** The entry is not an object, or a field is of another type than expected. */
    WRONG_TYPE,
    /** A field appears twice in the entry, or the options do, as choices and numbered. */
    DUPLICATE_FIELD,
    /** The entry has more than 64 fields, or a field like "Option 3" that is almost a known one. */
    UNKNOWN_FIELD,
    /** A field is missing or an option before the last one; the explanation may be. */
    MISSING_FIELD,
    /** There is no option, or only one. */
    TOO_FEW_OPTIONS,
    /** There are more than {@link Question#MAX_OPTIONS} options. */
    TOO_MANY_OPTIONS,
    /** The name, the question, an option, the answer or the category is blank. */
    BLANK_FIELD,
    /** A text holds a control character or half of a surrogate pair. */
    INVALID_TEXT,
    /** The category is not one of {@link Category}. */
    UNKNOWN_CATEGORY,
    /** The answer is not "option k: text" with k among the options, or no index of a choice. */
    ANSWER_NAMES_NO_OPTION,
    /**
     * The answer's text differs from that of the option it names, ignoring case and white space. It
     * is not repaired even if another option has that text: number and text contradict each other,
     * and nothing in the file says which is correct.
     */
    ANSWER_TEXT_DIFFERS,
    /** Two options are equal, ignoring case and runs of white space. */
    EQUAL_OPTIONS,
    /** An earlier question has the same text and the same options in any order. */
    DUPLICATE_QUESTION
  }
}
