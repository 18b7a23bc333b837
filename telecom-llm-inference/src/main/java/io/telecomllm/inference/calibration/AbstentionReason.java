package io.telecomllm.inference.calibration;

import static com.google.common.base.Preconditions.checkArgument;
import static java.util.Objects.requireNonNull;

import io.telecomllm.Internal;
import java.io.Serializable;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Why an answer is not given. Immutable.
 *
 * @param kind the kind of reason
 * @param text a sentence for people, with the numbers
 * @param candidates the options that may be right, counted from 0, ascending
 */
public record AbstentionReason(Kind kind, String text, List<Integer> candidates)
    implements Serializable {
  /** Copies the candidates and checks their order. */
  public AbstentionReason {
    requireNonNull(kind, "kind is null");
    requireNonNull(text, "text is null");
    candidates = List.copyOf(candidates);
    checkArgument(
        candidates.stream().sorted().distinct().toList().equals(candidates)
            && candidates.stream().allMatch(option -> option >= 0),
        "candidates are %s, must be ascending from 0",
        candidates);
  }

  /** A kind of reason. */
  public enum Kind {
    /** The confidence is under the threshold. */
    LOW_CONFIDENCE,
    /** The rule found no threshold that keeps its promise, so that it answers nothing. */
    NO_THRESHOLD,
    /** Several options are too probable to leave any of them out. */
    SEVERAL_OPTIONS,
    /** No option is probable enough. */
    NO_OPTION,
    /** The knowledge base says otherwise. */
    REFUTED,
    /** Nothing in the knowledge base supports the answer, and support is required. */
    UNSUPPORTED,
    /** The model answers that it does not know, which its prompt offers. */
    NOT_KNOWN
  }

  /**
   * Returns why a model does not answer that was offered to say so; empty if it does answer.
   *
   * @param evidence with {@link Evidence#ABSTENTION}, if it was offered
   */
  public static Optional<AbstentionReason> ofModel(Evidence evidence, CalibratedAnswer answer) {
    return evidence.abstains()
        ? Optional.of(
            anyOption(
                Kind.NOT_KNOWN,
                String.format(
                    Locale.ROOT,
                    "the model does not know, with a probability of %.3f",
                    evidence.feature(Evidence.ABSTENTION)),
                answer))
        : Optional.empty();
  }

  /** Creates a reason for which any option may be right. */
  @Internal
  public static AbstentionReason anyOption(Kind kind, String text, CalibratedAnswer answer) {
    int options = answer.probabilities().values().size();
    return new AbstentionReason(kind, text, IntStream.range(0, options).boxed().toList());
  }

  /**
   * Checks that the candidates are among so many options.
   *
   * @throws IllegalArgumentException if one is not
   */
  public void checkOptions(int options) {
    candidates.forEach(
        option ->
            checkArgument(
                option < options, "candidate is %s, must be 0 to %s", option, options - 1));
  }
}
