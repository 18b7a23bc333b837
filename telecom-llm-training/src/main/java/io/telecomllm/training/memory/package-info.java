/**
 * How much memory a run takes and how long a step lasts, before anything is loaded. {@link
 * io.telecomllm.training.memory.MemoryPlan} is the entry point: {@code DryRun} creates the model
 * and the adapter on a device without memory and takes a step there, by the code of a real run,
 * while a {@link io.telecomllm.tensor.Meter} counts. A plan therefore follows the network by
 * itself; only what an operator allocates within a call is written down a second time, in {@link
 * io.telecomllm.tensor.Cost} next to the operators. {@link io.telecomllm.training.memory.MemoryUse}
 * chooses from plans how a run computes: how many questions at a time, for how many layers the
 * weights are kept unpacked, and how many layers are computed again in the backward pass. The
 * choice changes the result of a run only by rounding.
 */
@org.jspecify.annotations.NullMarked
package io.telecomllm.training.memory;
