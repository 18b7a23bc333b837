package io.telecomllm.knowledge;

import static java.util.Objects.requireNonNull;

import io.telecomllm.text.Texts;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The acronyms and names that a {@link LexiconHarvester} found in clauses, and what it rejected.
 * Immutable.
 *
 * @param candidates by term, in alphabetical order; of an ambiguous acronym all expansions, the
 *     most frequent first
 * @param rejected what looked like a term and was none, in the order of the clauses
 */
public record Harvest(Map<String, List<Candidate>> candidates, List<Rejected> rejected) {
  /** Copies the lists. */
  public Harvest {
    Map<String, List<Candidate>> copy = new LinkedHashMap<>();
    candidates.forEach((term, list) -> copy.put(term, List.copyOf(list)));
    candidates = Collections.unmodifiableMap(copy);
    rejected = List.copyOf(rejected);
  }

  /**
   * A term with one of its meanings.
   *
   * @param term the acronym or name
   * @param expansion what an acronym stands for, as it is written most often; empty for a name
   * @param text the definition of a name, or the sentence in which the acronym was found first
   * @param count how often this meaning was found
   * @param clauses the editions of the first clauses that have it, at most {@link #MAX_CLAUSES}
   */
  public record Candidate(
      String term, String expansion, String text, int count, List<String> clauses) {
    /** The most clauses that a candidate names. */
    public static final int MAX_CLAUSES = 10;

    /** Copies the list. */
    public Candidate {
      clauses = List.copyOf(clauses);
    }
  }

  /**
   * A piece of a clause that looked like a term.
   *
   * @param term what would have been the acronym or name
   * @param text what would have been its expansion or definition, or stood there instead
   * @param clause the edition of the clause
   * @param reason why it was rejected
   */
  public record Rejected(String term, String text, String clause, Reason reason) {}

  /** Why a piece of a clause is no term. */
  public enum Reason {
    /** No words next to the acronym begin with its letters in order. */
    INITIALS_DIFFER,
    /** A heading of a note, an example, a step, a figure or a table, not a name. */
    NOT_A_NAME,
    /** The definition has fewer than three words. */
    TOO_SHORT,
    /** The name or the expansion is longer than a lexicon takes. */
    TOO_LONG
  }

  /** Returns the terms with more than one meaning. */
  public Map<String, List<Candidate>> ambiguous() {
    Map<String, List<Candidate>> several = new LinkedHashMap<>(candidates);
    several.values().removeIf(list -> list.size() < 2);
    return Collections.unmodifiableMap(several);
  }

  /**
   * Returns a lexicon of all candidates, each with the first clause as its source. Put an
   * operator's own glossary over it by {@link Lexicon#with}.
   *
   * @param category the category of the terms, or empty
   */
  public Lexicon lexicon(String category) {
    requireNonNull(category, "category is null");
    return Lexicon.of(
        candidates.values().stream()
            .flatMap(List::stream)
            .map(c -> new Term(c.term(), c.expansion(), category, c.text(), source(c)))
            .toList());
  }

  private static String source(Candidate candidate) {
    return Texts.prefix(candidate.clauses().get(0), Checks.MAX_LINE).strip();
  }

  /** Returns the number of rejected pieces for each reason that occurred. */
  public Map<Reason, Long> rejectedByReason() {
    return rejected.stream()
        .collect(
            Collectors.groupingBy(Rejected::reason, LinkedHashMap::new, Collectors.counting()));
  }
}
