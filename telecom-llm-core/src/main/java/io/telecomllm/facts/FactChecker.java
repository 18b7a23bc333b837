package io.telecomllm.facts;

import static com.google.common.base.Preconditions.checkArgument;
import static java.util.Objects.requireNonNull;

import io.telecomllm.Records;
import io.telecomllm.data.Question;
import io.telecomllm.data.Refutations;
import io.telecomllm.knowledge.Citation;
import io.telecomllm.knowledge.Clause;
import io.telecomllm.knowledge.KnowledgeBase;
import io.telecomllm.knowledge.Lexicon;
import io.telecomllm.knowledge.Passage;
import io.telecomllm.knowledge.Query;
import io.telecomllm.knowledge.Retriever;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Checks claims against a knowledge base.
 *
 * <pre>{@code
 * FactChecker checker = FactChecker.on(base).lexicon(glossary).judge(modelJudge);
 * FactCheck check = checker.check("The timer T300 is started ...");
 * check.of(Verdict.REFUTED).forEach(claim -> ...);
 * }</pre>
 *
 * <p>A claim is refuted if a rule finds a contradiction, or the judge does. It is supported if the
 * judge finds it so, and no rule failed to verify what it names. Otherwise not enough is known;
 * that nothing was found never makes a claim false.
 *
 * <p>Immutable: each setting returns a changed copy. Safe for use by several threads. It owns
 * neither the knowledge base nor the judge.
 */
public final class FactChecker {
  /** The default number of passages that are looked at for a claim. */
  public static final int PASSAGES = 3;

  /** The most passages that may be looked at for a claim. */
  public static final int MOST_PASSAGES = 50;

  // where claims made from TeleQnA are told apart best, by words and by a model alike
  private static final double THRESHOLD = 0.6;

  private final Settings settings;
  private final ClauseRule clauses;
  private final QuotationRule quotations;
  private final List<Comparison> rules;

  private record Settings(
      KnowledgeBase base,
      Retriever retriever,
      Optional<Lexicon> lexicon,
      Judge judge,
      int passages,
      double threshold) {}

  private FactChecker(Settings settings) {
    this.settings = settings;
    List<Comparison> all = new ArrayList<>();
    clauses = new ClauseRule(settings.base);
    quotations = new QuotationRule(settings.base);
    all.add(clauses);
    all.add(quotations);
    all.add(new QuantityRule());
    all.add(new ObligationRule());
    all.add(new NegationRule());
    all.add(new ReleaseRule());
    all.add(new NameRule(settings.lexicon));
    settings.lexicon.ifPresent(lexicon -> all.add(new AcronymRule(lexicon)));
    rules = List.copyOf(all);
  }

  /**
   * Creates a checker that searches this knowledge base by words and judges by words ({@link
   * WordJudge}), without a lexicon.
   */
  public static FactChecker on(KnowledgeBase base) {
    requireNonNull(base, "base is null");
    return new FactChecker(
        new Settings(base, base, Optional.empty(), new WordJudge(), PASSAGES, THRESHOLD));
  }

  private FactChecker changed(String setting, Object value) {
    return new FactChecker(Records.with(settings, Map.of(setting, value)));
  }

  /** Sets how evidence is searched for in the knowledge base; the default is by words. */
  public FactChecker retriever(Retriever retriever) {
    requireNonNull(retriever, "retriever is null");
    return changed("retriever", retriever);
  }

  /** Sets the lexicon that expansions of acronyms are compared with; the default is none. */
  public FactChecker lexicon(Lexicon lexicon) {
    requireNonNull(lexicon, "lexicon is null");
    return changed("lexicon", Optional.of(lexicon));
  }

  /** Sets the judge of what rules cannot decide. */
  public FactChecker judge(Judge judge) {
    requireNonNull(judge, "judge is null");
    return changed("judge", judge);
  }

  /** Sets the number of passages that are looked at for a claim, 1 to 50; the default is 3. */
  public FactChecker passages(int passages) {
    checkArgument(
        passages >= 1 && passages <= MOST_PASSAGES,
        "passages is %s, must be 1 to %s",
        passages,
        MOST_PASSAGES);
    return changed("passages", passages);
  }

