package io.telecomllm.inference.evaluation.report;

import static com.google.common.base.Preconditions.checkArgument;
import static java.util.Objects.requireNonNull;

import java.util.List;

/**
 * What a {@link Gate} decides. Immutable.
 *
 * @param checks a check for each rule that is on, and for each category
 * @param visibleLoss about the smallest loss of accuracy that was likely to be seen, see {@link
 *     ComparedGroup#visibleLoss}
 */
public record Verdict(List<Check> checks, double visibleLoss) {
  /** Checks that something was checked. */
  public Verdict {
    checks = List.copyOf(checks);
    checkArgument(!checks.isEmpty(), "checks are empty, expected at least one");
  }

  /**
   * A rule as applied.
   *
   * @param passed whether the candidate keeps to it
   * @param text a sentence with what was found and what is allowed
   */
  public record Check(boolean passed, String text) {
    /** Checks that there is a sentence. */
    public Check {
      requireNonNull(text, "text is null");
    }
  }

  /** Returns whether the candidate may take the place of the baseline. */
  public boolean passed() {
    return checks.stream().allMatch(Check::passed);
  }

  /** Returns why not, a sentence for each rule that is broken; none if it passed. */
  public List<String> reasons() {
    return checks.stream().filter(check -> !check.passed()).map(Check::text).toList();
  }

  /** Returns the verdict in words, such as {@code failed: The accuracy changes by ...}. */
  @Override
  public String toString() {
    return passed() ? "passed" : "failed: " + String.join(" ", reasons());
  }
}
