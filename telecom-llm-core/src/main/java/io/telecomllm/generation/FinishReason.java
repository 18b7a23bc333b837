package io.telecomllm.generation;

/** Why a generation ended. */
public enum FinishReason {
  /** The model ended its answer, a stop text was written, or the constraint allows no more. */
  STOP,
  /** The most tokens were generated. */
  LENGTH,
  /** The context of the model is full, and the settings do not let it shift. */
  CONTEXT,
  /** The caller cancelled it, or set a deadline that passed. */
  CANCELLED
}
