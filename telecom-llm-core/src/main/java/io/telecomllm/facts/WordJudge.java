package io.telecomllm.facts;

import io.telecomllm.knowledge.Passage;
import io.telecomllm.knowledge.Words;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Judges by words, without a model: a claim is as probable as the share of its words that a passage
 * has, less if the passage has under half of the question's words. It cannot tell that a claim is
 * false. Immutable.
 */
public final class WordJudge implements Judge {
  /** The share of a question's words that makes a passage one about it. */
  private static final double ABOUT = 0.5;

  @Override
  public List<Judgement> judge(List<Case> cases) {
    return cases.stream().map(WordJudge::judge).toList();
  }

  private static Judgement judge(Case each) {
    double best = each.passages().stream().mapToDouble(p -> share(each.claim(), p)).max().orElse(0);
    return new Judgement(best, 0, 1 - best);
  }

  /** Returns the share of a claim's words that a passage has, 0 to 1. */
  static double share(Claim claim, Passage passage) {
    Set<String> terms = new HashSet<>(Words.indexTerms(passage.clause().text()));
    terms.addAll(Words.headingTerms(passage.clause()));
    List<Words.Word> asked = Words.of(claim.question()).stream().distinct().toList();
    Set<String> askedTerms = new HashSet<>(Words.indexTerms(claim.question()));
    List<Words.Word> all = Words.of(claim.text()).stream().distinct().toList();
    List<Words.Word> own = all.stream().filter(word -> !word.in(askedTerms)).toList();
    double said = Words.share(own.isEmpty() ? all : own, terms);
    // a passage about something else may share an option's words
    double about = asked.isEmpty() ? 1 : Math.min(1, Words.share(asked, terms) / ABOUT);
    return said * about;
  }
}
