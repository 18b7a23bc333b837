/**
 * Weights on disk: safetensors files, sharded checkpoints and GGUF files, read and written.
 *
 * <p>{@link io.telecomllm.weights.Checkpoint} opens a file or folder as a {@link
 * io.telecomllm.weights.TensorSource}: named tensors, each with a {@link
 * io.telecomllm.weights.TensorInfo} that tells its {@link io.telecomllm.weights.Encoding}, shape
 * and position. Opening reads only the header and checks all of it, since files may be damaged or
 * hostile: every length is compared with the file's size before memory is allocated. Values are
 * read later, at checked positions, as raw bytes or as floats decoded from any encoding; {@link
 * io.telecomllm.weights.TensorReader} reads them straight into native memory on several threads.
 * Shapes are row-major, in GGUF files too. Pickle files are programs and are never read.
 *
 * <p>{@link io.telecomllm.weights.SafetensorsWriter}, {@link io.telecomllm.weights.ShardedWriter}
 * and {@link io.telecomllm.weights.GgufWriter} ask for each tensor when they write it, so a model
 * need not be in memory. A file appears under its name complete or not at all.
 */
@org.jspecify.annotations.NullMarked
package io.telecomllm.weights;
