package io.telecomllm.knowledge.documents;

import io.telecomllm.knowledge.Clause;
import java.util.List;

/**
 * The clauses of an import, in the order of the documents, and the report. Immutable.
 *
 * @param clauses all clauses
 * @param report where they come from and what was left out
 */
public record Imported(List<Clause> clauses, ImportReport report) {
  /** Copies the list. */
  public Imported {
    clauses = List.copyOf(clauses);
  }
}
