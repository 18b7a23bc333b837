package io.telecomllm.training.settings;

import static com.google.common.base.Preconditions.checkArgument;

/**
 * What keeps an adapter from memorising its questions, in addition to weight decay and {@code
 * lora_dropout}.
 *
 * @param neftuneNoiseAlpha {@code neftune_noise_alpha}: uniform noise of up to alpha / sqrt(tokens
 *     * features) is added to the embeddings in training (Jain et al. 2023, who use 5 to 15); 0 to
 *     1000, 0 for none
 * @param labelSmoothing {@code label_smoothing_factor}: the share of each label that is spread over
 *     the whole vocabulary, 0 to less than 1
 */
public record RegularizationConfig(double neftuneNoiseAlpha, double labelSmoothing) {
  /** Checks the ranges. */
  public RegularizationConfig {
    Ranges.check("neftuneNoiseAlpha", neftuneNoiseAlpha, 0, 1000);
    checkArgument(
        labelSmoothing >= 0 && labelSmoothing < 1,
        "labelSmoothing is %s, must be 0 to less than 1",
        labelSmoothing);
  }

  /** Returns the default settings: no noise and no smoothing. */
  public static RegularizationConfig defaults() {
    return new RegularizationConfig(/* neftuneNoiseAlpha= */ 0, /* labelSmoothing= */ 0);
  }
}
