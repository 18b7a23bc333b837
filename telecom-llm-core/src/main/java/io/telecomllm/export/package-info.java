/**
 * Writes models for other programs.
 *
 * <p>{@link io.telecomllm.export.Export} is where a program begins: it writes a folder that
 * transformers reads, or a GGUF file that llama.cpp reads, of a model as it is or with an adapter
 * merged into it. {@link io.telecomllm.export.MergeReport} says what the merging cost: the written
 * model is loaded again and compared with the base and its adapter.
 *
 * <p>Weights are converted one at a time, so that writing needs little memory beyond the model.
 * Packed weights stay packed in a folder, and are unpacked for GGUF. Each file appears whole or not
 * at all.
 */
@org.jspecify.annotations.NullMarked
package io.telecomllm.export;
