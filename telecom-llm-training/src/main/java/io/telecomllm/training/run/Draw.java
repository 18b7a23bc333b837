package io.telecomllm.training.run;

import io.telecomllm.data.SplitMix64;

/**
 * Draws what happens to each question in each epoch. A draw depends on its purpose, the seed, the
 * epoch and the question's id alone, so a resumed run draws the same.
 */
enum Draw {
  /** Which references a question has. */
  REFERENCES,
  /** Whether the right option is taken out. */
  ABSTENTION;

  /** Returns a number from 0 to less than 1. */
  double of(long seed, int epoch, String id) {
    long purpose = SplitMix64.key("draw " + name());
    long bits = SplitMix64.of(purpose, seed, epoch, SplitMix64.key(id)).next();
    // the 53 bits of a double's fraction
    return (bits >>> 11) * 0x1p-53;
  }
}
