/**
 * Adapters as PEFT keeps them on disk: adapter_config.json and adapter_model.safetensors, both
 * ways.
 */
@org.jspecify.annotations.NullMarked
package io.telecomllm.lora.peft;
