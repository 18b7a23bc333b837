package io.telecomllm.training.questions;

import static com.google.common.base.Preconditions.checkArgument;

import io.telecomllm.knowledge.Clause;
import io.telecomllm.text.Texts;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Clauses of one specification that follow each other, to ask a question about. Immutable.
 *
 * @param clauses at least one
 */
public record Window(List<Clause> clauses) {
  /** Checks that there is a clause and that all are of one specification. */
  public Window {
    clauses = List.copyOf(clauses);
    checkArgument(!clauses.isEmpty(), "the window has no clause");
    checkArgument(
        clauses.stream().map(Clause::spec).distinct().count() == 1,
        "the window has clauses of %s specifications, expected one",
        clauses.stream().map(Clause::spec).distinct().count());
  }

  /**
   * Returns windows over clauses in document order: a clause each, or, where they are short,
   * several of one specification until they have this number of words.
   *
   * @param words the least number of words of a window, if the specification has as many; over 0
   */
  public static List<Window> over(List<Clause> clauses, int words) {
    checkArgument(words > 0, "words is %s, must be over 0", words);
    List<Window> windows = new ArrayList<>();
    List<Clause> open = new ArrayList<>();
    int length = 0;
    for (Clause clause : clauses) {
      if (!open.isEmpty() && (length >= words || !open.get(0).spec().equals(clause.spec()))) {
        windows.add(new Window(open));
        open.clear();
        length = 0;
      }
      open.add(clause);
      length += Texts.wordCount(clause.text());
    }
    if (!open.isEmpty()) {
      windows.add(new Window(open));
    }
    return List.copyOf(windows);
  }

  /** Returns the text of the clauses with their headings, a clause after the other. */
  public String text() {
    return clauses.stream()
        .map(c -> (c.spec() + " " + c.clause() + " " + c.title()).strip() + "\n" + c.text())
        .collect(Collectors.joining("\n\n"));
  }

  /** Returns the ids of the clauses, joined by commas. */
  public String ids() {
    return clauses.stream().map(Clause::id).collect(Collectors.joining(", "));
  }
}
