package io.telecomllm.data;

/**
 * An entry that was not kept, and why.
 *
 * @param id the entry's name in its file
 * @param reason the first rule that it breaks
 * @param detail which field or option, and what was found there
 */
public record Rejection(String id, Reason reason, String detail) {
  /** The rules, in the order in which an entry is checked. */
  public enum Reason {
    /** An entry of the same name came before it. */
    DUPLICATE_ID,
    /** The entry is no object, or a field is no string. */
    WRONG_TYPE,
    /** A field comes twice in the entry. */
    DUPLICATE_FIELD,
    /** More than 64 fields, or a field like "Option 3" that is almost one of the known ones. */
    UNKNOWN_FIELD,
    /** A field is not there; options must be numbered from 1 without a gap. */
    MISSING_FIELD,
    /** No option, or a single one. */
    TOO_FEW_OPTIONS,
    /** More than {@link Question#MAX_OPTIONS} options. */
    TOO_MANY_OPTIONS,
    /** The name, the question, an option, the answer or the category is blank. */
    BLANK_FIELD,
    /** A control character, or half of a surrogate pair. */
    INVALID_TEXT,
    /** Not one of the five of {@link Category}. */
    UNKNOWN_CATEGORY,
    /** The answer is not of the form "option k: text" with k among the options. */
    ANSWER_NAMES_NO_OPTION,
    /**
     * The answer's text is not that of the option it names; case and white space do not count. Not
     * repaired, not even where another option has that text: number and text contradict each other,
     * and nothing in the file says which is right.
     */
    ANSWER_TEXT_DIFFERS,
    /** Two options are equal; case and runs of white space do not count. */
    EQUAL_OPTIONS,
    /** An earlier question has the same text and the same options, in whatever order. */
    DUPLICATE_QUESTION
  }
}
