package io.telecomllm.training.preference;

import io.telecomllm.training.objective.DirectPreference;

/**
 * The settings of direct preference optimization, named as in TRL.
 *
 * @param beta {@code beta}: how strongly the adapter is held near the model, finite and over 0; the
 *     less, the farther it may go
 * @param labelSmoothing {@code label_smoothing}: the probability that a pair is the wrong way round
 *     (Mitchell 2023), 0 to less than 0.5
 */
public record PreferenceConfig(double beta, double labelSmoothing) {
  /** Checks the ranges. */
  public PreferenceConfig {
    DirectPreference unused = new DirectPreference(beta, labelSmoothing);
  }

  /** Returns the default settings: beta 0.1, no smoothing. */
  public static PreferenceConfig defaults() {
    return new PreferenceConfig(/* beta= */ 0.1, /* labelSmoothing= */ 0);
  }

  DirectPreference objective() {
    return new DirectPreference(beta, labelSmoothing);
  }
}
