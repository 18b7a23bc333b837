package io.telecomllm.inference.calibration;

import java.util.Optional;

/** Decides whether an answer is given, or left to a person. Immutable. */
public sealed interface Abstention permits ThresholdRule, TargetAccuracyRule, ConformalRule {
  /** Returns why not to give the answer; empty if it is given. */
  Optional<AbstentionReason> reason(CalibratedAnswer answer);

  /** Returns whether to give the answer. */
  default boolean answers(CalibratedAnswer answer) {
    return reason(answer).isEmpty();
  }
}
