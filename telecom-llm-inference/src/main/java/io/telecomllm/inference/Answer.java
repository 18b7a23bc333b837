package io.telecomllm.inference;

import static com.google.common.base.Preconditions.checkArgument;

import io.telecomllm.knowledge.Citation;
import io.telecomllm.knowledge.Passage;
import io.telecomllm.scoring.OptionScores;
import java.io.Serializable;
import java.util.List;
import java.util.stream.IntStream;

/**
 * An answer to a multiple-choice question: one of the options that were offered. Immutable.
 *
 * @param question the text that was asked
 * @param options what was offered
 * @param option the chosen one, from 0: the first with the highest probability
 * @param probabilities of the options, in their order; they sum to 1. They are the model's own, not
 *     calibrated
 * @param citations verbatim quotations of {@code passages} that support the chosen option; empty if
 *     none does
 * @param passages what the model was given to answer from, best first; empty without a knowledge
 *     base
 */
public record Answer(
    String question,
    List<String> options,
    int option,
    List<Double> probabilities,
    List<Citation> citations,
    List<Passage> passages)
    implements Serializable {
  private static final double ROUNDING = 1e-6;

  /** Checks that the chosen option is the most probable one and that the probabilities sum to 1. */
  public Answer {
    options = List.copyOf(options);
    probabilities = List.copyOf(probabilities);
    citations = List.copyOf(citations);
    passages = List.copyOf(passages);
    checkArgument(
        probabilities.size() == options.size(),
        "%s probabilities for %s options",
        probabilities.size(),
        options.size());
    double sum = probabilities.stream().mapToDouble(p -> p).sum();
    checkArgument(
        probabilities.stream().allMatch(p -> p >= 0 && p <= 1) && Math.abs(sum - 1) < ROUNDING,
        "probabilities are %s, must be 0 to 1 and sum to 1",
        probabilities);
    checkArgument(
        option == mostProbable(probabilities),
        "option is %s, the most probable one is %s",
        option,
        mostProbable(probabilities));
  }

  /** The answer that a model's scores speak for. */
  static Answer of(
      String question, List<String> options, OptionScores scores, List<Passage> passages) {
    return new Answer(
        question, options, scores.best(), scores.probabilities(), List.of(), passages);
  }

  /** The same with citations. */
  Answer citing(List<Citation> found) {
    return new Answer(question, options, option, probabilities, found, passages);
  }

  /** The text of the chosen option. */
  public String text() {
    return options.get(option);
  }

  /** The probability of the chosen option among those offered. */
  public double confidence() {
    return probabilities.get(option);
  }

  /** Whether a passage supports the chosen option; then there is a citation. */
  public boolean supported() {
    return !citations.isEmpty();
  }

  private static int mostProbable(List<Double> probabilities) {
    return IntStream.range(0, probabilities.size())
        .reduce((a, b) -> probabilities.get(b) > probabilities.get(a) ? b : a)
        .orElse(-1);
  }
}
