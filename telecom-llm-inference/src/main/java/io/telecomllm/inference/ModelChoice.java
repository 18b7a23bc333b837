package io.telecomllm.inference;

import static com.google.common.base.Preconditions.checkArgument;

import io.telecomllm.inference.calibration.CalibratedAnswer;
import io.telecomllm.inference.calibration.Evidence;
import io.telecomllm.knowledge.Passage;
import java.io.Serializable;
import java.util.List;

/**
 * What a model chooses of the options of a question. Immutable.
 *
 * @param question the text of the question
 * @param options the options that were offered
 * @param calibrated the chosen option, the first with the highest probability, and how sure it is
 * @param evidence the numbers that the confidence follows from, among them the model's own
 *     probabilities
 * @param passages the passages in the model's prompt, best first; empty without a knowledge base
 */
public record ModelChoice(
    String question,
    List<String> options,
    CalibratedAnswer calibrated,
    Evidence evidence,
    List<Passage> passages)
    implements Serializable {
  /** Copies the lists and checks that there is a probability for each option. */
  public ModelChoice {
    options = List.copyOf(options);
    passages = List.copyOf(passages);
    for (int count :
        List.of(
            calibrated.probabilities().values().size(), evidence.probabilities().values().size())) {
      checkArgument(
          count == options.size(), "%s probabilities for %s options", count, options.size());
    }
  }

  /** Returns the chosen option, counted from 0. */
  public int option() {
    return calibrated.option();
  }

  /** Returns the text of the chosen option. */
  public String text() {
    return options.get(option());
  }
}
