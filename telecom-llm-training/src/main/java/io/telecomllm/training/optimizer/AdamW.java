package io.telecomllm.training.optimizer;

import static com.google.common.base.Preconditions.checkArgument;

import io.telecomllm.IncompatibleException;
import io.telecomllm.Internal;
import io.telecomllm.lora.Gradients;
import io.telecomllm.lora.Parameter;
import io.telecomllm.quantization.DynamicCode;
import io.telecomllm.tensor.DataType;
import io.telecomllm.tensor.Device;
import io.telecomllm.tensor.Operators;
import io.telecomllm.tensor.OptimizerOperators;
import io.telecomllm.tensor.Scope;
import io.telecomllm.tensor.Tensor;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * AdamW (Loshchilov and Hutter 2019) with moments in fp32 or, as in bitsandbytes, in 8-bit blocks
 * of 256 for parameters of at least 4,096 values. Owns its moments; changes the parameters in
 * place.
 */
public final class AdamW implements AutoCloseable {
  /** Smaller parameters keep their moments in fp32. */
  private static final int SMALLEST_8BIT = 4096;

  private static final int BLOCK = 256;

  /** The names of the moments in torch and in bitsandbytes, as parts of a state's names. */
  private static final List<String> FP32_WORDS = List.of("exp_avg", "exp_avg_sq");

  private static final List<String> EIGHT_BIT_WORDS =
      List.of("state1", "absmax1", "state2", "absmax2");

  private final Settings settings;
  private final Scope scope;
  private final Map<Parameter, List<Tensor>> moments = new LinkedHashMap<>();
  private final List<Tensor> tables;
  private long step;

  /**
   * The constants of AdamW.
   *
   * @param beta1 decay of the mean, in [0, 1)
   * @param beta2 decay of the mean square, in [0, 1)
   * @param epsilon added to the root, over 0 and at most 1
   * @param weightDecay decoupled decay, of matrices only, 0 to 1
   * @param eightBit whether moments are kept in 8 bits
   */
  public record Settings(
      double beta1, double beta2, double epsilon, double weightDecay, boolean eightBit) {
    /** Checks the ranges. */
    public Settings {
      checkArgument(beta1 >= 0 && beta1 < 1, "beta1 is %s, must be 0 to less than 1", beta1);
      checkArgument(beta2 >= 0 && beta2 < 1, "beta2 is %s, must be 0 to less than 1", beta2);
      checkArgument(
          epsilon > 0 && epsilon <= 1, "epsilon is %s, must be over 0 and at most 1", epsilon);
      checkArgument(
          weightDecay >= 0 && weightDecay <= 1, "weightDecay is %s, must be 0 to 1", weightDecay);
    }

    /**
     * Returns the size in bytes of the two moments of a parameter with a given number of values.
     */
    @Internal
    public long momentBytes(long elements) {
      return eightBit && elements >= SMALLEST_8BIT
          ? 2 * (elements + Float.BYTES * ((elements + BLOCK - 1) / BLOCK))
          : 2 * Float.BYTES * elements;
    }

    /** Creates settings with the usual constants, a weight decay, and moments in 8 bits. */
    public static Settings eightBit(double weightDecay) {
      return new Settings(0.9, 0.999, 1e-8, weightDecay, true);
    }

    /** Creates settings with the usual constants, a weight decay, and moments in fp32. */
    public static Settings fp32(double weightDecay) {
      return new Settings(0.9, 0.999, 1e-8, weightDecay, false);
    }
  }

  /** Creates an optimizer of these parameters, with moments of 0. */
  @Internal
  public AdamW(List<Parameter> parameters, Settings settings, Device device) {
    this.settings = settings;
    this.scope = Scope.open(device);
    Operators ops = scope.operators();
    for (Parameter parameter : parameters) {
      moments.put(parameter, zeros(ops, parameter.value()));
    }
    float[] signed = DynamicCode.signed();
    float[] unsigned = DynamicCode.unsigned();
    tables =
        List.of(
            ops.floats(signed, signed.length),
            ops.bytes(DynamicCode.nearest(signed)),
            ops.floats(unsigned, unsigned.length),
            ops.bytes(DynamicCode.nearest(unsigned)));
  }