  /**
   * Sets the least probability at which the judge's word counts, over 0 and at most 1; the default
   * is 0.6. A claim for which neither yes nor no reaches it is undecided.
   */
  public FactChecker threshold(double threshold) {
    checkArgument(
        threshold > 0 && threshold <= 1,
        "threshold is %s, must be over 0 and at most 1",
        threshold);
    return changed("threshold", threshold);
  }

  /** Checks a text by itself: each claim is looked up by its own words, its values left out. */
  public FactCheck check(String text) {
    requireNonNull(text, "text is null");
    return new FactCheck(text, check(Claims.of("", text)));
  }

  /** Checks a text that answers a question: evidence is what is found for the question alone. */
  public FactCheck check(String question, String text) {
    requireNonNull(question, "question is null");
    requireNonNull(text, "text is null");
    return new FactCheck(text, check(Claims.of(question, text)));
  }

  /** Checks claims, the judge's part of all together. */
  public List<CheckedClaim> check(List<Claim> claims) {
    requireNonNull(claims, "claims is null");
    List<Judge.Case> cases = claims.stream().map(c -> new Judge.Case(c, evidence(c))).toList();
    List<Judgement> judgements = settings.judge.judge(cases);
    checkArgument(
        judgements.size() == cases.size(),
        "the judge gave %s judgements of %s claims",
        judgements.size(),
        cases.size());
    List<CheckedClaim> checked = new ArrayList<>();
    for (int i = 0; i < cases.size(); i++) {
      checked.add(checked(cases.get(i), judgements.get(i)));
    }
    return List.copyOf(checked);
  }

  /**
   * Returns how far this checker refutes the options of questions and the sentences of their
   * explanations, for training against hallucination. What is not found is refuted by 0.
   */
  public Refutations refutations() {
    return new Refutations() {
      @Override
      public double refuted(Question question, int option) {
        return refutation(question, question.options().get(option));
      }

      @Override
      public double refuted(Question question, String sentence) {
        return refutation(question, sentence);
      }
    };
  }

  private double refutation(Question question, String text) {
    return check(List.of(Claim.answer(question.text(), text))).get(0).refutation();
  }

  /**
   * Returns the passages for a claim: what it names or quotes, then what is found without its
   * answer or values.
   */
  private List<Passage> evidence(Claim claim) {
    String blind =
        claim.question().isEmpty() ? Evidence.withoutValues(claim.text()) : claim.question();
    int most = Math.min(blind.length(), Query.MAX_TEXT);
    Set<Clause> found = new LinkedHashSet<>(clauses.named(claim));
    found.addAll(quotations.quoted(claim));
    settings
        .retriever
        .search(Query.of(blind.substring(0, most), settings.passages))
        .forEach(passage -> found.add(passage.clause()));
    List<Passage> passages = new ArrayList<>();
    for (Clause clause : found) {
      passages.add(new Passage(clause, 0, passages.size() + 1));
    }
    return List.copyOf(passages);
  }

  private CheckedClaim checked(Judge.Case each, Judgement judgement) {
    Evidence evidence = Evidence.of(each.claim(), each.passages());
    List<Finding> findings =
        rules.stream().flatMap(rule -> rule.compare(each.claim(), evidence).stream()).toList();
    Verdict verdict = verdict(findings, judgement);
    return new CheckedClaim(
        each.claim(),
        verdict,
        judgement,
        findings,
        verdict == Verdict.NOT_ENOUGH_INFO ? Optional.empty() : citation(findings, evidence),
        each.passages());
  }

  private Verdict verdict(List<Finding> findings, Judgement judgement) {
    if (Finding.Outcome.CONTRADICTS.isIn(findings) || judgement.refuted() >= settings.threshold) {
      return Verdict.REFUTED;
    }
    return judgement.supported() >= settings.threshold && !Finding.Outcome.UNVERIFIED.isIn(findings)
        ? Verdict.SUPPORTED
        : Verdict.NOT_ENOUGH_INFO;
  }

  /** Returns the words that decide: those that contradict, else the closest sentence. */
  private static Optional<Citation> citation(List<Finding> findings, Evidence evidence) {
    return findings.stream()
        .filter(f -> f.outcome() == Finding.Outcome.CONTRADICTS)
        .map(Finding::citation)
        .flatMap(Optional::stream)
        .findFirst()
        .or(() -> evidence.close().stream().map(Evidence.Said::citation).findFirst());
  }
}
