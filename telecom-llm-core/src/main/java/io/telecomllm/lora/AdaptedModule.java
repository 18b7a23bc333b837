package io.telecomllm.lora;

/**
 * A linear layer that can be adapted.
 *
 * @param name its full name, such as {@code model.layers.0.self_attn.qkv_proj}
 * @param out output features
 * @param in input features
 */
public record AdaptedModule(String name, int out, int in) {}
