package io.telecomllm.generation;

import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;

/** Makes tokens less probable that the text, or its prompt, holds already. */
final class Penalties {
  private final double repetition;
  private final double presence;
  private final double frequency;
  private final BitSet seen = new BitSet();
  private final Map<Integer, Integer> generated = new HashMap<>();

  Penalties(GenerationConfig config, int[] prompt) {
    repetition = config.repetitionPenalty();
    presence = config.presencePenalty();
    frequency = config.frequencyPenalty();
    for (int id : prompt) {
      seen.set(id);
    }
  }

  /** Notes a generated token. */
  void add(int id) {
    seen.set(id);
    generated.merge(id, 1, Integer::sum);
  }

  /** Returns the logits with the penalties; these themselves if there is none. */
  float[] apply(float[] logits) {
    if (repetition == 1 && presence == 0 && frequency == 0) {
      return logits;
    }
    float[] changed = logits.clone();
    if (repetition != 1) {
      seen.stream()
          .filter(id -> id < changed.length)
          .forEach(id -> changed[id] *= (float) (changed[id] < 0 ? repetition : 1 / repetition));
    }
    generated.forEach((id, count) -> changed[id] -= (float) (presence + frequency * count));
    return changed;
  }
}
