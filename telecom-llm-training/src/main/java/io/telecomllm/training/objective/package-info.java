/**
 * What training minimises. An {@link io.telecomllm.training.objective.Objective} is given the
 * {@link io.telecomllm.training.objective.Predictions} of a micro-batch (the hidden states at the
 * supervised rows, and the head that turns them into logits) and returns the loss with its gradient
 * with respect to the hidden states. The backward pass through the layers is not its concern.
 * {@link io.telecomllm.training.objective.Likelihood} is the one that runs use.
 *
 * <p>To add an objective, add a class here. It can weight each token on its own (the labels'
 * weights), treat the tokens of an example together ({@link
 * io.telecomllm.training.batching.PackedBatch#owners}), and compare with the base model, by a
 * second forward pass of {@link io.telecomllm.training.objective.Predictions#model} without the
 * adapter. It says itself what its loss is the mean of ({@link
 * io.telecomllm.training.objective.Objective#terms}); a micro-batch is never divided.
 */
@org.jspecify.annotations.NullMarked
package io.telecomllm.training.objective;
