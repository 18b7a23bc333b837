package io.telecomllm.data;

/**
 * A test question that something a model learns from or reads already has.
 *
 * @param source the name of the source, such as {@code training}
 * @param found the id of the question or text in the source
 * @param test the id of the test question
 * @param kind what was found
 * @param similarity of questions the Jaccard similarity of their words; of texts the share of the
 *     test question's runs of three words that the text has; 0 to 1
 */
public record Leak(String source, String found, String test, Kind kind, double similarity) {
  /** What can leak. */
  public enum Kind {
    /** The same question: its text without tag, ignoring case and runs of white space. */
    SAME_QUESTION,
    /** A question whose words are the same to at least 4/5. */
    NEAR_DUPLICATE,
    /** The text has the test question's text nearly verbatim. */
    QUESTION_IN_TEXT,
    /** The text has the test question's explanation nearly verbatim. */
    EXPLANATION_IN_TEXT
  }
}
