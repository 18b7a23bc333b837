package io.telecomllm.knowledge;

import java.util.List;

/**
 * The clauses that a clause points at. Immutable.
 *
 * @param found those that are in the knowledge base, in the order in which the text names them
 * @param missing those that are not
 */
public record References(List<Clause> found, List<Reference> missing) {
  /** Copies the lists. */
  public References {
    found = List.copyOf(found);
    missing = List.copyOf(missing);
  }
}
