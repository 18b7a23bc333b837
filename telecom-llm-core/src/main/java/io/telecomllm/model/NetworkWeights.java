package io.telecomllm.model;

import io.telecomllm.Internal;
import io.telecomllm.quantization.BlockScales;
import io.telecomllm.quantization.BlockWeight;
import io.telecomllm.quantization.FourBitWeight;
import io.telecomllm.quantization.QuantizationConfig;
import io.telecomllm.quantization.Weight;
import io.telecomllm.tensor.Tensor;
import io.telecomllm.weights.Encoding;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The weights of a model by Hugging Face's names, to be written to a file.
 *
 * @param config the model's shape
 * @param matrices embedding, the head's matrix if it is not the embedding, and the matrices of the
 *     linear layers in their order
 * @param vectors the weights of norms, and biases, in fp32
 */
@Internal
public record NetworkWeights(
    ModelConfig config, Map<String, Weight> matrices, Map<String, Tensor> vectors) {
  static NetworkWeights of(Decoder decoder) {
    return new NetworkWeights(decoder.config(), decoder.matrices(), decoder.vectors());
  }

  /** Returns the encodings of the matrices that are in blocks of a GGUF file, by name. */
  public Map<String, Encoding> blocks() {
    Map<String, Encoding> blocks = new LinkedHashMap<>();
    matrices.forEach(
        (name, weight) -> {
          if (weight instanceof BlockWeight block) {
            blocks.put(name, block.encoding());
          }
        });
    return blocks;
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
