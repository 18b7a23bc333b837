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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The network of a {@link LanguageModel}: from tokens to hidden states and logits, and from their
 * gradients to those of an adapter. Immutable, and shared by threads: each call computes in a
 * workspace of its own. Closing waits for calls under way; a closed network throws {@link
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
   * Takes over what a loader has put together.
   *
   * @param scope owns the weights
   * @param origin the network whose weights it computes with, which is closed after this one; null
   *     if it has its own
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
  public Map<String, List<Long>> replaceable() {
    return use(workspace -> weights.replaceable());
  }

  @Override
  public Tensor parameter(String name, Scope owner) {
    return use(workspace -> weights.parameter(name, owner));
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
   * Returns all weights by name, to be trained without an adapter. The linear layers must be dense
   * and in fp32, and nobody else may use the network meanwhile.
   */
  public List<Parameter> parameters() {
    checkState(
        compute == DataType.FLOAT32, "weights in %s cannot be trained, FLOAT32 can", compute);
    return weights.dense();
  }

  /** Passes its weights to a reader; the network cannot close before the reader returns. */
  public void read(BiConsumer<NetworkWeights, Workspace> reader) {
    use(
        workspace -> {
          reader.accept(NetworkWeights.of(decoder), workspace);
          return decoder;
        });
  }

  /** Returns an empty cache for one sequence of 1 to context length tokens. */
  public KvCache newCache(int capacity) {
    return newCache(capacity, 1);
  }

  /**
   * Returns an empty cache for several sequences.
   *
   * @param capacity the tokens of all of them, 1 to {@code sequences} times the context length;
   *     what sequences share counts once
   * @param sequences the most that it holds at a time, at least 1
   */
  public KvCache newCache(int capacity, int sequences) {
    return new KvCache(decoder.config(), compute, device(), capacity, sequences);
  }

  /**
   * Reads tokens and returns the hidden states after the last norm.
   *
   * @param batch the tokens; they continue sequences of the cache
   * @param cache takes the tokens in as well; null to read without one
   * @param rows which rows' states are wanted, null for all
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

  /** Reads tokens and returns the logits at the wanted rows, (wanted rows, vocabulary) in fp32. */
  public Tensor logits(
      TokenBatch batch,
      @Nullable KvCache cache,
      Deltas deltas,
      int @Nullable [] rows,
      Scope owner) {
    try (Scope work = owner.child()) {
      Tensor hidden = hidden(batch, cache, deltas, rows, work);
      return use(w -> decoder.head(deltas).logits(owner.operators(), hidden));
    }
  }

  /** Reads tokens and keeps what the backward pass from the wanted rows will need. */
  public ForwardPass record(TokenBatch batch, Deltas deltas, int @Nullable [] rows, Scope owner) {
    return record(batch, deltas, EmbeddingNoise.NONE, rows, owner);
  }

  /** Reads tokens with noise on their embeddings, and keeps what the backward pass needs. */
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

  /** Returns what turns hidden states into logits, with the adapter's replacements. */
  public Head head(Deltas deltas) {
    return use(workspace -> decoder.head(deltas));
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
        // holds its weights while it computes
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

  /** Frees its memory when the calls under way have ended; a second call does nothing. */
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
