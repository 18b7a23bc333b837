package io.telecomllm.model;

/** How a model's linear layers are kept in memory. */
public enum WeightType {
  /** Unpacked, in the compute type. */
  DENSE,
  /** Packed to 4-bit NormalFloat. */
  NF4,
  /** Packed to 4-bit floating point. */
  FP4
}
