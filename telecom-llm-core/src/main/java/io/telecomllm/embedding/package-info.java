/**
 * Text encoders: one vector for a text, near to those of texts that mean the same.
 *
 * <p>A {@link io.telecomllm.embedding.TextEncoder} is what programs hold. It is an encoder in
 * BERT's layout (bge, all-MiniLM), read from a Hugging Face folder: {@code EncoderFolder} reads and
 * checks the settings, {@code EncoderReader} the weights. {@link
 * io.telecomllm.embedding.EncoderSettings} hold what a program may choose.
 *
 * <p><b>How a text passes.</b> Its tokens, between {@code [CLS]} and {@code [SEP]}, join others of
 * about its length in a {@code TextBatch}; nothing is padded, since texts of one length share a
 * call of attention. The {@code Encoder} sums the embeddings of word, position and token type, and
 * turns (rows, hidden) into (rows, hidden) in each {@code EncoderLayer}: attention of all rows of a
 * text to each other, sum, norm, feed-forward, sum, norm. {@link io.telecomllm.embedding.Pooling}
 * makes one vector of the rows of a text, which is scaled to length 1, so that a dot product is a
 * cosine.
 *
 * <p>An encoder is not trained here and has no backward pass. It owns native memory and is closed;
 * it is safe for use by several threads.
 */
@org.jspecify.annotations.NullMarked
package io.telecomllm.embedding;
