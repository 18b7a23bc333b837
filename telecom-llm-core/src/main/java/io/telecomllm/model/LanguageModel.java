package io.telecomllm.model;

import static com.google.common.base.Preconditions.checkArgument;
import static com.google.common.base.Preconditions.checkState;

import io.telecomllm.Internal;
import io.telecomllm.lora.AdaptableModel;
import io.telecomllm.lora.AdaptedModule;
import io.telecomllm.lora.Deltas;
import io.telecomllm.lora.Gradients;
import io.telecomllm.lora.LoraAdapter;
import io.telecomllm.lora.Parameter;
import io.telecomllm.quantization.FourBitWeight;
import io.telecomllm.quantization.QuantizationConfig;
import io.telecomllm.quantization.Workspace;
import io.telecomllm.tensor.DataType;
import io.telecomllm.tensor.Device;
import io.telecomllm.tensor.Scope;
import io.telecomllm.tensor.Tensor;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A language model in memory: immutable, and shared by threads. What changes (a cache, an adapter
 * under training) is an object of its own. Closing waits for calls under way; a closed model throws
 * {@link IllegalStateException}.
 */
public final class LanguageModel implements AdaptableModel, AutoCloseable {
  private final Decoder decoder;
  private final Scope scope;
  private final DataType compute;
  private final DecoderWeights weights;
  private final ConcurrentLinkedDeque<Workspace> idle = new ConcurrentLinkedDeque<>();
  private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
  private final @Nullable LanguageModel origin;
  private boolean closed;

  /**
   * Takes over what a loader has put together.
   *
   * @param scope owns the weights
   */
  LanguageModel(Decoder decoder, Scope scope, DataType compute, Provenance provenance) {
    this(decoder, scope, compute, new DecoderWeights(decoder, provenance), null);
  }

  private LanguageModel(
      Decoder decoder,
      Scope scope,
      DataType compute,
      DecoderWeights weights,
      @Nullable LanguageModel origin) {
    this.decoder = decoder;
    this.scope = scope;
    this.compute = compute;
    this.weights = weights;
    this.origin = origin;
  }

  /** Its shape. */
  public ModelConfig config() {
    return decoder.config();
  }

  /** Where it computes. */
  @Override
  public Device device() {
    return scope.device();
  }

  /** The type that it computes in. */
  public DataType computeType() {
    return compute;
  }

  Provenance provenance() {
    return weights.provenance();
  }

  /** The folder or file that it was loaded from; empty for one with random weights. */
  public Optional<Path> path() {
    return weights.provenance().path();
  }

  /**
   * The folder or file that it was loaded from, where its tokenizer lies too.
   *
   * @throws IllegalArgumentException if it was not loaded from files
   */
  public Path files() {
    return path()
        .orElseThrow(
            () -> new IllegalArgumentException("a model without files has no tokenizer; load one"));
  }

  /**
   * What a reader knows it by: its name on the Hugging Face hub where it comes from a cache of it,
   * or else that of its folder or file, without what lies above; empty for one with random weights.
   */
  public Optional<String> name() {
    return weights.provenance().name();
  }

  /** The checkpoint that holds its weights; empty if they are random or merged with an adapter. */
  public Optional<Path> checkpoint() {
    return weights.provenance().checkpoint();
  }

  /** Returns how its linear layers are kept. */
  public WeightType weightType() {
    return decoder
        .linears()
        .map(
            linear ->
                linear.weight() instanceof FourBitWeight w
                    ? WeightType.valueOf(w.code().name())
                    : WeightType.DENSE)
        .findFirst()
        .orElse(WeightType.DENSE);
  }

