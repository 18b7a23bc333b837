/** AdamW with moments in 8 bits or fp32, learning-rate schedules, clipping. */
@org.jspecify.annotations.NullMarked
package io.telecomllm.training.optimizer;
