package io.telecomllm.lora;

import io.telecomllm.Internal;
import io.telecomllm.tensor.Device;
import io.telecomllm.tensor.Scope;
import io.telecomllm.tensor.Tensor;
import java.util.List;
import java.util.Map;

/** What an adapter needs to know about the network that it is made for. */
@Internal
public interface AdaptableNetwork {
  /** Returns the device that it computes on. */
  Device device();

  /** Returns its linear layers, without the head. */
  List<AdaptedModule> linearLayers();

  /**
   * Returns the names and shapes of all parameters that an adapter may replace by a trained copy:
   * biases, norms, embedding, head, and the matrices of dense linear layers.
   */
  Map<String, List<Long>> replaceable();

  /** Returns the value of a replaceable parameter in fp32, owned by the scope. */
  Tensor parameter(String name, Scope owner);

  /**
   * Returns the matrix of a linear layer as the model computes with it, (out, in) in fp32, owned by
   * the scope.
   */
  Tensor weight(String module, Scope owner);

  /**
   * Returns the matrix of a linear layer before it was quantized, (out, in) in fp32, owned by the
   * scope.
   *
   * @throws io.telecomllm.TelecomLlmException if it is no longer available
   */
  Tensor originalWeight(String module, Scope owner);
}
