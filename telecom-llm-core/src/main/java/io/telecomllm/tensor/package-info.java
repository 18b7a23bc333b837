/**
 * Tensors and the operators that compute with them: the only package that knows DJL and
 * TorchScript.
 *
 * <p><b>Concepts.</b> A {@link io.telecomllm.tensor.Tensor} is an array in native memory, of a
 * {@link io.telecomllm.tensor.DataType}, on a {@link io.telecomllm.tensor.Device}. {@link
 * io.telecomllm.tensor.Operators} are functions of tensors: those that every network needs are its
 * own methods, those for attention, adapters, packing and random values have classes that it
 * returns, and optimizers have static ones in {@link io.telecomllm.tensor.OptimizerOperators}.
 * There is no automatic differentiation: every operator that the decoder needs has its backward
 * pass as an operator of its own, written by hand.
 *
 * <p><b>Ownership.</b> Native memory is not seen by the garbage collector, so each tensor has an
 * owner: the {@link io.telecomllm.tensor.Scope} whose operators made it. Closing the scope frees
 * all its tensors and its child scopes; {@link io.telecomllm.tensor.Tensor#close} frees one
 * earlier, and {@link io.telecomllm.tensor.Scope#adopt} moves one to another scope. The rule is one
 * scope per step, per answer or per layer:
 *
 * <pre>{@code
 * try (Scope work = owner.child()) {
 *   Operators ops = work.operators();
 *   Tensor y = ops.linear(x, w);          // freed with work
 *   return owner.adopt(ops.add(y, bias)); // lives as long as owner
 * }
 * }</pre>
 *
 * <p><b>Shapes.</b> Matrices are (rows, features) with a row per token; there is no batch dimension
 * and no padding. Which rows belong together is told by {@link io.telecomllm.tensor.Segments},
 * which only attention needs. Weights are (out, in), as in checkpoints. Matrix products are
 * computed in the type of their arguments, the compute type ({@link
 * io.telecomllm.tensor.ComputeType} chooses it); norms, softmax, losses, gradients of parameters
 * and optimizers are in fp32. In operators with optional arguments a tensor without elements means
 * that there is none. A name that ends in "InPlace" in Java, or in {@code _} in the script, changes
 * its first argument.
 *
 * <p><b>Numbers.</b> Random operators take a seed for each call; {@link io.telecomllm.tensor.Seed}
 * derives one for each epoch, step and layer. With one thread ({@link
 * io.telecomllm.tensor.Threads}) the same inputs give the same bits each time.
 *
 * <p><b>Measuring.</b> On {@link io.telecomllm.tensor.Device#meta()} tensors have a shape and no
 * memory. A {@link io.telecomllm.tensor.Meter} adds up what the operators of its thread would
 * allocate, write and multiply there; {@link io.telecomllm.tensor.Cost} knows what a call takes in
 * addition to its results. With these the memory of a training run is planned before it starts.
 *
 * <p><b>Where to start reading.</b> {@link io.telecomllm.tensor.Scope}, then {@link
 * io.telecomllm.tensor.Operators}, then the resource {@code operators.py} beneath this package,
 * which holds the operators as the text of a TorchScript module. {@code Script} loads it once per
 * process, and {@code Call} passes arguments to it and turns errors into exceptions that name the
 * operator.
 *
 * <p><b>To add an operator,</b> write a method in {@code operators.py} with a type for each
 * argument and a comment with the shapes; write its backward pass as a second method if training
 * needs it; add a Java method to {@link io.telecomllm.tensor.Operators}, or to one of the classes
 * that it returns; add a case to {@link io.telecomllm.tensor.Cost} if it allocates more than its
 * results or multiplies matrices; and compare the backward pass with torch's automatic
 * differentiation in a test, as {@code OperatorGradientTest} does.
 */
@org.jspecify.annotations.NullMarked
package io.telecomllm.tensor;
