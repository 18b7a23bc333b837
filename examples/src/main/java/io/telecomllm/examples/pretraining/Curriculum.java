package io.telecomllm.examples.pretraining;

/**
 * How hard the exercises are: harder by a tenth whenever nine in ten were right, once the last
 * change has had 15 steps to be learned.
 */
final class Curriculum {
  private static final double GOOD = 0.9;
  private static final int SHORTEST_STAY = 15;
  private static final int LEVELS = 10;

  private int level;
  private int steps;
  private double mean;

  /** From 0 to 1. */
  double hardness() {
    return (double) level / LEVELS;
  }

  /** After a step with that share of right answers. */
  void learned(double share) {
    mean += 0.1 * (share - mean);
    steps++;
    if (mean > GOOD && steps >= SHORTEST_STAY && level < LEVELS) {
      level++;
      steps = 0;
    }
  }
}
