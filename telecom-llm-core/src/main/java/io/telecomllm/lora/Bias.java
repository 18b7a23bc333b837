package io.telecomllm.lora;

import java.util.Locale;

/** Which biases of the base model are trained with an adapter: PEFT's {@code bias}. */
public enum Bias {
  /** No bias. */
  NONE,
  /** Every bias of the model. */
  ALL,
  /** The biases of the adapted layers. */
  LORA_ONLY;

  /** Returns PEFT's name for it. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
