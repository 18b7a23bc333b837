/**
 * How much memory a run takes and how long a step lasts, before anything is loaded. {@link
 * io.telecomllm.training.memory.MemoryPlan} is the entry: it follows the order of the network's
 * work and adds up what lives at the same time, in bytes. {@link
 * io.telecomllm.training.memory.MemoryUse} chooses from it how a run computes: questions at a time,
 * layers whose weights are kept unpacked, layers that are computed again in the backward pass. The
 * result of a run does not depend on that choice but for rounding.
 */
@org.jspecify.annotations.NullMarked
package io.telecomllm.training.memory;
