package io.telecomllm.lora;

import io.telecomllm.tensor.Tensor;

/**
 * A trainable tensor.
 *
 * @param name its name in the file that keeps it
 * @param value its values, in fp32
 */
public record Parameter(String name, Tensor value) {}
