/**
 * Adapters in PEFT's format on disk, read and written by {@link
 * io.telecomllm.lora.peft.PeftFolder}.
 *
 * <p>A folder holds {@code adapter_config.json}, the configuration, and {@code
 * adapter_model.safetensors}, the matrices under PEFT's names. PEFT has one pair of matrices per
 * layer, while an adapter here can have several parts in a fused layer; on disk these are joined to
 * one pair with the same product, and the file's metadata, which PEFT ignores, say how to separate
 * them again.
 *
 * <p>Files may be damaged or hostile: settings that would change what is computed and are not
 * supported, tensors that would be ignored, wrong shapes and values that are not finite are
 * refused.
 */
@org.jspecify.annotations.NullMarked
package io.telecomllm.lora.peft;