  /** Its linear layers, which an adapter may target. */
  @Override
  public List<AdaptedModule> linearLayers() {
    return use(workspace -> config().linearLayers());
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

  /** The memory of its weights, in bytes. */
  public long weightBytes() {
    return decoder.linears().mapToLong(l -> l.weight().bytes()).sum()
        + decoder.others().values().stream()
            .mapToLong(t -> t.elements() * (t.shape().length > 1 ? compute.bytes() : 4))
            .sum();
  }

  /**
   * All weights by name, for training without an adapter: only of a model whose linear layers are
   * dense, in fp32, and that nobody else uses meanwhile.
   */
  public List<Parameter> parameters() {
    checkState(
        compute == DataType.FLOAT32, "weights in %s cannot be trained, FLOAT32 can", compute);
    return weights.dense();
  }

  /** Hands its weights to a reader, which ends before the model can close. */
  @Internal
  public void read(BiConsumer<NetworkWeights, Workspace> reader) {
    use(
        workspace -> {
          reader.accept(NetworkWeights.of(decoder), workspace);
          return decoder;
        });
  }

  /** An empty cache for one sequence of that many tokens, 1 to the context length. */
  public KvCache newCache(int capacity) {
    return newCache(capacity, 1);
  }

  /**
   * An empty cache for several sequences.
   *
   * @param capacity the tokens of all of them, 1 to {@code sequences} times the context length;
   *     what sequences share counts once
   * @param sequences the most that it holds at a time, at least 1
   */
  public KvCache newCache(int capacity, int sequences) {
    return new KvCache(config(), compute, device(), capacity, sequences);
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

  /** The logits at the wanted rows, (wanted rows, vocabulary) in fp32. */
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

  /** A forward pass that remembers what its backward needs, at the wanted rows. */
  public ForwardPass record(TokenBatch batch, Deltas deltas, int @Nullable [] rows, Scope owner) {
    return record(batch, deltas, EmbeddingNoise.NONE, rows, owner);
  }

  /** The same with noise on the embeddings. */
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

  /** What turns hidden states into logits, as the adapter leaves it. */
  public Head head(Deltas deltas) {
    return use(workspace -> decoder.head(deltas));
  }

  /**
   * The same model, trading memory for time in training: it computes the same values. It shares
   * this one's weights and is closed before it; closing it frees only what it holds beside them.
   *
   * @param unpacked of so many of the uppermost layers the linear layers are kept unpacked
   * @param recomputed of so many of the lowest layers {@link #record} keeps the input only, and the
   *     backward pass computes them again (gradient checkpointing, Chen et al. 2016)
   */
  public LanguageModel trading(int unpacked, int recomputed) {
    int layers = config().layers();
    checkArgument(
        unpacked >= 0 && unpacked <= layers, "unpacked is %s, must be 0 to %s", unpacked, layers);
    checkArgument(
        recomputed >= 0 && recomputed <= layers,
        "recomputed is %s, must be 0 to %s",
        recomputed,
        layers);
    return use(
        workspace -> {
          Scope own = Scope.open(device());
          try {
            Decoder changed = decoder.trading(unpacked, recomputed, workspace, own);
            return new LanguageModel(changed, own, compute, weights, this);
          } catch (RuntimeException e) {
            own.close();
            throw e;
          }
        });
  }

  /**
   * A model with the adapter's update added to the weights, its linear layers dense. Rounding to
   * the compute type makes it differ a little from the model with the adapter beside it.
   */
  public LanguageModel merged(LoraAdapter adapter) {
    return merged(adapter, Optional.empty());
  }

  /**
   * The same with the sums packed anew, which loses more: much of a small update can vanish in the
   * rounding to 4 bits.
   */
  public LanguageModel mergedAndPacked(LoraAdapter adapter, QuantizationConfig packing) {
    return merged(adapter, Optional.of(packing));
  }

  private LanguageModel merged(LoraAdapter adapter, Optional<QuantizationConfig> packing) {
    adapter.requireFits(this);
    return use(
        workspace -> Merging.merge(this, decoder, adapter, workspace, scope.device(), packing));
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
  @Override
  public void close() {
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
