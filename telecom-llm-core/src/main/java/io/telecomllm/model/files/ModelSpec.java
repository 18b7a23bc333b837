package io.telecomllm.model.files;

import static com.google.common.base.Preconditions.checkArgument;

import io.telecomllm.model.LanguageModel;
import io.telecomllm.quantization.FourBitCode;
import io.telecomllm.quantization.QuantizationConfig;
import io.telecomllm.tensor.DataType;
import io.telecomllm.tensor.Device;
import io.telecomllm.tensor.Threads;
import java.io.Serializable;
import java.util.Arrays;
import java.util.List;

/**
 * Which model a process loads and how, as plain values that travel from one machine to another.
 * Immutable.
 *
 * @param source a folder or file with the same path on every machine, or a name on the Hugging Face
 *     hub
 * @param device such as {@code cpu} or {@code cuda:1}; {@code auto} for the best one
 * @param computeType {@code FLOAT32}, {@code BFLOAT16} or {@code FLOAT16}; {@code auto} for the
 *     type that is fast on the device
 * @param weights how linear layers are kept: {@code NF4}, {@code FP4}, or {@code DENSE}; {@code
 *     auto} for what is packed as it is, and the rest as NF4
 * @param threads the number of threads that the process computes with, 1 to 1024; 0 leaves it
 *     unchanged. Processes that share a machine should share its cores
 */
public record ModelSpec(
    String source, String device, String computeType, String weights, int threads)
    implements Serializable {
  /** The device or compute type that suits the machine, the weights that suit the checkpoint. */
  public static final String AUTO = "auto";

  private static final String DENSE = "DENSE";
  private static final List<String> COMPUTE_TYPES =
      List.of(AUTO, DataType.FLOAT32.name(), DataType.BFLOAT16.name(), DataType.FLOAT16.name());

  /** Checks every value. */
  public ModelSpec {
    checkArgument(!source.isBlank(), "source is blank");
    if (!AUTO.equals(device)) {
      Device.parse(device);
    }
    checkArgument(
        COMPUTE_TYPES.contains(computeType),
        "computeType is %s, must be one of %s",
        computeType,
        COMPUTE_TYPES);
    checkArgument(
        DENSE.equals(weights)
            || AUTO.equals(weights)
            || Arrays.stream(FourBitCode.values()).anyMatch(code -> code.name().equals(weights)),
        "weights are %s, must be auto, DENSE or one of %s",
        weights,
        Arrays.toString(FourBitCode.values()));
    checkArgument(
        threads >= 0 && threads <= Threads.MOST,
        "threads are %s, must be 0 to %s",
        threads,
        Threads.MOST);
  }

  /**
   * Returns a spec with the defaults of {@link ModelLoader#load(String)}: the best device, weights
   * as the checkpoint has them if it has them packed, otherwise NF4.
   */
  public static ModelSpec of(String source) {
    return new ModelSpec(source, AUTO, AUTO, AUTO, 0);
  }

  /** Returns a copy with this device. */
  public ModelSpec device(Device value) {
    return new ModelSpec(source, value.toString(), computeType, weights, threads);
  }

  /** Returns a copy with this compute type, FLOAT32, BFLOAT16 or FLOAT16. */
  public ModelSpec computeType(DataType value) {
    return new ModelSpec(source, device, value.name(), weights, threads);
  }

  /** Returns a copy whose linear layers are packed to this code. */
  public ModelSpec packed(FourBitCode value) {
    return new ModelSpec(source, device, computeType, value.name(), threads);
  }

  /** Returns a copy whose linear layers stay dense. */
  public ModelSpec dense() {
    return new ModelSpec(source, device, computeType, DENSE, threads);
  }

  /** Returns a copy with this number of threads in each process; 0 leaves it unchanged. */
  public ModelSpec threads(int value) {
    return new ModelSpec(source, device, computeType, weights, value);
  }

  /** Loads a new model, which the caller closes; sets the process's threads first. */
  public LanguageModel load() {
    if (threads > 0) {
      Threads.use(threads);
    }
    ModelLoader loader = ModelLoader.of(source);
    if (!AUTO.equals(device)) {
      loader = loader.device(Device.parse(device));
    }
    if (!AUTO.equals(computeType)) {
      loader = loader.computeType(DataType.valueOf(computeType));
    }
    if (DENSE.equals(weights)) {
      loader = loader.dense();
    } else if (!AUTO.equals(weights)) {
      QuantizationConfig nf4 = QuantizationConfig.nf4();
      loader =
          loader.quantization(
              new QuantizationConfig(
                  FourBitCode.valueOf(weights), nf4.doubleQuantization(), nf4.block()));
    }
    return loader.load();
  }

  /**
   * Returns the model that this process shares: the first call loads it, the end of the process
   * closes it, and no caller may close it.
   */
  public LanguageModel shared() {
    return ProcessWide.get(this, this::load);
  }
}
