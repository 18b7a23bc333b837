/**
 * The weights of linear layers as the network computes with them: dense, or packed to 4 bits.
 *
 * <p>A {@link io.telecomllm.quantization.Weight} is frozen and shared by threads. A {@link
 * io.telecomllm.quantization.DenseWeight} is a matrix in the compute type. A {@link
 * io.telecomllm.quantization.FourBitWeight} is packed in blocks: each value is a code of a {@link
 * io.telecomllm.quantization.FourBitCode}, NF4 or FP4, times the scale of its block, and the scales
 * may be quantized too (double quantization). {@link io.telecomllm.quantization.QuantizationConfig}
 * says how to pack, and packs a matrix while it is read.
 *
 * <p>A {@link io.telecomllm.quantization.BlockWeight} holds the blocks of a GGUF file. For
 * answering on a CPU, a {@link io.telecomllm.quantization.GroupWeight} is multiplied as it is for
 * few rows.
 *
 * <p>To compute with another packed weight, a {@link io.telecomllm.quantization.Workspace} unpacks
 * it into a buffer that the next weight reuses; each thread has a workspace of its own. Codes and
 * scales equal those of bitsandbytes bit for bit, and {@link
 * io.telecomllm.quantization.BitsAndBytes} reads and writes its checkpoints. {@link
 * io.telecomllm.quantization.DynamicCode} is the 8-bit code of scales and of an optimizer's
 * moments.
 */
@org.jspecify.annotations.NullMarked
package io.telecomllm.quantization;
