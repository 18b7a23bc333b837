package io.telecomllm.training.questions;

/**
 * A question that was not kept. Immutable.
 *
 * @param window the ids of the clauses that it was to be about
 * @param reason the first check that it failed
 * @param detail what was found
 * @param written what the author wrote
 */
public record RejectedQuestion(String window, Reason reason, String detail, String written) {
  /** The checks, in their order. */
  public enum Reason {
    /** It is not the JSON that was asked for. */
    NOT_PARSED,
    /** A part is blank, options are equal, or there is not one right and at least one wrong. */
    MALFORMED,
    /** It cannot be understood without the text that it is about. */
    REFERS_TO_TEXT,
    /** The right option can be told without knowledge, such as by its length. */
    SHORTCUT,
    /** It resembles a question that was kept before. */
    DUPLICATE,
    /** It resembles a question to measure with. */
    IN_TEST_SET,
    /** The knowledge base does not support the answer. */
    ANSWER_NOT_SUPPORTED,
    /** The knowledge base supports a wrong option, or does not refute it where that is required. */
    DISTRACTOR_NOT_REFUTED
  }
}
