package io.telecomllm.model;

import static com.google.common.base.Preconditions.checkArgument;

import io.telecomllm.Internal;
import io.telecomllm.lora.AdaptableModel;
import io.telecomllm.lora.LoraAdapter;
import io.telecomllm.quantization.FourBitWeight;
import io.telecomllm.quantization.QuantizationConfig;
import io.telecomllm.tensor.DataType;
import io.telecomllm.tensor.Device;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A language model in memory: immutable, and shared by threads. What changes (a cache, an adapter
 * under training) is an object of its own. Closing waits for calls under way; a closed model throws
 * {@link IllegalStateException}.
 */
public final class LanguageModel implements AdaptableModel, AutoCloseable {
  private final Network network;

  LanguageModel(Network network) {
    this.network = network;
  }

  /** Returns what computes: from tokens to logits, and from their gradients to an adapter's. */
  @Internal
  @Override
  public Network network() {
    return network;
  }

  /** Returns its shape. */
  public ModelConfig config() {
    return network.decoder().config();
  }

  /** Returns where it computes. */
  public Device device() {
    return network.device();
  }

  /** Returns the type that it computes in. */
  public DataType computeType() {
    return network.computeType();
  }

  Provenance provenance() {
    return network.provenance();
  }

  /** Returns the folder or file that it was loaded from; empty for random weights. */
  public Optional<Path> path() {
    return provenance().path();
  }

  /**
   * Returns the folder or file that it was loaded from, which holds its tokenizer too.
   *
   * @throws IllegalArgumentException if it was not loaded from files
   */
  public Path files() {
    return path()
        .orElseThrow(
            () -> new IllegalArgumentException("a model without files has no tokenizer; load one"));
  }

  /**
   * Returns the name that a reader knows it by: that on the Hugging Face hub if it comes from a
   * cache of the hub, else that of its folder or file without the folders above; empty for random
   * weights.
   */
  public Optional<String> name() {
    return provenance().name();
  }

  /**
   * Returns the checkpoint that holds its weights; empty if they are random or merged with an
   * adapter.
   */
  public Optional<Path> checkpoint() {
    return provenance().checkpoint();
  }

  /** Returns how its linear layers are kept. */
  public WeightType weightType() {
    return network
        .decoder()
        .linears()
        .map(
            linear ->
                linear.weight() instanceof FourBitWeight w
                    ? WeightType.valueOf(w.code().name())
                    : WeightType.DENSE)
        .findFirst()
        .orElse(WeightType.DENSE);
  }

  /** Returns the memory of its weights, in bytes. */
  public long weightBytes() {
    return network.decoder().linears().mapToLong(l -> l.weight().bytes()).sum()
        + network.decoder().others().values().stream()
            .mapToLong(t -> t.elements() * (t.shape().length > 1 ? computeType().bytes() : 4))
            .sum();
  }

  /**
   * Returns a model that computes the same values and trades memory for time in training. It shares
   * this one's weights and is closed before it; closing it frees only what it holds in addition.
   *
   * @param unpacked of this number of the uppermost layers the linear layers are kept unpacked
   * @param recomputed of this number of the lowest layers the forward pass keeps the input only,
   *     and the backward pass computes them again (gradient checkpointing, Chen et al. 2016)
   */
  @Internal
  public LanguageModel trading(int unpacked, int recomputed) {
    int layers = config().layers();
    checkArgument(
        unpacked >= 0 && unpacked <= layers, "unpacked is %s, must be 0 to %s", unpacked, layers);
    checkArgument(
        recomputed >= 0 && recomputed <= layers,
        "recomputed is %s, must be 0 to %s",
        recomputed,
        layers);
    return new LanguageModel(network.trading(unpacked, recomputed));
  }

  /**
   * Returns a model with the adapter's update added to the weights, its linear layers dense.
   * Rounding to the compute type makes it differ a little from this model with the adapter.
   */
  public LanguageModel merged(LoraAdapter adapter) {
    return merged(adapter, Optional.empty());
  }

  /**
   * Returns a model with the adapter's update added to the weights and the sums packed again. Much
   * of a small update can vanish in the rounding to 4 bits.
   */
  public LanguageModel mergedAndPacked(LoraAdapter adapter, QuantizationConfig packing) {
    return merged(adapter, Optional.of(packing));
  }

  private LanguageModel merged(LoraAdapter adapter, Optional<QuantizationConfig> packing) {
    adapter.requireFits(this);
    return network.merged(adapter, packing);
  }

  /** Frees its memory when the calls under way have ended; a second call does nothing. */
  @Override
  public void close() {
    network.close();
  }
}
