package io.telecomllm.generation;

import io.telecomllm.InvalidDataException;
import io.telecomllm.tokenizer.TokenText;
import java.util.BitSet;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** Chooses each next token of a text: penalties, then the constraint, then greedy or a draw. */
final class TokenSelector {
  private final Penalties penalties;
  private final @Nullable Gate gate;
  private final @Nullable Sampler sampler;
  private final SplittableRandom random;

  /**
   * Creates a selector for one text.
   *
   * @param ends the tokens that end it
   */
  TokenSelector(GenerationConfig config, int[] prompt, TokenText text, BitSet ends) {
    penalties = new Penalties(config, prompt);
    gate = config.constraint().map(c -> new Gate(c, text, ends)).orElse(null);
    sampler = config.greedy() ? null : Sampler.of(config);
    random = new SplittableRandom(config.seed());
  }

  /**
   * Chooses the next token and notes it.
   *
   * @param own the model's logits of the whole vocabulary
   */
  int select(float[] own) {
    float[] logits = penalties.apply(own);
    int id = sampler == null ? best(logits) : drawn(sampler, logits);
    penalties.add(id);
    if (gate != null) {
      gate.pass(id);
    }
    return id;
  }

  /** Returns whether the constraint allows nothing more. */
  boolean closed() {
    return gate != null && gate.closed();
  }

  private int best(float[] logits) {
    if (gate == null) {
      int best = 0;
      for (int id = 1; id < logits.length; id++) {
        best = logits[id] > logits[best] ? id : best;
      }
      return best;
    }
    Ranking ranking = new Ranking(logits);
    while (!ranking.isEmpty()) {
      int id = ranking.take();
      if (gate.allows(id)) {
        return id;
      }
    }
    throw noneAllowed();
  }

  private int drawn(Sampler among, float[] logits) {
    float[] allowed = gate == null ? logits : allowed(gate, logits);
    return among.candidates(allowed).at(random.nextDouble());
  }

  /** Returns the logits of the tokens that the constraint allows; the others are out of reach. */
  private static float[] allowed(Gate gate, float[] logits) {
    float[] allowed = logits.clone();
    boolean any = false;
    for (int id = 0; id < logits.length; id++) {
      if (gate.allows(id)) {
        any = true;
      } else {
        allowed[id] = Float.NEGATIVE_INFINITY;
      }
    }
    if (!any) {
      throw noneAllowed();
    }
    return allowed;
  }

  private static InvalidDataException noneAllowed() {
    return new InvalidDataException(
        "no token of the vocabulary goes on in a way that the constraint allows");
  }
}
