package io.telecomllm.facts;

import io.telecomllm.knowledge.Citation;
import io.telecomllm.knowledge.Clause;
import io.telecomllm.knowledge.KnowledgeBase;
import io.telecomllm.knowledge.Reference;
import io.telecomllm.knowledge.References;
import java.util.ArrayList;
import java.util.List;

/** Looks whether the clauses that a claim names are in the knowledge base. */
final class ClauseRule implements Comparison {
  /** The document that a claim stands in; a clause without a specification is taken for its own. */
  private static final String CLAIM = "the claim";

  private final KnowledgeBase base;

  ClauseRule(KnowledgeBase base) {
    this.base = base;
  }

  @Override
  public List<Finding> compare(Claim claim, Evidence evidence) {
    References references = references(claim);
    List<Finding> findings = new ArrayList<>();
    for (Clause clause : references.found()) {
      Citation whole = Citation.of(clause, 0, clause.text().length());
      findings.add(Finding.agrees(Rule.CLAUSE, clause.id(), whole));
    }
    for (Reference missing : references.missing()) {
      if (!missing.spec().equals(CLAIM)) {
        findings.add(compare(missing));
      }
    }
    return findings;
  }

  /** Returns the clauses that a claim names and that are in the knowledge base. */
  List<Clause> named(Claim claim) {
    return references(claim).found();
  }

  private References references(Claim claim) {
    return base.references(new Clause(CLAIM, "", "", CLAIM, "", claim.text(), ""));
  }

  private Finding compare(Reference missing) {
    if (!base.hasSpec(missing.spec())) {
      String detail = missing.spec() + " is not in the knowledge base";
      return Finding.without(Rule.CLAUSE, Finding.Outcome.UNVERIFIED, detail);
    }
    boolean below = base.hasClauseBelow(missing.spec(), missing.clause());
    return Finding.without(
        Rule.CLAUSE,
        below ? Finding.Outcome.AGREES : Finding.Outcome.CONTRADICTS,
        missing.spec() + (below ? " has clauses below " : " has no clause ") + missing.clause());
  }
}
