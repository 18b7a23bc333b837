package io.telecomllm.model;

import io.telecomllm.Internal;

/** How the linear layers of a model are kept in memory. */
@Internal
public enum WeightType {
  /** Not packed, in the compute type. */
  DENSE,
  /** Packed to 4-bit NormalFloat. */
  NF4,
  /** Packed to 4-bit floating point. */
  FP4
}
