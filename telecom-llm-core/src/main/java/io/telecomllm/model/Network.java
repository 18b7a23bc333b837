package io.telecomllm.model;

import static com.google.common.base.Preconditions.checkState;

import io.telecomllm.Internal;
import io.telecomllm.lora.AdaptableNetwork;
import io.telecomllm.lora.AdaptedModule;
import io.telecomllm.lora.Deltas;
import io.telecomllm.lora.Gradients;
import io.telecomllm.lora.LoraAdapter;
import io.telecomllm.lora.Parameter;
import io.telecomllm.quantization.QuantizationConfig;
import io.telecomllm.quantization.Workspace;
import io.telecomllm.tensor.DataType;
import io.telecomllm.tensor.Device;
import io.telecomllm.tensor.Scope;
import io.telecomllm.tensor.Tensor;
import io.telecomllm.weights.Encoding;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The network of a {@link LanguageModel}: computes hidden states and logits from tokens, and the
 * gradients of an adapter from those of the hidden states. It is immutable, and several threads can
 * use it: each call has its own workspace for unpacked weights. A closed network throws {@link
 * IllegalStateException}.
 */
@Internal
public final class Network implements AdaptableNetwork {
  private final Decoder decoder;
  private final Scope scope;
  private final DataType compute;
  private final DecoderWeights weights;
  private final ConcurrentLinkedDeque<Workspace> idle = new ConcurrentLinkedDeque<>();
  private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
  private final @Nullable Network origin;
  private boolean closed;

  /**
   * Creates a network.
   *
   * @param scope owns the weights, without those of {@code origin}; closed with the network
   * @param origin the network whose weights it computes with, which must be closed after this one;
   *     null if it has its own
   */
  Network(
      Decoder decoder,
      Scope scope,
      DataType compute,
      DecoderWeights weights,
      @Nullable Network origin) {
    this.decoder = decoder;
    this.scope = scope;
    this.compute = compute;
    this.weights = weights;
    this.origin = origin;
  }

  Decoder decoder() {
    return decoder;
  }

  DataType computeType() {
    return compute;
  }

  Provenance provenance() {
    return weights.provenance();
  }

  @Override
  public Device device() {
    return scope.device();
  }

  @Override
  public List<AdaptedModule> linearLayers() {
    return use(workspace -> decoder.config().linearLayers());
  }

  @Override
  public Embeddings embeddings() {
    return use(
        workspace ->
            new Embeddings(
                decoder.embeddingName(), decoder.ownHeadName(), decoder.config().tiedEmbeddings()));
  }

  @Override
  public Map<String, List<Long>> replaceable() {
    return use(workspace -> weights.replaceable());
  }

  @Override
  public Tensor parameter(String name, Scope owner) {
    return use(workspace -> weights.parameter(name, workspace, owner));
  }

  @Override
  public Tensor weight(String module, Scope owner) {
    return use(workspace -> weights.weight(module, workspace, owner));
  }

  @Override
  public Tensor originalWeight(String module, Scope owner) {
    return use(workspace -> weights.original(module, owner));
  }

  /**
   * Returns all weights by name, to be trained without an adapter. No other thread may use the
   * network during the training.
   *
   * @throws IllegalStateException if the compute type is not FLOAT32 or a linear layer is packed
   */
  public List<Parameter> parameters() {
    checkState(
        compute == DataType.FLOAT32,
        "weights in %s cannot be trained, they must be in FLOAT32",
        compute);
    return weights.dense();
  }

  /** Returns how its linear layers are packed; empty if they are dense. */
  public Optional<QuantizationConfig> packing() {
    return NetworkWeights.of(decoder).packing();
  }

  /** Returns the encodings of the matrices that are in blocks of a GGUF file, by name. */
  public Map<String, Encoding> blocks() {
    return NetworkWeights.of(decoder).blocks();
  }

  /** Passes the weights to a reader; closing the network waits until the reader returns. */
  public void read(BiConsumer<NetworkWeights, Workspace> reader) {
    use(
        workspace -> {
          reader.accept(NetworkWeights.of(decoder), workspace);
          return decoder;
        });
  }

  /**
   * Returns an empty cache for one sequence.
   *
   * @param capacity the largest number of tokens, 1 to the context length
   */
  public KvCache newCache(int capacity) {
    return newCache(capacity, 1);
  }

  /**
   * Returns an empty cache for several sequences.
   *
   * @param capacity the number of tokens of all sequences, 1 to {@code sequences} times the context
   *     length; tokens that sequences share count once
   * @param sequences the largest number of sequences at a time, at least 1
   */
  public KvCache newCache(int capacity, int sequences) {
    return use(workspace -> new KvCache(decoder.config(), compute, device(), capacity, sequences));
  }

