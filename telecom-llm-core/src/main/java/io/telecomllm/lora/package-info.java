/**
 * Low-rank adapters: which layers to adapt, the adapter itself, and its arithmetic.
 *
 * <p>A {@link io.telecomllm.lora.LoraConfig} says what to adapt, in PEFT's terms. {@link
 * io.telecomllm.lora.AdapterPlan} applies it to a model ({@link
 * io.telecomllm.lora.AdaptableModel}): the names, patterns and roles of its {@link
 * io.telecomllm.lora.LoraTargets} become parts, each a pair of matrices for a range of a layer's
 * output rows. A fused layer such as Phi-3's {@code qkv_proj} can have several parts, one per role.
 * {@link io.telecomllm.lora.LoraAdapter} holds the values in fp32 and owns their native memory.
 *
 * <p>Nothing of the base model changes. To compute, an adapter gives {@link
 * io.telecomllm.lora.Deltas}, copies of its matrices in the compute type: y = x W^T becomes y +
 * scale (x a^T) b^T in a {@link io.telecomllm.lora.LoraDelta}, with a (rank, in) and b (out, rank).
 * A backward pass adds to {@link io.telecomllm.lora.Gradients}, and an optimizer changes the
 * adapter's {@link io.telecomllm.lora.Parameter}s.
 *
 * <p>Start with {@link io.telecomllm.lora.LoraConfig}, {@link
 * io.telecomllm.lora.LoraAdapter#create} and {@link io.telecomllm.lora.LoraDelta#apply}. {@link
 * io.telecomllm.lora.peft} stores adapters on disk.
 */
@org.jspecify.annotations.NullMarked
package io.telecomllm.lora;
