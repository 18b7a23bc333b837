/**
 * Loads models: turns the files of a checkpoint into a {@link io.telecomllm.model.LanguageModel}.
 *
 * <p>{@link io.telecomllm.model.files.ModelLoader} is where a program begins. It reads the
 * configuration first, from config.json ({@link io.telecomllm.model.files.HuggingFaceConfig}) or
 * from a GGUF file's metadata ({@link io.telecomllm.model.files.GgufConfig}), into one {@link
 * io.telecomllm.model.ModelConfig}; a setting that the decoder does not have is refused by name.
 * Then it reads the weights by Hugging Face's names, and packs linear layers while it reads them,
 * so that a model is never in memory unpacked. {@link io.telecomllm.model.files.GgufLayout} knows
 * what GGUF files call the same tensors and how they order their rows.
 *
 * <p>{@link io.telecomllm.model.files.ModelSpec} says which model to load in plain values, for
 * processes on other machines.
 *
 * <p>Configurations are converted both ways: {@code export} writes what is read here.
 */
@org.jspecify.annotations.NullMarked
package io.telecomllm.model.files;
