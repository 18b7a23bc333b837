package io.telecomllm.lora;

/** The roles of linear layers in a decoder, independent of an architecture's names for them. */
public enum TargetModule {
  /** The query projection of attention. */
  Q,
  /** The key projection of attention. */
  K,
  /** The value projection of attention. */
  V,
  /** The output projection of attention. */
  O,
  /** The gate projection of a gated feed-forward network. */
  GATE,
  /** The up projection of a feed-forward network. */
  UP,
  /** The down projection of a feed-forward network. */
  DOWN
}
