package io.telecomllm.inference.calibration;

/** Decides whether an answer is given, or left to a person. Immutable. */
public sealed interface Abstention permits ThresholdRule, TargetAccuracyRule, ConformalRule {
  /** Returns whether to give the answer. */
  boolean answers(CalibratedAnswer answer);
}
