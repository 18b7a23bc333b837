/**
 * Checkpoints into networks: config.json with safetensors, and GGUF files; {@link
 * io.telecomllm.model.files.ModelLoader} is where a program begins.
 */
@org.jspecify.annotations.NullMarked
package io.telecomllm.model.files;
