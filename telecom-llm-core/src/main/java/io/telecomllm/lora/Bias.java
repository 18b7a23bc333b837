package io.telecomllm.lora;

import java.util.Locale;

/** Which biases of the base an adapter trains copies of: PEFT's {@code bias}. */
public enum Bias {
  /** None. */
  NONE,
  /** Every bias of the model. */
  ALL,
  /** Those of the adapted layers. */
  LORA_ONLY;

  /** PEFT's word for it. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
