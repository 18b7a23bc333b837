package io.telecomllm.examples.pretraining;

/**
 * The hardness of the exercises: it rises by a tenth when nine in ten answers are right, at least
 * 15 steps after the last change.
 */
final class Curriculum {
  private static final double GOOD = 0.9;
  private static final int SHORTEST_STAY = 15;
  private static final int LEVELS = 10;

  private int level;
  private int steps;
  private double mean;

  /** Returns the hardness, 0 to 1. */
  double hardness() {
    return (double) level / LEVELS;
  }

  /** Notes the share of right answers of a step. */
  void learned(double share) {
    mean += 0.1 * (share - mean);
    steps++;
    if (mean > GOOD && steps >= SHORTEST_STAY && level < LEVELS) {
      level++;
      steps = 0;
    }
  }
}
