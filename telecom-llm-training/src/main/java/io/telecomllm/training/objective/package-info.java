/**
 * What training minimises. An {@link io.telecomllm.training.objective.Objective} is given what the
 * model predicts for a micro-batch ({@link io.telecomllm.training.objective.Predictions}: the
 * hidden states at the supervised rows, and the head that turns them into logits) and returns the
 * loss with its gradient by the hidden states; the backward pass through the layers is not its
 * concern. {@link io.telecomllm.training.objective.Likelihood} is the usual one.
 *
 * <p>Another objective is another file here. It can weigh each token by itself (the labels'
 * weights), treat the tokens of an example together ({@link
 * io.telecomllm.training.batching.PackedBatch#owners}), and compare with the base model, by a
 * second forward pass of {@link io.telecomllm.training.objective.Predictions#model} without the
 * adapter. What it is the mean of it says itself ({@link
 * io.telecomllm.training.objective.Objective#terms}); a micro-batch is never divided.
 */
@org.jspecify.annotations.NullMarked
package io.telecomllm.training.objective;
