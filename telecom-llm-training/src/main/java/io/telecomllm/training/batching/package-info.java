/**
 * From examples to the rows of a forward pass.
 *
 * <p>An {@link io.telecomllm.training.batching.Example} is a sequence of token ids with a label for
 * each token to predict. A {@link io.telecomllm.training.batching.PackedBatch} lays several out as
 * rows without padding, with shared beginnings held once, and notes which rows predict a label. A
 * {@link io.telecomllm.training.batching.StepBatch} is the packed batches of one optimizer step,
 * with the {@link io.telecomllm.training.batching.TrainingNoise} of its passes. Just before it is
 * computed, a packed batch becomes a {@link io.telecomllm.training.batching.RoundedBatch}, whose
 * sizes are multiples of 32.
 *
 * <p>Everything here is a plain value without native memory.
 */
@org.jspecify.annotations.NullMarked
package io.telecomllm.training.batching;
