package io.telecomllm.lora;

/** The roles that linear layers play in a decoder, whatever an architecture calls them. */
public enum TargetModule {
  /** The attention's query. */
  Q,
  /** The attention's key. */
  K,
  /** The attention's value. */
  V,
  /** The attention's output. */
  O,
  /** The gate of a gated feed-forward. */
  GATE,
  /** The way up of the feed-forward. */
  UP,
  /** The way down of the feed-forward. */
  DOWN
}
