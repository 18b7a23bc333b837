package io.telecomllm.model;

import static com.google.common.base.Preconditions.checkArgument;
import static com.google.common.base.Preconditions.checkState;

import io.telecomllm.lora.AdaptableModel;
import io.telecomllm.lora.AdaptedModule;
import io.telecomllm.lora.Deltas;
import io.telecomllm.lora.Gradients;
import io.telecomllm.lora.LoraAdapter;
import io.telecomllm.lora.Parameter;
import io.telecomllm.quantization.FourBitWeight;
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
  private final boolean merged;
  private final ConcurrentLinkedDeque<Workspace> idle = new ConcurrentLinkedDeque<>();
  private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
  private boolean closed;

  LanguageModel(Decoder decoder, Scope scope, DataType compute, Optional<Path> path) {
    this(decoder, scope, compute, path, false);
  }

  LanguageModel(
      Decoder decoder, Scope scope, DataType compute, Optional<Path> path, boolean merged) {
    this.merged = merged;
    this.decoder = decoder;
    this.scope = scope;
    this.compute = compute;
    this.weights = new DecoderWeights(decoder, path);
  }

  /**
   * Loads a Hugging Face folder (config.json and safetensors) or a GGUF file onto the best device,
   * its linear layers packed to NF4.
   *
   * @throws io.telecomllm.UnsupportedModelException naming the architecture or setting it cannot
   *     run
   * @throws io.telecomllm.InvalidDataException naming file and field or tensor, if something is
   *     damaged
   */
  public static LanguageModel load(Path folderOrFile) {
    return loader(folderOrFile).load();
  }

  /** Loads with other settings than {@link #load}. */
  public static ModelLoader loader(Path folderOrFile) {
    return ModelLoader.of(folderOrFile);
  }

  /**
   * A model with random weights, to be trained from nothing or to be measured.
   *
   * @param deviation the standard deviation of the weights; transformers takes 0.02
   */
  public static ModelLoader random(ModelConfig config, double deviation, long seed) {
    return ModelLoader.random(config, deviation, seed);
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

  /** The folder or file that it was loaded from; empty for one with random weights. */
  public Optional<Path> path() {
    return weights.path();
  }

  /** The checkpoint that holds its weights; empty if they are random or merged with an adapter. */
  public Optional<Path> checkpoint() {
    return merged ? Optional.empty() : path();
  }

  /** How its linear layers are kept: {@code DENSE}, or packed to {@code NF4} or {@code FP4}. */
  public String weightType() {
    return decoder
        .linears()
        .map(linear -> linear.weight() instanceof FourBitWeight w ? w.code().name() : "DENSE")
        .findFirst()
        .orElse("DENSE");
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

  /**
   * Writes config.json and model.safetensors, as transformers reads them; the linear layers must be
   * dense. The tokenizer is not among them.
   *
   * @param type FLOAT32, BFLOAT16 or FLOAT16
   */
  public void save(Path folder, DataType type) {
    use(
        workspace -> {
          ModelFolder.write(config(), weights.dense(), type, folder);
          return folder;
        });
  }

  /** An empty cache with room for that many tokens, 1 to the context length. */
  public KvCache newCache(int capacity) {
    return new KvCache(config(), compute, device(), capacity);
  }

  /**
   * Reads tokens and returns the hidden states after the last norm.
   *
   * @param batch the tokens; they continue what the cache holds
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
    checkFits(batch, cache);
    return use(workspace -> decoder.forward(owner, batch, cache, workspace, deltas, rows));
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
    checkFits(batch, null);
    Decoder.Tape tape = use(w -> decoder.record(owner, batch, w, deltas, rows));
    return new ForwardPass(this, tape, owner);
  }

  void backward(Scope owner, Decoder.Tape tape, Tensor gHidden, Gradients gradients) {
    use(
        workspace -> {
          decoder.backward(owner, tape, gHidden, gradients);
          return gHidden;
        });
  }

  /** What turns hidden states into logits, as the adapter leaves it. */
  public Head head(Deltas deltas) {
    return use(workspace -> decoder.head(deltas));
  }

  /**
   * A model with the adapter's update added to the weights, its linear layers dense. Rounding to
   * the compute type makes it differ a little from the model with the adapter beside it.
   */
  public LanguageModel merged(LoraAdapter adapter) {
    return use(workspace -> Merging.merge(this, decoder, adapter, workspace, scope.device()));
  }

  private void checkFits(TokenBatch batch, @Nullable KvCache cache) {
    int cached = cache == null ? 0 : cache.length();
    long last = java.util.Arrays.stream(batch.positions(cached)).max().orElse(0) + 1;
    checkArgument(
        last <= config().contextLength(),
        "%s tokens are more than the context length %s of this model",
        last,
        config().contextLength());
    if (cache != null) {
      checkArgument(
          (long) cached + batch.rows() <= cache.capacity(),
          "%s tokens and %s in the cache are more than its capacity %s",
          batch.rows(),
          cached,
          cache.capacity());
    }
    for (int id : batch.ids()) {
      checkArgument(
          id >= 0 && id < config().vocabularySize(),
          "token id %s, must be 0 to %s",
          id,
          config().vocabularySize() - 1);
    }
  }

  private <T> T use(Function<Workspace, T> work) {
    lock.readLock().lock();
    try {
      checkState(!closed, "the model is closed");
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
