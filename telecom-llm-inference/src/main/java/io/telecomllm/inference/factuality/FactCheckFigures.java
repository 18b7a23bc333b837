package io.telecomllm.inference.factuality;

import io.telecomllm.facts.CheckedClaim;
import io.telecomllm.facts.Verdict;
import io.telecomllm.inference.statistics.Bootstrap;
import io.telecomllm.inference.statistics.Estimate;
import io.telecomllm.inference.statistics.Figures;
import io.telecomllm.inference.statistics.GradedAnswer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How good a fact checker was on claims of which it is known whether they hold. Immutable.
 *
 * @param checks the claims with what the checker said of them
 */
public record FactCheckFigures(List<Check> checks) {
  /** A claim with what the checker said of it. */
  public record Check(LabelledClaim claim, CheckedClaim checked) {
    GradedAnswer graded() {
      return new GradedAnswer(checked.support(), claim.change().holds());
    }

    boolean supported() {
      return checked.verdict() == Verdict.SUPPORTED;
    }
  }

  /**
   * How the verdicts on one kind of claim came out.
   *
   * @param claims the number of claims
   * @param supported how many of them were supported; the rest were not
   * @param refuted how many of them were refuted
   */
  public record Count(int claims, int supported, int refuted) {
    Count plus(Verdict verdict) {
      return new Count(
          claims + 1,
          supported + (verdict == Verdict.SUPPORTED ? 1 : 0),
          refuted + (verdict == Verdict.REFUTED ? 1 : 0));
    }
  }

  private static final long SEED = 20;

  /** Keeps a copy of the list. */
  public FactCheckFigures {
    checks = List.copyOf(checks);
  }

  /** Returns how the verdicts came out for each change, in the order of {@link Change}. */
  public Map<Change, Count> byChange() {
    Map<Change, Count> counts = new LinkedHashMap<>();
    for (Change change : Change.values()) {
      for (Check check : checks) {
        if (check.claim().change() == change) {
          Count before = counts.getOrDefault(change, new Count(0, 0, 0));
          counts.put(change, before.plus(check.checked().verdict()));
        }
      }
    }
    return counts;
  }

  /** Returns the figures of claims with these changes only. */
  public FactCheckFigures of(Change... changes) {
    List<Change> wanted = List.of(changes);
    return new FactCheckFigures(
        checks.stream().filter(c -> wanted.contains(c.claim().change())).toList());
  }

  /**
   * Returns the area under the ROC curve of {@link CheckedClaim#support}: the probability that a
   * claim that holds has more support than one that does not.
   */
  public Estimate auroc() {
    return estimate(some -> Figures.auroc(some.stream().map(Check::graded).toList()));
  }

  /** Returns the mean of the shares of true claims supported and of false ones not supported. */
  public Estimate balancedAccuracy() {
    return estimate(FactCheckFigures::balancedAccuracy);
  }

  private static double balancedAccuracy(List<Check> some) {
    return (share(some, true) + 1 - share(some, false)) / 2;
  }

  private static double share(List<Check> some, boolean holds) {
    List<Check> of = some.stream().filter(c -> c.claim().change().holds() == holds).toList();
    return of.isEmpty() ? Double.NaN : (double) count(of) / of.size();
  }

  private static long count(List<Check> some) {
    return some.stream().filter(Check::supported).count();
  }

  /** Returns the share of supported claims that hold; empty if none is supported. */
  public Optional<Double> supportPrecision() {
    List<Check> supported = checks.stream().filter(Check::supported).toList();
    long hold = supported.stream().filter(c -> c.claim().change().holds()).count();
    return supported.isEmpty() ? Optional.empty() : Optional.of((double) hold / supported.size());
  }

  /**
   * Returns the share of citations that are of the clause that decides, of all citations given.
   *
   * @param decides the ids of sources whose clause is in the knowledge base, and the clause's id
   */
  public Optional<Double> citationPrecision(Map<String, String> decides) {
    List<Check> cited = checks.stream().filter(c -> c.checked().citation().isPresent()).toList();
    long right = cited.stream().filter(c -> cites(c, decides)).count();
    return cited.isEmpty() ? Optional.empty() : Optional.of((double) right / cited.size());
  }

  /** Returns the share of claims whose citation is of the clause that decides. */
  public Optional<Double> citationRecall(Map<String, String> decides) {
    long right = checks.stream().filter(c -> cites(c, decides)).count();
    return checks.isEmpty() ? Optional.empty() : Optional.of((double) right / checks.size());
  }

  private static boolean cites(Check check, Map<String, String> decides) {
    String clause = decides.getOrDefault(check.claim().source(), check.claim().source());
    return check.checked().citation().map(c -> c.clause().id().equals(clause)).orElse(false);
  }

  private interface Figure {
    double of(List<Check> some);
  }

  private Estimate estimate(Figure figure) {
    return Bootstrap.seeded(SEED).estimate(checks, figure::of);
  }
}
