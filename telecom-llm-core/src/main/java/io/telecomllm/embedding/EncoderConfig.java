package io.telecomllm.embedding;

/**
 * The shape of an encoder, checked by {@link EncoderFolder}.
 *
 * @param hidden the size of a row, a multiple of {@code heads}
 * @param intermediate the width of the feed-forward
 * @param layers the number of layers
 * @param heads the number of attention heads
 * @param vocabulary the rows of the embedding of words
 * @param positions the rows of the embedding of positions
 * @param types the rows of the embedding of token types
 * @param epsilon what LayerNorm adds to the variance
 * @param maxTokens the most tokens of a text, {@code [CLS]} and {@code [SEP]} among them
 * @param pooling how the rows of a text become one vector
 * @param queryInstruction the text in front of every query, or empty
 */
record EncoderConfig(
    int hidden,
    int intermediate,
    int layers,
    int heads,
    int vocabulary,
    int positions,
    int types,
    double epsilon,
    int maxTokens,
    Pooling pooling,
    String queryInstruction) {}
