/**
 * Where the gradients of an optimizer step come from. A {@link
 * io.telecomllm.training.gradients.GradientSource} is given the adapter's values and the
 * micro-batches of a step, and returns their mean loss with its gradients; who takes the step need
 * not know where they were computed: in this process ({@link
 * io.telecomllm.training.gradients.LocalGradients}), by several replicas in it ({@link
 * io.telecomllm.training.gradients.Replicas}), or on other machines ({@code spark}).
 *
 * <p>Who shares a step out cuts it into slices by the step alone and adds the slices' gradients in
 * their order, in fp64: the result does not depend on who computed what, or who was first.
 */
@org.jspecify.annotations.NullMarked
package io.telecomllm.training.gradients;
