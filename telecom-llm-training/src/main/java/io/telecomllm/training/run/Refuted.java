package io.telecomllm.training.run;

import static com.google.common.base.Preconditions.checkArgument;

import io.telecomllm.data.Question;
import io.telecomllm.data.Refutations;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Refutations that are asked for once each; a check can take as long as an answer. */
final class Refuted {
  private final Refutations refutations;
  private final Map<List<String>, Float> known = new HashMap<>();

  Refuted(Refutations refutations) {
    this.refutations = refutations;
  }

  /** Returns how far each option is refuted, 0 to 1, in the order of the options. */
  float[] of(Question question) {
    float[] all = new float[question.options().size()];
    for (int i = 0; i < all.length; i++) {
      int option = i;
      all[i] =
          known.computeIfAbsent(
              // the order of the options changes from epoch to epoch
              List.of(question.id(), question.options().get(i)),
              key ->
                  checked(
                      question, "option " + (option + 1), refutations.refuted(question, option)));
    }
    return all;
  }

  /** Returns how far a sentence of the explanation is refuted, 0 to 1. */
  float of(Question question, String sentence) {
    return known.computeIfAbsent(
        List.of(question.id(), "explanation", sentence),
        key ->
            checked(
                question,
                "a sentence of the explanation",
                refutations.refuted(question, sentence)));
  }

  private static float checked(Question question, String what, double found) {
    checkArgument(
        found >= 0 && found <= 1,
        "%s: %s is refuted by %s, must be 0 to 1",
        question.id(),
        what,
        found);
    return (float) found;
  }
}
