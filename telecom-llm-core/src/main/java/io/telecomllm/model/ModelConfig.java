package io.telecomllm.model;

import static com.google.common.base.Preconditions.checkArgument;

/**
 * The shape of a decoder, in the words of Hugging Face's config.json.
 *
 * @param architecture {@code model_type}: which names its tensors have
 * @param hiddenSize features of a row
 * @param intermediateSize features inside the feed-forward
 * @param layers {@code num_hidden_layers}
 * @param heads query heads
 * @param keyValueHeads heads of keys and values; divides {@code heads}
 * @param headSize features of a head, even
 * @param vocabularySize rows of the embedding
 * @param contextLength the most positions it can be used with
 * @param normEpsilon {@code rms_norm_eps}
 * @param ropeTheta the base of the rotary embedding
 * @param tiedEmbeddings whether the head is the embedding
 */
public record ModelConfig(
    Architecture architecture,
    int hiddenSize,
    int intermediateSize,
    int layers,
    int heads,
    int keyValueHeads,
    int headSize,
    int vocabularySize,
    int contextLength,
    double normEpsilon,
    double ropeTheta,
    boolean tiedEmbeddings) {
  /** Checks the ranges and how the numbers hang together. */
  public ModelConfig {
    checkRange("hidden_size", hiddenSize, 1 << 17);
    checkRange("intermediate_size", intermediateSize, 1 << 19);
    checkRange("num_hidden_layers", layers, 1 << 10);
    checkRange("num_attention_heads", heads, 1 << 12);
    checkRange("num_key_value_heads", keyValueHeads, heads);
    checkRange("head_dim", headSize, 1 << 12);
    checkRange("vocab_size", vocabularySize, 1 << 22);
    checkRange("max_position_embeddings", contextLength, 1 << 24);
    checkArgument(
        heads % keyValueHeads == 0,
        "num_attention_heads %s is no multiple of num_key_value_heads %s",
        heads,
        keyValueHeads);
    checkArgument(headSize % 2 == 0, "head_dim %s is odd", headSize);
    checkArgument(
        normEpsilon >= 0 && normEpsilon < 1, "rms_norm_eps is %s, must be in [0, 1)", normEpsilon);
    checkArgument(
        ropeTheta > 0 && Double.isFinite(ropeTheta), "rope_theta is %s, must be over 0", ropeTheta);
  }

  private static void checkRange(String name, int value, int max) {
    checkArgument(value >= 1 && value <= max, "%s is %s, must be 1 to %s", name, value, max);
  }

  /** Features of the queries of a row. */
  public int querySize() {
    return heads * headSize;
  }

  /** Features of the keys of a row, and of its values. */
  public int keyValueSize() {
    return keyValueHeads * headSize;
  }

  /** The factor of attention's scores: 1 / sqrt(head size). */
  public double attentionScale() {
    return 1 / Math.sqrt(headSize);
  }
}
