package io.telecomllm.training.run;

import static com.google.common.base.Preconditions.checkArgument;

import io.telecomllm.data.Question;
import io.telecomllm.data.Refutations;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Refutations that are asked for each option once; a check can take as long as an answer. */
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
              List.of(question.id(), question.options().get(i)), key -> ask(question, option));
    }
    return all;
  }

  private float ask(Question question, int option) {
    double found = refutations.refuted(question, option);
    checkArgument(
        found >= 0 && found <= 1,
        "%s: option %s is refuted by %s, must be 0 to 1",
        question.id(),
        option + 1,
        found);
    return (float) found;
  }
}
