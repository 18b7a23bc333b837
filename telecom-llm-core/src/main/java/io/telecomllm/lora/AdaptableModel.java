package io.telecomllm.lora;

import io.telecomllm.tensor.Device;
import io.telecomllm.tensor.Scope;
import io.telecomllm.tensor.Tensor;
import java.util.List;
import java.util.Map;

/** What an adapter must know of the base model that it adapts. */
public interface AdaptableModel {
  /** Where it computes. */
  Device device();

  /** Its linear layers, the head not among them. */
  List<AdaptedModule> linearLayers();

  /**
   * Names and shapes of all parameters of which an adapter may hold a changed copy: biases, norms,
   * embedding, head, and the matrices of linear layers that are dense.
   */
  Map<String, List<Long>> replaceable();

  /** The value of a replaceable parameter in fp32, owned by the scope. */
  Tensor parameter(String name, Scope owner);

  /** The matrix of a linear layer as it is computed with, (out, in) in fp32. */
  Tensor weight(String module, Scope owner);

  /**
   * The matrix of a linear layer before it was quantised, (out, in) in fp32.
   *
   * @throws io.telecomllm.TelecomLlmException if there is no such matrix any more
   */
  Tensor originalWeight(String module, Scope owner);
}
