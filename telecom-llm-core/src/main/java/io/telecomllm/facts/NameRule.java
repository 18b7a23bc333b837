package io.telecomllm.facts;

import io.telecomllm.knowledge.Lexicon;
import io.telecomllm.knowledge.Passage;
import io.telecomllm.knowledge.Term;
import io.telecomllm.knowledge.Words;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Looks for the acronyms and identifiers of a claim in the passages that speak of the same things:
 * a statement about the SMF does not follow from one about the AMF. The expansion of an acronym
 * counts as the acronym.
 */
final class NameRule implements Comparison {
  private static final Pattern NAME =
      Pattern.compile("(?<![\\w.-])[A-Za-z0-9]*[A-Z][A-Za-z0-9]*[A-Z0-9][\\w-]*");

  private final Optional<Lexicon> lexicon;

  NameRule(Optional<Lexicon> lexicon) {
    this.lexicon = lexicon;
  }

  @Override
  public List<Finding> compare(Claim claim, Evidence evidence) {
    Set<String> names =
        NAME.matcher(claim.text())
            .results()
            .map(MatchResult::group)
            .collect(Collectors.toCollection(LinkedHashSet::new));
    if (names.isEmpty() || evidence.passages().isEmpty()) {
      return List.of();
    }
    Set<Passage> closest = new LinkedHashSet<>();
    evidence.close().forEach(said -> closest.add(said.passage()));
    List<String> missing = List.copyOf(names);
    for (Passage passage : closest.isEmpty() ? evidence.passages() : closest) {
      List<String> here = missing(names, claim, passage);
      missing = here.size() < missing.size() ? here : missing;
    }
    return missing.isEmpty()
        ? List.of()
        : List.of(
            Finding.without(
                Rule.NAME,
                Finding.Outcome.UNVERIFIED,
                "not in the evidence: " + String.join(", ", missing)));
  }

  private List<String> missing(Set<String> names, Claim claim, Passage passage) {
    Set<String> terms = new HashSet<>(Words.indexTerms(claim.question()));
    terms.addAll(Words.indexTerms(passage.clause().text()));
    terms.addAll(Words.headingTerms(passage.clause()));
    return names.stream().filter(name -> !said(name, terms)).toList();
  }

  private boolean said(String name, Set<String> terms) {
    return isIn(name, terms)
        || lexicon.stream()
            .flatMap(known -> known.expand(name).stream())
            .map(Term::expansion)
            .anyMatch(expansion -> !expansion.isEmpty() && isIn(expansion, terms));
  }

  private static boolean isIn(String text, Set<String> terms) {
    return Words.of(text).stream().allMatch(word -> word.in(terms));
  }
}
