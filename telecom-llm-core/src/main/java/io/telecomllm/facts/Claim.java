package io.telecomllm.facts;

import static com.google.common.base.Preconditions.checkArgument;

import java.io.Serializable;

/**
 * Something that a text states, to be checked by itself. Immutable.
 *
 * @param question the question that the text answers; empty if there is none
 * @param text the statement, as it stands in the text; never blank
 * @param start where it begins in the text, in characters
 */
public record Claim(String question, String text, int start) implements Serializable {
  /** Checks that there is a statement. */
  public Claim {
    checkArgument(!text.isBlank(), "the claim is blank");
    checkArgument(start >= 0, "start is %s, must be 0 or more", start);
  }

  /** Creates a claim that stands alone. */
  public static Claim of(String text) {
    return new Claim("", text, 0);
  }

  /** Creates the claim that this is the answer to a question. */
  public static Claim answer(String question, String answer) {
    return new Claim(question, answer, 0);
  }

  /** Returns where it ends in the text, exclusive. */
  public int end() {
    return start + text.length();
  }

  /** Returns question and statement as one text. */
  String whole() {
    return question.isEmpty() ? text : question + "\n" + text;
  }
}