  private List<Tensor> zeros(Operators ops, Tensor value) {
    long n = value.elements();
    if (!settings.eightBit() || n < SMALLEST_8BIT) {
      return List.of(
          ops.zeros(DataType.FLOAT32, value.shape()), ops.zeros(DataType.FLOAT32, value.shape()));
    }
    long blocks = (n + BLOCK - 1) / BLOCK;
    return List.of(
        ops.zeros(DataType.UINT8, n),
        ops.zeros(DataType.FLOAT32, blocks),
        ops.zeros(DataType.UINT8, n),
        ops.zeros(DataType.FLOAT32, blocks));
  }

  /** Takes one step of all parameters with one learning rate. */
  @Internal
  public void step(Gradients gradients, double rate) {
    step(gradients, parameter -> rate);
  }

  /** Takes one step in which each parameter has its own learning rate. */
  @Internal
  public void step(Gradients gradients, ToDoubleFunction<Parameter> rates) {
    step++;
    OptimizerOperators.AdamW constants =
        new OptimizerOperators.AdamW(settings.beta1(), settings.beta2(), settings.epsilon());
    moments.forEach(
        (parameter, state) -> {
          Tensor gradient = gradients.of(parameter.name());
          if (gradient == null) {
            throw new IllegalStateException("no gradient of " + parameter.name());
          }
          double rate = rates.applyAsDouble(parameter);
          // one-dimensional parameters are norms and biases
          double decay = parameter.value().shape().length > 1 ? settings.weightDecay() : 0;
          if (state.size() == 2) {
            OptimizerOperators.adamwInPlace(
                parameter.value(),
                gradient,
                state.get(0),
                state.get(1),
                constants,
                rate,
                decay,
                step);
          } else {
            OptimizerOperators.adamw8bitInPlace(
                parameter.value(), gradient, state, tables, constants, rate, decay, step);
          }
        });
  }

  /** Returns the number of steps taken. */
  @Internal
  public long steps() {
    return step;
  }

  /**
   * Returns the moments of a parameter: two tensors in fp32, or codes and scales of each in 8 bits.
   */
  List<Tensor> moments(Parameter parameter) {
    List<Tensor> state = moments.get(parameter);
    checkArgument(state != null, "%s is not optimized here", parameter.name());
    return state;
  }

  /**
   * Returns the moments of all parameters by name: the parameter's name and the name of the moment
   * in torch or bitsandbytes, such as {@code NAME.exp_avg}. They are not copies: the next step
   * changes them. Together with {@link #steps} they are all that {@link #restore} needs to continue
   * bit for bit.
   */
  @Internal
  public Map<String, Tensor> state() {
    Map<String, Tensor> state = new LinkedHashMap<>();
    moments.forEach(
        (parameter, own) -> {
          List<String> words = own.size() == 2 ? FP32_WORDS : EIGHT_BIT_WORDS;
          for (int i = 0; i < own.size(); i++) {
            state.put(parameter.name() + "." + words.get(i), own.get(i));
          }
        });
    return state;
  }

  /**
   * Restores a state that {@link #state} returned, here or in an earlier process. Copies the
   * tensors.
   *
   * @param steps the number of steps taken before, 0 or more
   * @throws IncompatibleException naming the tensor that is missing, belongs to no parameter here,
   *     or has another shape or type; nothing has changed then
   */
  @Internal
  public void restore(long steps, Map<String, Tensor> state) {
    checkArgument(steps >= 0, "steps are %s, must be at least 0", steps);
    Map<String, Tensor> own = state();
    try (Scope work = scope.child()) {
      Operators ops = work.operators();
      own.forEach((name, value) -> requireSame(name, value, state.get(name), ops));
      state.keySet().stream()
          .filter(name -> !own.containsKey(name))
          .findFirst()
          .ifPresent(
              name -> {
                throw new IncompatibleException(
                    "the optimizer's state has a tensor "
                        + name
                        + ", which belongs to nothing that is trained here");
              });
      own.forEach((name, value) -> ops.copyInPlace(value, Objects.requireNonNull(state.get(name))));
    }
    step = steps;
  }

  private static void requireSame(
      String name, Tensor expected, @Nullable Tensor found, Operators ops) {
    if (found == null) {
      throw new IncompatibleException("the optimizer's state has no tensor " + name);
    }
    DataType type = ops.typeOf(expected);
    DataType other = ops.typeOf(found);
    if (type != other || !Arrays.equals(expected.shape(), found.shape())) {
      throw new IncompatibleException(
          "the optimizer's state has the tensor "
              + name
              + " as "
              + other
              + Arrays.toString(found.shape())
              + ", expected "
              + type
              + Arrays.toString(expected.shape()));
    }
  }

  /** Frees the moments; a second call does nothing. */
  @Override
  public void close() {
    scope.close();
  }
}
