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
 * Which model a process shall load and how, in plain words that travel from one machine to another.
 *
 * @param source a folder or file that lies under this path on every machine, or a name on the
 *     Hugging Face hub
 * @param device {@code cpu}, {@code cuda:1}; {@code auto} for the best there is
 * @param computeType {@code FLOAT32}, {@code BFLOAT16} or {@code FLOAT16}; {@code auto} for what
 *     the device does fast
 * @param weights how linear layers are kept: {@code NF4}, {@code FP4}, or {@code DENSE}
 * @param threads how many the process computes with, 1 to 1024; 0 leaves that as it is. Processes
 *     that share a machine should share its cores
 */
public record ModelSpec(
    String source, String device, String computeType, String weights, int threads)
    implements Serializable {
  /** Whatever suits the machine. */
  public static final String AUTO = "auto";

  private static final String DENSE = "DENSE";
  private static final List<String> COMPUTE_TYPES =
      List.of(AUTO, DataType.FLOAT32.name(), DataType.BFLOAT16.name(), DataType.FLOAT16.name());

  /** Checks every word. */
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
            || Arrays.stream(FourBitCode.values()).anyMatch(code -> code.name().equals(weights)),
        "weights are %s, must be DENSE or one of %s",
        weights,
        Arrays.toString(FourBitCode.values()));
    checkArgument(
        threads >= 0 && threads <= Threads.MOST,
        "threads are %s, must be 0 to %s",
        threads,
        Threads.MOST);
  }

  /** As {@link ModelLoader#load(String)} does it: the best device, packed to NF4. */
  public static ModelSpec of(String source) {
    return new ModelSpec(source, AUTO, AUTO, FourBitCode.NF4.name(), 0);
  }

  /** On that device. */
  public ModelSpec device(Device value) {
    return new ModelSpec(source, value.toString(), computeType, weights, threads);
  }

  /** Computing in that type, FLOAT32, BFLOAT16 or FLOAT16. */
  public ModelSpec computeType(DataType value) {
    return new ModelSpec(source, device, value.name(), weights, threads);
  }

  /** Packed to that code. */
  public ModelSpec packed(FourBitCode value) {
    return new ModelSpec(source, device, computeType, value.name(), threads);
  }

  /** Its linear layers dense. */
  public ModelSpec dense() {
    return new ModelSpec(source, device, computeType, DENSE, threads);
  }

  /** With that many threads in each process; 0 leaves that as it is. */
  public ModelSpec threads(int value) {
    return new ModelSpec(source, device, computeType, weights, value);
  }

  /** Loads a model of its own; sets the process's threads first. */
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
    QuantizationConfig nf4 = QuantizationConfig.nf4();
    loader =
        DENSE.equals(weights)
            ? loader.dense()
            : loader.quantization(
                new QuantizationConfig(
                    FourBitCode.valueOf(weights), nf4.doubleQuantization(), nf4.block()));
    return loader.load();
  }

  /**
   * The model that this process shares: loaded by the first call, closed when the process ends.
   * Nobody closes it before.
   */
  public LanguageModel shared() {
    return ProcessWide.get(this, this::load);
  }
}
