package io.telecomllm.lora;

import io.telecomllm.Internal;
import io.telecomllm.tensor.Device;
import io.telecomllm.tensor.Scope;
import io.telecomllm.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What an adapter needs to know about the network that it is made for. */
@Internal
public interface AdaptableNetwork {
  /**
   * The names of the two matrices over the vocabulary.
   *
   * @param embedding the embedding's matrix
   * @param head the head's matrix, when it is not the embedding
   * @param tied whether the head's matrix is the embedding
   */
  @Internal
  record Embeddings(String embedding, String head, boolean tied) {
    /** Returns what a module is called in messages: embedding, head, or empty for another one. */
    public Optional<String> role(String module) {
      if (embedding.equals(module + ".weight")) {
        return Optional.of("embedding");
      }
      return head.equals(module + ".weight") ? Optional.of("head") : Optional.empty();
    }
  }

  /** Returns the device that it computes on. */
  Device device();

  /** Returns its linear layers, without the head. */
  List<AdaptedModule> linearLayers();

  /** Returns the names of embedding and head. */
  Embeddings embeddings();

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
