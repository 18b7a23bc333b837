package io.telecomllm.lora;

import io.telecomllm.Internal;
import io.telecomllm.tensor.Tensor;

/**
 * A trainable tensor.
 *
 * @param name its name in an adapter's file
 * @param value its values, in fp32
 */
@Internal
public record Parameter(String name, Tensor value) {}
