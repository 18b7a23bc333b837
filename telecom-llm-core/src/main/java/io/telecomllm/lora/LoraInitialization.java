package io.telecomllm.lora;

/** The initial values of a new adapter. */
public enum LoraInitialization {
  /** a is uniform in +-1/sqrt(in) and b is 0, so the model's results do not change at first. */
  KAIMING,
  /**
   * a and b come from the weight's largest singular values, and a frozen part subtracts their
   * initial product: the model's results do not change at first, but the most important directions
   * are trained (Meng et al. 2024).
   */
  PISSA,
  /**
   * a and b come from the largest singular values of the quantization error, part of which the
   * adapter corrects from the start (Li et al. 2023, one iteration). Not for dense weights, which
   * have no such error.
   */
  LOFTQ
}
