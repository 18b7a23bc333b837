package io.telecomllm.facts;

import io.telecomllm.knowledge.Citation;
import io.telecomllm.knowledge.Clause;
import io.telecomllm.knowledge.KnowledgeBase;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Looks whether the clauses that a claim names are in the knowledge base. */
final class ClauseRule implements Comparison {
  private final KnowledgeBase base;

  ClauseRule(KnowledgeBase base) {
    this.base = base;
  }

  @Override
  public List<Finding> compare(Claim claim, Evidence evidence) {
    List<Finding> findings = new ArrayList<>();
    for (ClauseMention mention : ClauseMention.in(claim.text())) {
      if (!mention.clause().isEmpty()) {
        findings.add(compare(mention));
      }
    }
    return findings;
  }

  /** Returns the clauses that a claim names and that are in the knowledge base. */
  List<Clause> named(Claim claim) {
    return ClauseMention.in(claim.text()).stream()
        .filter(mention -> !mention.clause().isEmpty())
        .flatMap(
            mention ->
                mention
                    .specIn(base)
                    .flatMap(spec -> base.find(spec + "#" + mention.clause()))
                    .stream())
        .distinct()
        .toList();
  }

  private Finding compare(ClauseMention mention) {
    Optional<String> spec = mention.specIn(base);
    if (spec.isEmpty()) {
      return Finding.without(
          Rule.CLAUSE,
          Finding.Outcome.UNVERIFIED,
          mention.spec() + " is not in the knowledge base");
    }
    String id = spec.get() + "#" + mention.clause();
    Optional<Clause> clause = base.find(id);
    if (clause.isPresent()) {
      Citation whole = Citation.of(clause.get(), 0, clause.get().text().length());
      return Finding.agrees(Rule.CLAUSE, id, whole);
    }
    boolean below = base.hasClauseBelow(spec.get(), mention.clause());
    return Finding.without(
        Rule.CLAUSE,
        below ? Finding.Outcome.AGREES : Finding.Outcome.CONTRADICTS,
        mention.spec() + (below ? " has clauses below " : " has no clause ") + mention.clause());
  }
}
