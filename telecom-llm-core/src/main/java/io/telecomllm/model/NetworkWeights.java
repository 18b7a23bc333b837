package io.telecomllm.model;

import io.telecomllm.Internal;
import io.telecomllm.quantization.BlockScales;
import io.telecomllm.quantization.FourBitWeight;
import io.telecomllm.quantization.QuantizationConfig;
import io.telecomllm.quantization.Weight;
import io.telecomllm.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The weights of a model by Hugging Face's names, to be written to a file.
 *
 * @param config the model's shape
 * @param matrices the matrices of the linear layers, without the head, in the order of the layers
 * @param others embedding, norms, biases, and the head's matrix if it is not the embedding
 */
@Internal
public record NetworkWeights(
    ModelConfig config, Map<String, Weight> matrices, Map<String, Tensor> others) {
  static NetworkWeights of(Decoder decoder) {
    Map<String, Weight> matrices = new LinkedHashMap<>();
    decoder.linears().forEach(linear -> matrices.put(linear.weightName(), linear.weight()));
    return new NetworkWeights(decoder.config(), matrices, decoder.others());
  }

  /** Returns how the linear layers are packed; empty if they are dense. */
  public Optional<QuantizationConfig> packing() {
    return matrices.values().stream()
        .filter(FourBitWeight.class::isInstance)
        .map(FourBitWeight.class::cast)
        .map(
            weight ->
                new QuantizationConfig(
                    weight.code(), weight.scales() instanceof BlockScales.Nested, weight.block()))
        .findFirst();
  }
}
