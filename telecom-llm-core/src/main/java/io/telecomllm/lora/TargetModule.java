package io.telecomllm.lora;

/**
 * The part that some rows of a linear layer play, whatever an architecture calls and fuses them.
 */
public enum TargetModule {
  /** The projection to queries. */
  Q,
  /** The projection to keys. */
  K,
  /** The projection to values. */
  V,
  /** The attention's output projection. */
  O,
  /** The gate of a gated feed-forward. */
  GATE,
  /** The projection up of the feed-forward. */
  UP,
  /** The projection down of the feed-forward. */
  DOWN
}
