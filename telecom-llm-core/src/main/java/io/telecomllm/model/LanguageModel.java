package io.telecomllm.model;

import static com.google.common.base.Preconditions.checkArgument;

import io.telecomllm.Internal;
import io.telecomllm.lora.AdaptableModel;
import io.telecomllm.lora.LoraAdapter;
import io.telecomllm.quantization.BlockWeight;
import io.telecomllm.quantization.FourBitWeight;
import io.telecomllm.quantization.GroupWeight;
import io.telecomllm.quantization.Int8Rows;
import io.telecomllm.quantization.Int8Weight;
import io.telecomllm.quantization.QuantizationConfig;
import io.telecomllm.quantization.Weight;
import io.telecomllm.tensor.DataType;
import io.telecomllm.tensor.Device;
import io.telecomllm.tensor.FreedMemory;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A language model in memory. It is immutable, and several threads can use it; what changes (a
 * cache, an adapter during training) is a separate object. Closing waits for calls in progress;
 * computing with a closed model throws {@link IllegalStateException}.
 */
public final class LanguageModel implements AdaptableModel, AutoCloseable {
  /** What is worth asking the C library for, in bytes. */
  private static final long LARGE = 64L << 20;

  private final Network network;
  private final boolean large;

  LanguageModel(Network network) {
    this.network = network;
    this.large = weightBytes() >= LARGE;
  }

  /** Returns the network, which reads tokens and computes gradients. */
  @Internal
  @Override
  public Network network() {
    return network;
  }

  /** Returns the shape of the network. */
  public ModelConfig config() {
    return network.decoder().config();
  }

  /** Returns the device that it computes on. */
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
   * Returns the folder or file that it was loaded from, which also holds its tokenizer.
   *
   * @throws IllegalArgumentException if it was not loaded from files
   */
  public Path files() {
    return path()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "the model was not loaded from files, so it has no tokenizer; load one"));
  }

  /**
   * Returns its name: that on the Hugging Face hub if it was loaded from a cache of the hub,
   * otherwise the last part of the path of its folder or file; empty for random weights.
   */
  public Optional<String> name() {
    return provenance().name();
  }

  /**
   * Returns the checkpoint that holds its weights; empty if they are random or merged with an
   * adapter.
   */
  @Internal
  public Optional<Path> checkpoint() {
    return provenance().checkpoint();
  }

  /** Returns how its linear layers are kept in memory, by the first of them. */
  public WeightType weightType() {
    return network
        .decoder()
        .linears()
        .map(
            linear -> {
              if (linear.weight() instanceof FourBitWeight w) {
                return WeightType.valueOf(w.code().name());
              }
              if (linear.weight() instanceof GroupWeight) {
                return WeightType.INT4;
              }
              if (linear.weight() instanceof Int8Weight || linear.weight() instanceof Int8Rows) {
                return WeightType.INT8;
              }
              return linear.weight() instanceof BlockWeight ? WeightType.GGUF : WeightType.DENSE;
            })
        .findFirst()
        .orElse(WeightType.DENSE);
  }

  /** Returns the size of its weights in memory, in bytes. */
  public long weightBytes() {
    Decoder decoder = network.decoder();
    Int8Weight head = decoder.head().whole();
    return decoder.matrices().values().stream().mapToLong(Weight::bytes).sum()
        + (head == null ? 0 : head.bytes())
        + decoder.vectors().values().stream().mapToLong(v -> Float.BYTES * v.elements()).sum();
  }

  /**
   * Returns a model that computes the same values and trades memory for time in training. It shares
   * this model's weights and must be closed before it; closing it frees only what it holds in
   * addition.
   *
   * @param unpacked the number of uppermost layers whose linear layers are kept unpacked, 0 to all
   * @param recomputed the number of lowest layers, 0 to all, of which the forward pass keeps only
   *     the input; the backward pass computes them again (gradient checkpointing, Chen et al. 2016)
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
   * Returns a model with the adapter's update added to the weights and with dense linear layers.
   * Because the sums are rounded to the compute type, it differs a little from this model with the
   * adapter.
   */
  public LanguageModel merged(LoraAdapter adapter) {
    return merged(adapter, Optional.empty());
  }

  /**
   * Returns a model with the adapter's update added to the weights and the sums packed to 4 bits.
   * Much of a small update can be lost in the rounding.
   */
  public LanguageModel mergedAndPacked(LoraAdapter adapter, QuantizationConfig packing) {
    return merged(adapter, Optional.of(packing));
  }

  private LanguageModel merged(LoraAdapter adapter, Optional<QuantizationConfig> packing) {
    adapter.requireFits(this);
    return network.merged(adapter, packing);
  }

  /** Frees its memory when the calls in progress have ended; a second call does nothing. */
  @Override
  public void close() {
    network.close();
    if (large) {
      FreedMemory.giveBack();
    }
  }
}
