package io.telecomllm.knowledge.documents;

import static com.google.common.base.Preconditions.checkArgument;
import static java.util.Objects.requireNonNull;

import java.util.List;

/**
 * What an import left out of a file, for one reason. Immutable.
 *
 * @param reason why it was left out
 * @param count the number of places
 * @param places the first 20 places in order: the clause, such as {@code 5.6.1}, or the page
 */
public record Omission(Reason reason, int count, List<String> places) {
  /** The most places that are listed. */
  static final int MAX_PLACES = 20;

  /** Checks the count. */
  public Omission {
    requireNonNull(reason, "reason is null");
    places = List.copyOf(places);
    checkArgument(count > 0, "count is %s, must be positive", count);
  }

  /** Why something was left out. */
  public enum Reason {
    /** A picture or drawing without text. */
    PICTURE("pictures"),
    /** An embedded object, such as a spreadsheet or another document. */
    EMBEDDED_OBJECT("embedded objects"),
    /** An equation that is not text but a picture or an object. */
    EQUATION("equations without text"),
    /** A character of a symbol font whose meaning is not known. */
    SYMBOL("symbols of unknown fonts"),
    /** A reference or field whose result is not in the document. */
    FIELD("fields without a result"),
    /** Text that tracked changes delete or move away. */
    DELETED_TEXT("deleted texts"),
    /** Text that is marked as hidden. */
    HIDDEN_TEXT("hidden texts"),
    /** A line of a table of contents or figures. */
    CONTENTS("lines of tables of contents"),
    /** The cover of a specification. */
    TITLE_PAGE("title pages"),
    /** A running header, a footer or the number of a page. */
    HEADER_OR_FOOTER("headers and footers"),
    /** A page that holds no text, such as a scanned one. */
    PAGE_WITHOUT_TEXT("pages without text"),
    /** A script, a form or the navigation of a web page. */
    NOT_CONTENT("scripts, forms and navigation"),
    /** A clause that has a heading only. */
    EMPTY_CLAUSE("empty clauses"),
    /** A clause that is there already, with the same number and text. */
    REPEATED_CLAUSE("repeated clauses"),
    /** A question that the data set's own checks reject. */
    REJECTED_QUESTION("rejected questions");

    private final String words;

    Reason(String words) {
      this.words = words;
    }
  }

  /** Returns it in words, such as {@code pictures (2: 5.6.1, 5.7)}. */
  @Override
  public String toString() {
    String more = count > places.size() ? ", ..." : "";
    return reason.words + " (" + count + ": " + String.join(", ", places) + more + ")";
  }
}
