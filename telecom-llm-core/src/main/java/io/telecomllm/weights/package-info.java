/**
 * Weights on disk: safetensors, sharded checkpoints and GGUF, read by checked positional reads into
 * the caller's buffers, and the strict reader for the JSON that comes with them.
 */
@org.jspecify.annotations.NullMarked
package io.telecomllm.weights;
