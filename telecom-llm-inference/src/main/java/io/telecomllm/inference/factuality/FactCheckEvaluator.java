package io.telecomllm.inference.factuality;

import static com.google.common.base.Preconditions.checkArgument;
import static java.util.Objects.requireNonNull;

import com.google.common.collect.Lists;
import io.telecomllm.Interrupts;
import io.telecomllm.facts.CheckedClaim;
import io.telecomllm.facts.FactChecker;
import io.telecomllm.inference.factuality.FactCheckFigures.Check;
import java.util.ArrayList;
import java.util.List;

/**
 * Has labelled claims checked. Immutable: each setting returns a changed copy.
 *
 * <pre>{@code
 * FactCheckFigures figures =
 *     FactCheckEvaluator.on(checker).evaluate(LabelledClaims.ofQuestions(questions, 1));
 * }</pre>
 */
public final class FactCheckEvaluator {
  private static final int BATCH = 16;

  private final FactChecker checker;
  private final Listener listener;

  /** Follows the progress of an evaluation. */
  @FunctionalInterface
  public interface Listener {
    /** Called after each batch, on the thread that evaluates; an exception ends the evaluation. */
    void progress(int done, int total);
  }

  private FactCheckEvaluator(FactChecker checker, Listener listener) {
    this.checker = checker;
    this.listener = listener;
  }

  /** Creates an evaluator of a checker. */
  public static FactCheckEvaluator on(FactChecker checker) {
    requireNonNull(checker, "checker is null");
    return new FactCheckEvaluator(checker, (done, total) -> {});
  }

  /** Sets the listener to notify of progress. */
  public FactCheckEvaluator listener(Listener value) {
    return new FactCheckEvaluator(checker, requireNonNull(value, "listener is null"));
  }

  /**
   * Checks the claims.
   *
   * @throws java.util.concurrent.CancellationException if the thread is interrupted, before the
   *     next batch
   */
  public FactCheckFigures evaluate(List<LabelledClaim> claims) {
    checkArgument(!claims.isEmpty(), "there are no claims");
    List<Check> checks = new ArrayList<>();
    for (List<LabelledClaim> batch : Lists.partition(claims, BATCH)) {
      Interrupts.check("the evaluation was cancelled");
      List<CheckedClaim> checked = checker.check(batch.stream().map(LabelledClaim::claim).toList());
      for (int i = 0; i < batch.size(); i++) {
        checks.add(new Check(batch.get(i), checked.get(i)));
      }
      listener.progress(checks.size(), claims.size());
    }
    return new FactCheckFigures(checks);
  }
}
