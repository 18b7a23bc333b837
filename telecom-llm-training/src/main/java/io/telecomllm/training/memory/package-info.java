/**
 * How much memory a run takes and how long a step lasts, before anything is loaded. {@link
 * io.telecomllm.training.memory.MemoryPlan} is the entry point: {@code StepMemory} follows the
 * order of the network's work and adds up, in a {@code Ledger}, the bytes that live at the same
 * time; {@code StepTime} counts operations. {@link io.telecomllm.training.memory.MemoryUse} chooses
 * from plans how a run computes: how many questions at a time, for how many layers the weights are
 * kept unpacked, and how many layers are computed again in the backward pass. The choice changes
 * the result of a run only by rounding.
 *
 * <p>A plan is tied to the code of the network: a change of what a layer keeps or allocates needs a
 * change of {@code StepMemory}.
 */
@org.jspecify.annotations.NullMarked
package io.telecomllm.training.memory;
