package io.telecomllm.examples;

import io.telecomllm.training.settings.TrainingConfig;
import java.util.Locale;

/** A way to train whose worth is measured. */
enum AblationArm {
  /** The model as it is. */
  BASE,
  /** The whole answer, its options always in the same order. */
  WHOLE_ANSWER,
  /** The label of the answer alone, its options always in the same order. */
  LABEL_ONLY,
  /** The whole answer, its options in another order each time. */
  SHUFFLED,
  /** The same with the expected cost of an answer and the Brier score in the loss. */
  PENALTY,
  /** The same with options that the training explanations refute costing more. */
  REFUTATIONS,
  /** After SHUFFLED, the right option preferred to the most probable wrong one. */
  PREFERENCE,
  /** With passages before the questions, some of which do not answer them. */
  CONTEXT;

  /** Changes the settings that all arms share to those of this arm. */
  TrainingConfig.Builder settings(TrainingConfig.Builder shared) {
    TrainingConfig.Builder c =
        shared.textWeight(this == LABEL_ONLY ? 0 : 1).shuffleOptions(compareTo(SHUFFLED) >= 0);
    return switch (this) {
      case BASE, WHOLE_ANSWER, LABEL_ONLY, SHUFFLED, PREFERENCE -> c;
      case PENALTY -> c.costWeight(1).brierWeight(0.5).refutationMultiplier(0);
      case REFUTATIONS -> c.costWeight(1).brierWeight(0.5).refutationMultiplier(1);
      case CONTEXT -> c.distractorShare(0.3).closedBookShare(0.2);
    };
  }

  /** Returns the arm's name in files, tables and options. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
