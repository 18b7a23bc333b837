/**
 * Where the gradients of an optimizer step come from. A {@link
 * io.telecomllm.training.gradients.GradientSource} is given the micro-batches of a step, and adds
 * the gradients of their mean loss at the current values of the adapter. The run does not know
 * where they are computed.
 *
 * <ul>
 *   <li>{@link io.telecomllm.training.gradients.InProcessGradients} computes in this process with
 *       the adapter itself; a run uses it unless another source is set.
 *   <li>{@link io.telecomllm.training.gradients.Replicas} computes with several models in this
 *       process.
 *   <li>{@code SparkGradients}, in the package {@code spark}, computes on other machines.
 * </ul>
 *
 * <p>The last two are {@link io.telecomllm.training.gradients.ArrayGradients}: the values of the
 * adapter are sent as plain arrays ({@link io.telecomllm.training.gradients.ParameterArrays}), and
 * each replica or executor copies them into an adapter of its own, a {@link
 * io.telecomllm.training.gradients.ScratchAdapter}. A step is cut into slices ({@link
 * io.telecomllm.training.gradients.Slice}) by the step alone, and the gradients of the slices are
 * added in their order, in fp64 ({@link io.telecomllm.training.gradients.SliceSum}). So the result
 * does not depend on who computed which slice, or who finished first.
 */
@org.jspecify.annotations.NullMarked
package io.telecomllm.training.gradients;
