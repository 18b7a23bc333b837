/**
 * How gradients change parameters, once they are computed and clipped.
 *
 * <p>{@link io.telecomllm.training.optimizer.AdamW} holds the moments, in fp32 or in 8-bit blocks
 * as in bitsandbytes, and updates parameters in place. {@link
 * io.telecomllm.training.optimizer.LearningRate} is the rate of each step: a warm-up, then a {@link
 * io.telecomllm.training.optimizer.Schedule}. {@link io.telecomllm.training.optimizer.LoraPlus}
 * gives the matrices b a higher rate. {@link io.telecomllm.training.optimizer.LossScale} keeps
 * small gradients from vanishing in fp16.
 *
 * <p>Everything except {@link io.telecomllm.training.optimizer.AdamW} is an immutable value. A
 * checkpoint keeps AdamW's moments and number of steps, and the loss scale, so a resumed run has
 * the same bits.
 */
@org.jspecify.annotations.NullMarked
package io.telecomllm.training.optimizer;
