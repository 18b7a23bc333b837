package io.telecomllm.training.memory;

import io.telecomllm.lora.AdapterShape;
import io.telecomllm.tensor.DataType;
import io.telecomllm.training.optimizer.AdamW;

/** The memory of an adapter in training, in addition to the model's. All sizes are in bytes. */
record AdapterMemory(AdapterShape adapter, DataType type, boolean eightBit) {
  /**
   * The number of fp32 temporaries that a step of AdamW makes for each value ({@code adamw_8bit_},
   * {@code adamw_}).
   */
  private static final int STEP_8BIT = 6;

  private static final int STEP_FP32 = 2;

  private static final long PIECE = 131_072;

  /**
   * Returns the size of the values, their gradients and moments, and their copies in the compute
   * type.
   */
  long held() {
    AdamW.Settings settings = eightBit ? AdamW.Settings.eightBit(0) : AdamW.Settings.fp32(0);
    long trained = adapter.trainableParameters();
    long moments =
        adapter.trained().values().stream()
            .mapToLong(shape -> settings.momentBytes(AdapterShape.elements(shape)))
            .sum();
    long all = trained + adapter.frozenValues();
    long copies = type == DataType.FLOAT32 ? 0 : all * type.bytes();
    return Float.BYTES * (all + trained) + moments + copies;
  }

  /** Returns the size of AdamW's temporaries for the largest parameter. */
  long step() {
    // the 8-bit step works piece by piece
    return eightBit
        ? Math.min(largest(), PIECE) * Float.BYTES * STEP_8BIT
        : largest() * Float.BYTES * STEP_FP32;
  }

  private long largest() {
    return adapter.trained().values().stream().mapToLong(AdapterShape::elements).max().orElse(0);
  }

  /**
   * Returns the bytes written per step by clearing and clipping gradients, copies and AdamW's
   * passes.
   */
  long written() {
    int passes = eightBit ? 24 : 8;
    return adapter.trainableParameters() * Float.BYTES * passes;
  }
}
