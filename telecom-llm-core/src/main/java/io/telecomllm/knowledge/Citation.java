package io.telecomllm.knowledge;

import static com.google.common.base.Preconditions.checkArgument;

import java.io.Serializable;

/**
 * A verbatim quotation of a clause. One that is not verbatim cannot be created. Immutable.
 *
 * @param clause the clause that is quoted
 * @param quotation the words, equal to the clause's text from {@code start} to {@code end}
 * @param start where the quotation begins in the text, in characters
 * @param end where it ends, exclusive
 */
public record Citation(Clause clause, String quotation, int start, int end)
    implements Serializable {
  /** Checks that the clause's text has the quotation there, character for character. */
  public Citation {
    int length = clause.text().length();
    checkArgument(
        start >= 0 && start < end && end <= length,
        "range is %s to %s, expected 0 <= start < end <= %s, the length of %s",
        start,
        end,
        length,
        clause.id());
    checkArgument(
        quotation.equals(clause.text().substring(start, end)),
        "quotation is not verbatim at %s to %s of %s: expected '%s', found '%s'",
        start,
        end,
        clause.id(),
        clause.text().substring(start, end),
        quotation);
  }

  /** Quotes a range of the clause's text. */
  public static Citation of(Clause clause, int start, int end) {
    int length = clause.text().length();
    boolean inside = start >= 0 && start < end && end <= length;
    return new Citation(clause, inside ? clause.text().substring(start, end) : "", start, end);
  }
}
