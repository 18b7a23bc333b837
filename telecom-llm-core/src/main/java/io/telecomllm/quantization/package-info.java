/**
 * Weights as the network sees them: dense, or packed to 4 bits (NF4 with double quantisation) and
 * unpacked into a buffer that is used again.
 */
@org.jspecify.annotations.NullMarked
package io.telecomllm.quantization;
