package io.telecomllm.inference.evaluation.report;

/**
 * A number that says how good the answers of an evaluation and their confidences are.
 *
 * <p>The constants from {@link #OWN_ACCURACY} to {@link #MARGIN_AURC} are those of the model's own
 * probabilities, before the calibration.
 */
public enum Figure {
  /** The share of right choices, given or not. */
  ACCURACY("accuracy", true, false),
  /** The share of the choices that are given as the answer. */
  COVERAGE("answers given", true, false),
  /** The share of right ones among the answers that are given. */
  GIVEN_ACCURACY("accuracy of the answers given", true, false),
  /** The accuracy of the surest 90 % of the choices. */
  SELECTIVE_90("accuracy at 90 % coverage", true, false),
  /** The accuracy of the surest 80 %. */
  SELECTIVE_80("accuracy at 80 % coverage", true, false),
  /** The accuracy of the surest 70 %. */
  SELECTIVE_70("accuracy at 70 % coverage", true, false),
  /** The accuracy of the surest 50 %. */
  SELECTIVE_50("accuracy at 50 % coverage", true, false),
  /** The area under the risk-coverage curve. */
  AURC("AURC", false, true),
  /** The probability that a right choice is surer than a wrong one; not defined without both. */
  AUROC("AUROC", false, false),
  /** The expected calibration error of the confidence. */
  CALIBRATION_ERROR("calibration error (ECE)", false, true),
  /** The Brier score of the options' probabilities, 0 to 2. */
  BRIER("Brier score", false, true),
  /** The mean of -ln p of the right option. */
  LOG_LOSS("log loss", false, true),
  /** The accuracy of the option that the model's own probabilities favour. */
  OWN_ACCURACY("uncalibrated: accuracy", true, false),
  /** The log loss of the model's own probabilities. */
  OWN_LOG_LOSS("uncalibrated: log loss", false, true),
  /** The calibration error of the model's own highest probability. */
  OWN_CALIBRATION_ERROR("uncalibrated: ECE", false, true),
  /** The area under the risk-coverage curve of the model's own highest probability. */
  OWN_AURC("uncalibrated: AURC", false, true),
  /** The same of the distance from the model's highest probability to its second highest. */
  MARGIN_AURC("margin: AURC", false, true),
  /** The share of questions whose right option is in the conformal set. */
  SET_COVERAGE("conformal sets with the right option", true, false),
  /** The mean number of options in the conformal set. */
  SET_SIZE("options in a conformal set", false, true),
  /** The share of the questions read in several orders whose choice an order changes. */
  FLIP_RATE("choices that an order changes", true, true),
  /** The standard deviation of the recalls of the places of the options, 0 to 0.5. */
  RECALL_DEVIATION("deviation of recalls by place", false, true);

  private final String label;
  private final boolean share;
  private final boolean lessIsBetter;

  Figure(String label, boolean share, boolean lessIsBetter) {
    this.label = label;
    this.share = share;
    this.lessIsBetter = lessIsBetter;
  }

  /** Returns a name for people. */
  public String label() {
    return label;
  }

  /** Returns whether it is a share of questions, which people read in per cent. */
  public boolean share() {
    return share;
  }

  /** Returns whether a lower value is better. */
  public boolean lessIsBetter() {
    return lessIsBetter;
  }
}
