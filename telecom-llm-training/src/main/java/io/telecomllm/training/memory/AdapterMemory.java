package io.telecomllm.training.memory;

import io.telecomllm.lora.AdapterShape;
import io.telecomllm.tensor.DataType;
import io.telecomllm.training.optimizer.AdamW;

/** What an adapter under training holds, beside the model. */
record AdapterMemory(AdapterShape adapter, DataType type, boolean eightBit) {
  /**
   * fp32 values that a step of AdamW makes of each value at once: {@code adamw_8bit_}, {@code
   * adamw_}.
   */
  private static final int STEP_8BIT = 6;

  private static final int STEP_FP32 = 2;

  private static final long PIECE = 131_072;

  /** The values, their gradients and moments, and their copies in the compute type. */
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

  /** What AdamW makes for a moment, of the largest parameter. */
  long step() {
    // in 8 bits it goes piece by piece
    return eightBit
        ? Math.min(largest(), PIECE) * Float.BYTES * STEP_8BIT
        : largest() * Float.BYTES * STEP_FP32;
  }

  private long largest() {
    return adapter.trained().values().stream().mapToLong(AdapterShape::elements).max().orElse(0);
  }

  /** Bytes written by clearing and clipping gradients, copies and AdamW's passes. */
  long written() {
    int passes = eightBit ? 24 : 8;
    return adapter.trainableParameters() * Float.BYTES * passes;
  }
}