  /**
   * Reads tokens and returns the hidden states after the last norm.
   *
   * @param batch the tokens, which continue sequences of the cache if there is one
   * @param cache the tokens are added to it; null to read without a cache
   * @param deltas the changes of an adapter
   * @param rows the rows whose states are wanted, in the order of the result; null for all
   * @param owner owns the result, (wanted rows, hidden size)
   */
  public Tensor hidden(
      TokenBatch batch,
      @Nullable KvCache cache,
      Deltas deltas,
      int @Nullable [] rows,
      Scope owner) {
    Reading reading = new Reading(batch, cache, deltas, EmbeddingNoise.NONE, rows);
    return use(workspace -> decoder.forward(reading, workspace, owner));
  }

  /**
   * Reads tokens, as {@link #hidden} does, and returns the logits of the wanted rows, (wanted rows,
   * vocabulary) in fp32.
   */
  public Tensor logits(
      TokenBatch batch,
      @Nullable KvCache cache,
      Deltas deltas,
      int @Nullable [] rows,
      Scope owner) {
    try (Scope work = owner.child()) {
      Tensor hidden = hidden(batch, cache, deltas, rows, work);
      return head(deltas, (head, workspace) -> head.logits(workspace, owner, hidden));
    }
  }

  /**
   * Reads tokens, as {@link #hidden} does, and returns the logits of the wanted rows for some
   * tokens only, (wanted rows, ids) in fp32.
   */
  public Tensor logits(
      TokenBatch batch,
      @Nullable KvCache cache,
      Deltas deltas,
      int @Nullable [] rows,
      long[] ids,
      Scope owner) {
    try (Scope work = owner.child()) {
      Tensor hidden = hidden(batch, cache, deltas, rows, work);
      return head(deltas, (head, workspace) -> head.logits(workspace, owner, hidden, ids));
    }
  }

  /** Reads tokens and keeps in the owner what a backward pass from the wanted rows needs. */
  public ForwardPass record(TokenBatch batch, Deltas deltas, int @Nullable [] rows, Scope owner) {
    return record(batch, deltas, EmbeddingNoise.NONE, rows, owner);
  }

  /**
   * Reads tokens with noise on their embeddings and keeps in the owner what a backward pass needs.
   */
  public ForwardPass record(
      TokenBatch batch, Deltas deltas, EmbeddingNoise noise, int @Nullable [] rows, Scope owner) {
    Reading reading = new Reading(batch, null, deltas, noise, rows);
    return new ForwardPass(this, use(workspace -> decoder.record(reading, workspace, owner)));
  }

  void backward(Decoder.Tape tape, Tensor gHidden, Gradients gradients) {
    use(
        workspace -> {
          decoder.backward(tape.with(workspace), gHidden, gradients);
          return gHidden;
        });
  }

  /**
   * Passes the head, which turns hidden states into logits, with the changes of an adapter, and
   * returns what is computed with it; closing the network waits until then.
   */
  public <T> T head(Deltas deltas, BiFunction<Head, Workspace, T> work) {
    return use(workspace -> work.apply(decoder.head(deltas, compute), workspace));
  }

  Network trading(int unpacked, int recomputed) {
    return use(
        workspace -> {
          Scope own = Scope.open(device());
          try {
            Decoder changed = decoder.trading(unpacked, recomputed, workspace, own);
            return new Network(changed, own, compute, weights, this);
          } catch (RuntimeException e) {
            own.close();
            throw e;
          }
        });
  }

  LanguageModel merged(LoraAdapter adapter, Optional<QuantizationConfig> packing) {
    return use(workspace -> Merging.merge(this, adapter, workspace, packing));
  }

  private <T> T use(Function<Workspace, T> work) {
    lock.readLock().lock();
    try {
      checkState(!closed, "the model is closed");
      if (origin != null) {
        // keeps the origin, and so its weights, open while this network computes
        return origin.use(work);
      }
      Workspace workspace = idle.poll();
      if (workspace == null) {
        workspace = new Workspace(device(), compute);
      }
      try {
        return work.apply(workspace);
      } finally {
        idle.push(workspace);
      }
    } finally {
      lock.readLock().unlock();
    }
  }

  /** Frees its memory when the calls in progress have ended; a second call does nothing. */
  void close() {
    lock.writeLock().lock();
    try {
      if (!closed) {
        closed = true;
        idle.forEach(Workspace::close);
        idle.clear();
        scope.close();
      }
    } finally {
      lock.writeLock().unlock();
    }
  }
}
