package io.telecomllm.inference.calibration;

/** Says how probable it is that an answer is right. Immutable. */
public sealed interface Calibration permits TemperatureCalibration, LogisticCalibration {
  /**
   * Returns the answer with its calibrated confidence, 0 to 1 and never NaN.
   *
   * @throws IllegalArgumentException naming the feature, if the evidence lacks one that it needs
   */
  CalibratedAnswer calibrate(Evidence evidence);
}
