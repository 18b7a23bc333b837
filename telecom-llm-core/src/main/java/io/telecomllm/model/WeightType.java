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
  GGUF
}
