package io.telecomllm.knowledge.documents;

import io.telecomllm.knowledge.Clause;
import io.telecomllm.knowledge.ClauseNumbers;
import io.telecomllm.knowledge.documents.Omission.Reason;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Makes clauses of sections; no two of an import are the same edition of a clause. */
final class ClauseMaker {
  private final int maxWords;
  private final Map<String, Integer> parts = new HashMap<>();
  private final Set<String> editions = new HashSet<>();
  private final Set<String> seen = new HashSet<>();

  ClauseMaker(int maxWords) {
    this.maxWords = maxWords;
  }

  /** Returns the clauses of a document's sections, long ones in parts. */
  List<Clause> clauses(List<Section> sections, Edition edition, String source) {
    List<Clause> clauses = new ArrayList<>();
    for (Section section : sections) {
      String where = section.place().isEmpty() ? source : source + ", " + section.place();
      for (String text : Parts.of(section.lines(), maxWords)) {
        clauses.add(
            new Clause(
                edition.spec(),
                edition.version(),
                edition.release(),
                section.name(),
                section.title(),
                text,
                where));
      }
    }
    return clauses;
  }

  /**
   * Returns the clauses, those that share a name numbered as parts; one that was there before with
   * the same text is left out.
   */
  List<Clause> withoutRepeated(List<Clause> clauses, Omissions omissions) {
    List<Clause> kept = new ArrayList<>();
    for (Clause clause : clauses) {
      if (!seen.add(clause.edition() + " " + clause.sha256())) {
        omissions.add(Reason.REPEATED_CLAUSE, clause.clause());
        continue;
      }
      Clause own = clause;
      while (!editions.add(own.edition())) {
        int part = parts.merge(clause.edition(), 1, Integer::sum) + 1;
        own = renamed(clause, ClauseNumbers.part(clause.clause(), part));
      }
      kept.add(own);
    }
    return kept;
  }

  private static Clause renamed(Clause clause, String name) {
    return new Clause(
        clause.spec(),
        clause.version(),
        clause.release(),
        name,
        clause.title(),
        clause.text(),
        clause.source());
  }
}
