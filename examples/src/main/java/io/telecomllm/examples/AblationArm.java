package io.telecomllm.examples;

import io.telecomllm.training.settings.TrainingConfig;
import java.util.Locale;
import java.util.function.UnaryOperator;

/** A way to train whose worth is measured. */
enum AblationArm {
  /** The model as it is. */
  BASE(c -> c),
  /** The whole answer, its options always in the same order. */
  WHOLE_ANSWER(c -> c.textWeight(1).shuffleOptions(false)),
  /** The label of the answer alone, its options always in the same order. */
  LABEL_ONLY(c -> c.textWeight(0).shuffleOptions(false)),
  /** The whole answer, its options in another order each time. */
  SHUFFLED(c -> c.textWeight(1).shuffleOptions(true)),
  /** The same with the expected cost of an answer and the Brier score in the loss. */
  PENALTY(c -> SHUFFLED.settings.apply(c).costWeight(1).brierWeight(0.5)),
  /** The same with options that the training explanations refute costing more. */
  REFUTATIONS(c -> PENALTY.settings.apply(c).refutationMultiplier(1)),
  /** After SHUFFLED, the right option preferred to the most probable wrong one. */
  PREFERENCE(c -> SHUFFLED.settings.apply(c)),
  /** With passages before the questions, some of which do not answer them. */
  CONTEXT(c -> SHUFFLED.settings.apply(c).distractorShare(0.3).closedBookShare(0.2));

  final UnaryOperator<TrainingConfig.Builder> settings;

  AblationArm(UnaryOperator<TrainingConfig.Builder> settings) {
    this.settings = settings;
  }

  /** Returns the arm's name in files and tables. */
  String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
