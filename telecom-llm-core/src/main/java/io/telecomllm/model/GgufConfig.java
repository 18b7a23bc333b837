package io.telecomllm.model;

import io.telecomllm.InvalidDataException;
import io.telecomllm.UnsupportedModelException;
import io.telecomllm.weights.GgufFile;
import io.telecomllm.weights.JsonView;

/** Reads a {@link ModelConfig} from the metadata of a GGUF file. */
final class GgufConfig {
  private static final int MAX = Integer.MAX_VALUE;

  private GgufConfig() {}

  static ModelConfig read(GgufFile file) {
    JsonView fields = file.fields();
    String name = fields.string("general.architecture");
    if (!name.equals("llama")) {
      throw new UnsupportedModelException(
          fields.file() + ": general.architecture is " + name + ", only llama is supported");
    }
    String scaling = fields.optionalString("llama.rope.scaling.type").orElse("none");
    if (!scaling.equals("none")) {
      throw new UnsupportedModelException(
          fields.file() + ": llama.rope.scaling.type is " + scaling + ", only none is supported");
    }
    int hidden = fields.integer("llama.embedding_length", 1, MAX);
    int heads = fields.integer("llama.attention.head_count", 1, MAX);
    int size = fields.optionalInteger("llama.rope.dimension_count", 1, MAX).orElse(hidden / heads);
    try {
      return ModelConfig.builder(Architecture.LLAMA)
          .hiddenSize(hidden)
          .intermediateSize(fields.integer("llama.feed_forward_length", 1, MAX))
          .layers(fields.integer("llama.block_count", 1, MAX))
          .heads(
              heads,
              fields.optionalInteger("llama.attention.head_count_kv", 1, MAX).orElse(heads),
              size)
          .vocabularySize(Math.toIntExact(file.info("token_embd.weight").shape().get(0)))
          .contextLength(fields.integer("llama.context_length", 1, MAX))
          .normEpsilon(fields.number("llama.attention.layer_norm_rms_epsilon"))
          .ropeTheta(fields.optionalNumber("llama.rope.freq_base").orElse(10_000))
          .tiedEmbeddings(!file.names().contains("output.weight"))
          .build();
    } catch (IllegalArgumentException e) {
      throw new InvalidDataException(fields.file() + ": " + e.getMessage(), e);
    }
  }
}
