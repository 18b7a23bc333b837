package io.telecomllm.inference;

import static java.util.Comparator.comparing;
import static java.util.Objects.requireNonNull;

import io.telecomllm.inference.calibration.AbstentionReason;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * A question that is left to a person, because no answer to it is sure enough. Immutable.
 *
 * @param choice what the model chooses; not to be acted upon
 * @param reason why it is not given
 */
public record Abstained(ModelChoice choice, AbstentionReason reason) implements Answer {
  /** Checks that the candidates are options. */
  public Abstained {
    requireNonNull(choice, "choice is null");
    requireNonNull(reason, "reason is null");
    reason.checkOptions(choice.options().size());
  }

  /**
   * An option that may be right.
   *
   * @param option its number, counted from 0
   * @param text its text
   * @param probability its probability among all options that were offered, 0 to 1
   */
  public record Candidate(int option, String text, double probability) {}

  @Override
  public Optional<Answered> given() {
    return Optional.empty();
  }

  /**
   * Returns the options that may be right, the most probable first; none if a rule that looks for a
   * set of options finds no option probable enough.
   */
  public List<Candidate> candidates() {
    Comparator<Candidate> rising = comparing(Candidate::probability);
    return reason.candidates().stream()
        .map(option -> new Candidate(option, options().get(option), probabilities().get(option)))
        .sorted(rising.reversed().thenComparing(Candidate::option))
        .toList();
  }
}
