package io.telecomllm.model;

/** How the linear layers of a model are kept in memory. */
public enum WeightType {
  /** Not packed, in the compute type. */
  DENSE,
  /** Packed to 4-bit NormalFloat. */
  NF4,
  /** Packed to 4-bit floating point. */
  FP4,
  /** In the blocks of a GGUF file, such as Q4_K, as the file holds them. */
  GGUF,
  /**
   * In integers of 4 bits (8 for what 4 would not hold) in groups of 32, which a CPU reads as they
   * are for few tokens at a time: for answering.
   */
  INT4,
  /**
   * In integers of 8 bits with a scale for each output, multiplied with inputs that are rounded to
   * 8 bits for each token: for answering.
   */
  INT8
}
