/**
 * The only room that knows DJL and TorchScript: tensors with an owner, data types, devices, and the
 * operator library that everything else computes with.
 */
@org.jspecify.annotations.NullMarked
package io.telecomllm.tensor;
