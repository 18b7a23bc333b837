package io.telecomllm.facts;

import io.telecomllm.knowledge.Citation;
import io.telecomllm.knowledge.Passage;
import io.telecomllm.knowledge.Sentences;
import io.telecomllm.knowledge.Words;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * The passages that may decide a claim, and their sentences that speak of the same things.
 *
 * @param passages best first
 * @param close the sentences that share most words with the claim, its values apart, the closest
 *     first
 */
record Evidence(List<Passage> passages, List<Said> close) {
  /** The least share of the claim's words that a sentence about the same things has. */
  static final double LEAST = 0.5;

  /** How far behind the closest sentence another one may be. */
  private static final double NEARLY = 0.8;

  /**
   * A sentence of a passage.
   *
   * @param share how much of the claim's words it has, the passage's heading included, 0 to 1
   */
  record Said(Passage passage, Sentences.Range range, double share) {
    String text() {
      return passage.clause().text().substring(range.start(), range.end());
    }

    Citation citation() {
      return Citation.of(passage.clause(), range.start(), range.end());
    }
  }

  static Evidence of(Claim claim, List<Passage> passages) {
    List<Words.Word> words = Words.of(withoutNumbers(claim.whole())).stream().distinct().toList();
    List<Said> all = new ArrayList<>();
    for (Passage passage : passages) {
      Set<String> heading = new HashSet<>(Words.headingTerms(passage.clause()));
      String text = passage.clause().text();
      for (Sentences.Range range : Sentences.of(text)) {
        Set<String> terms = new HashSet<>(heading);
        terms.addAll(Words.indexTerms(text.substring(range.start(), range.end())));
        all.add(new Said(passage, range, Words.share(words, terms)));
      }
    }
    double best = all.stream().mapToDouble(Said::share).max().orElse(0);
    List<Said> close =
        all.stream()
            .filter(said -> said.share() >= Math.max(LEAST, NEARLY * best))
            .sorted(Comparator.comparingDouble(Said::share).reversed())
            .toList();
    return new Evidence(passages, close);
  }

  /**
   * Compares a value of the claim with those of the close sentences: it agrees if one of them has
   * it, and else is contradicted by the closest that has others. Empty if none has any.
   *
   * @param values returns the values of a sentence that compare with it
   * @param same whether a value is that of the claim
   * @param written spells the values of a sentence
   */
  <T> Optional<Finding> compare(
      Rule rule,
      String claimed,
      Function<String, ? extends Collection<T>> values,
      Predicate<T> same,
      Function<Collection<T>, String> written) {
    Optional<Finding> other = Optional.empty();
    for (Said said : close) {
      Collection<T> there = values.apply(said.text());
      if (there.stream().anyMatch(same)) {
        return Optional.of(Finding.agrees(rule, claimed, said.citation()));
      }
      if (other.isEmpty() && !there.isEmpty()) {
        String detail = claimed + ", the evidence has " + written.apply(there);
        other = Optional.of(Finding.contradicts(rule, detail, said.citation()));
      }
    }
    return other;
  }

  /**
   * Returns a text without its quotations and numbers, so that a search for it does not look for
   * the values that are to be checked. Identifiers stay.
   */
  static String withoutValues(String text) {
    return withoutNumbers(
        text.replaceAll("[\"\u201c\u201d][^\"\u201c\u201d]{0,2000}[\"\u201c\u201d]", " "));
  }

  private static String withoutNumbers(String text) {
    return text.replaceAll("(?<![\\w.-])[-+\u2212]?\\d+(?:[.,]\\d+)?(?![\\w.-]*\\w)", " ");
  }
}
