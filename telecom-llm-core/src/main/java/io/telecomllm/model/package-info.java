/**
 * Decoder language models: one network for all supported architectures, with an explicit forward
 * and backward pass, and the cache of keys and values.
 *
 * <p><b>Concepts.</b>
 *
 * <ul>
 *   <li>A {@link io.telecomllm.model.ModelConfig} is the shape of a decoder. Its {@link
 *       io.telecomllm.model.Architecture} holds the names of the tensors and the order of
 *       operations in a layer.
 *   <li>A {@link io.telecomllm.model.LanguageModel} is what programs hold; {@link
 *       io.telecomllm.model.files} loads it. Its {@link io.telecomllm.model.Network} computes.
 *   <li>A {@code Decoder} is the embedding, the layers, the last norm and the {@link
 *       io.telecomllm.model.Head}. A {@code DecoderLayer} has norms, {@code Attention} and {@code
 *       FeedForward}; these have {@code Linear} layers, and a {@code Projection} for those that
 *       read the same input.
 *   <li>A {@link io.telecomllm.model.TokenBatch} is a tree of segments: a segment continues its
 *       parent, so a beginning that sequences share is computed once.
 *   <li>A {@link io.telecomllm.model.KvCache} holds the keys and values of one or several
 *       sequences; forks share the rows of their common beginning. A root segment continues a
 *       sequence of the cache.
 * </ul>
 *
 * <p><b>How a row passes the network.</b> {@code Network.hidden} puts its arguments into a {@code
 * Reading}. {@code Layout} finds the position of each row, the place of its key and the ranges of
 * keys that it attends to, all as plain numbers, and refuses what does not fit. {@code Visibility}
 * makes tensors from them, once for all layers, and a {@code Pass} adds the scope, the workspace
 * and the changes of an adapter. Each layer turns (rows, hidden) into (rows, hidden): norm,
 * queries, keys and values (rows, query size + 2 key size), rotation, attention, output layer, sum,
 * norm, feed-forward, sum; some architectures run attention and feed-forward in parallel. With a
 * cache, attention writes the new keys and values to it and reads all of them there. The last layer
 * computes keys and values for all rows and returns only the wanted rows, (wanted rows, hidden).
 * The head turns hidden states into logits only where they are needed.
 *
 * <p><b>Backward.</b> There is no automatic differentiation. {@code Network.record} runs a forward
 * pass that keeps what the backward pass needs and returns a {@link
 * io.telecomllm.model.ForwardPass}. Each part of a layer has an {@code Output} with a {@code
 * backward} method, which takes a {@code Backward}, returns the gradient of the part's input, and
 * adds the gradients of trained parameters to {@link io.telecomllm.lora.Gradients}. A pass can be
 * gone back through once, from the last norm down to the lowest layer with a trained parameter, and
 * frees what it has passed.
 *
 * <p><b>Ownership.</b> A model owns the scope of its weights; closing it waits for calls in
 * progress. Results belong to the scope that a call is given; intermediate tensors are freed with
 * each layer. Packed weights are unpacked one at a time into a workspace, which each call borrows.
 * {@link io.telecomllm.model.LanguageModel#trading} returns a view that trades memory for time; it
 * shares the weights and is closed before the model. A cache owns its memory and is closed by the
 * code that created it.
 *
 * <p><b>Where to start reading.</b> {@code DecoderLayer}, then {@code Decoder}, whose {@code read},
 * {@code record} and {@code backward} are the three passes; for batches, {@link
 * io.telecomllm.model.TokenBatch} and {@code Layout}.
 *
 * <p><b>To add an architecture,</b> add a constant with its names and wiring to {@link
 * io.telecomllm.model.Architecture}; read its settings in {@code HuggingFaceConfig} of {@link
 * io.telecomllm.model.files}, refusing those that the decoder does not have; add it to {@code
 * GgufLayout}. A new operation needs code forward and backward, and in the tests' {@code
 * NaiveDecoder}. {@code ModelGoldenTest} and {@code DecoderGradientTest} then check a small
 * checkpoint against transformers and autograd.
 */
@org.jspecify.annotations.NullMarked
package io.telecomllm.model;
