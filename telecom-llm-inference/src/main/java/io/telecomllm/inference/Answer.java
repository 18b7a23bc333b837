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
 * @param question the text of the question
 * @param options the options that were offered
 * @param option the chosen option, counted from 0: the first with the highest probability
 * @param probabilities the probability of each option among those offered, in their order; they sum
 *     to 1. They are the model's own, not calibrated
 * @param citations verbatim quotations of {@code passages} that support the chosen option; empty if
 *     none does
 * @param passages the passages in the model's prompt, best first; empty without a knowledge base
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

  /** Creates the answer that a model's scores favour. */
  static Answer of(
      String question, List<String> options, OptionScores scores, List<Passage> passages) {
    return new Answer(
        question, options, scores.best(), scores.probabilities(), List.of(), passages);
  }

  /** Returns a copy with these citations. */
  Answer citing(List<Citation> found) {
    return new Answer(question, options, option, probabilities, found, passages);
  }

  /** Returns the text of the chosen option. */
  public String text() {
    return options.get(option);
  }

  /** Returns the probability of the chosen option among those offered. */
  public double confidence() {
    return probabilities.get(option);
  }

  /** Returns whether a passage supports the chosen option, so that there is a citation. */
  public boolean supported() {
    return !citations.isEmpty();
  }

  private static int mostProbable(List<Double> probabilities) {
    return IntStream.range(0, probabilities.size())
        .reduce((a, b) -> probabilities.get(b) > probabilities.get(a) ? b : a)
        .orElse(-1);
  }
}
