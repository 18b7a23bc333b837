package io.telecomllm.tensor;

import ai.djl.pytorch.jni.IValue;
import io.telecomllm.Internal;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Repeats every operator that a thread calls on the CPU in fp32, with the same arguments, and notes
 * how far the results are apart. So whatever a thread computes on a device meanwhile becomes a
 * check of that device's operators.
 *
 * <pre>{@code
 * try (OperatorComparison comparison = OperatorComparison.open()) {
 *   // train a step
 *   comparison.differences().forEach(System.out::println);
 * }
 * }</pre>
 */
@Internal
public final class OperatorComparison implements AutoCloseable {
  private static final ThreadLocal<OperatorComparison> CURRENT = new ThreadLocal<>();

  /**
   * What has no value to compare: memory as it is found, numbers drawn by each device, and layouts
   * that only the operators for them can read.
   */
  private static final Set<String> NOT_COMPARED =
      Set.of("empty", "normal_", "dropout", "add_dropout_", "add_uniform_", "pack_bytes");

  /** Whose tables hold bits of the compute type: its values keep their type on the CPU too. */
  private static final String BITS = "dequantize_4bit_";

  /** Whose arguments after the first are room to work in, or the same memory as others. */
  private static final String ROOM = "unpack_";

  private final Map<String, Difference> differences = new TreeMap<>();

  /**
   * How far an operator's results were from those of the CPU in fp32.
   *
   * @param operator its name in {@code operators.py}
   * @param calls how often it was compared
   * @param largest the largest difference of a value, as a share of the largest value of the
   *     result; of codes, of the largest code
   */
  public record Difference(String operator, int calls, double largest) {
    private Difference plus(double other) {
      // a NaN on either side stays
      return new Difference(operator, calls + 1, Math.max(largest, other));
    }
  }

  private OperatorComparison() {}

  /** Begins to compare what this thread computes, until it is closed. */
  public static OperatorComparison open() {
    if (CURRENT.get() != null) {
      throw new IllegalStateException("this thread compares its operators already");
    }
    OperatorComparison comparison = new OperatorComparison();
    CURRENT.set(comparison);
    return comparison;
  }

  /** Returns the operators that were compared so far, by name. */
  public List<Difference> differences() {
    return List.copyOf(differences.values());
  }

  @Override
  public void close() {
    CURRENT.remove();
  }

  /** Calls an operator, and compares it if this thread does so. */
  static IValue run(String operator, Object... arguments) {
    OperatorComparison comparison = CURRENT.get();
    boolean skipped =
        comparison == null
            || NOT_COMPARED.contains(operator)
            || Arrays.stream(arguments).anyMatch(Device.class::isInstance);
    return skipped ? Call.run(operator, arguments) : comparison.compared(operator, arguments);
  }

  private IValue compared(String operator, Object... arguments) {
    CURRENT.remove();
    try (Scope cpu = Scope.open(Device.cpu())) {
      Object[] twins = twins(operator, arguments, cpu);
      boolean room = operator.equals(BITS) || operator.startsWith(ROOM);
      IValue result = Call.run(operator, arguments);
      try (IValue expected = Call.run(operator, twins)) {
        double largest = difference(result, expected, cpu);
        for (int i = 0; i < (room ? 1 : arguments.length); i++) {
          // an operator in place has changed its arguments
          if (arguments[i] != twins[i]) {
            largest = Math.max(largest, difference(arguments[i], twins[i], cpu));
          }
        }
        Difference before = differences.getOrDefault(operator, new Difference(operator, 0, 0));
        differences.put(operator, before.plus(largest));
        return result;
      } catch (RuntimeException | Error e) {
        result.close();
        throw e;
      }
    } finally {
      CURRENT.set(this);
    }
  }

  private static Object[] twins(String operator, Object[] arguments, Scope cpu) {
    Object[] twins = Arrays.stream(arguments).map(a -> twin(a, cpu)).toArray();
    if (operator.equals(BITS)) {
      // values in their type, and no view of them as words, which a copy has not
      twins[0] = copy((Tensor) arguments[0], Operators.type((Tensor) arguments[0]), cpu);
      twins[1] = cpu.operators().none();
    } else if (operator.startsWith(ROOM)) {
      // values in fp32 are their own room for floats
      twins[3] = twins[0];
    }
    return twins;
  }

  private static Object twin(Object argument, Scope cpu) {
    if (argument instanceof Tensor tensor) {
      // a layout of the CPU's own has no other form
      return isOpaque(tensor) ? tensor : twin(tensor, cpu);
    }
    if (argument instanceof List<?> tensors) {
      return tensors.stream().map(t -> twin((Tensor) t, cpu)).toList();
    }
    boolean reduced = argument == DataType.BFLOAT16 || argument == DataType.FLOAT16;
    return reduced ? DataType.FLOAT32 : argument;
  }

  private static Tensor twin(Tensor tensor, Scope cpu) {
    return copy(tensor, isFloat(tensor) ? DataType.FLOAT32 : Operators.type(tensor), cpu);
  }

  private static Tensor copy(Tensor tensor, DataType type, Scope cpu) {
    Operators ops = cpu.operators();
    return ops.copy(ops.to(tensor, type));
  }

  private static boolean isOpaque(Tensor tensor) {
    try (IValue value = Call.run("is_opaque", tensor)) {
      return value.toBoolean();
    }
  }

  private static boolean isFloat(Tensor tensor) {
    DataType type = Operators.type(tensor);
    return type == DataType.FLOAT32 || type == DataType.BFLOAT16 || type == DataType.FLOAT16;
  }

  private static double difference(IValue found, IValue expected, Scope cpu) {
    if (found.isTensor()) {
      return difference(tensor(found, cpu), tensor(expected, cpu), cpu);
    }
    if (found.isDouble()) {
      return difference(
          new float[] {(float) found.toDouble()}, new float[] {(float) expected.toDouble()});
    }
    double largest = 0;
    if (found.isTuple()) {
      IValue[] parts = found.toIValueTuple();
      IValue[] twins = expected.toIValueTuple();
      for (int i = 0; i < parts.length; i++) {
        try (IValue part = parts[i];
            IValue twin = twins[i]) {
          largest = Math.max(largest, difference(part, twin, cpu));
        }
      }
    }
    return largest;
  }

  private static Tensor tensor(IValue value, Scope cpu) {
    return cpu.own(value.toTensor(cpu.manager()));
  }

  private static double difference(@Nullable Object found, @Nullable Object expected, Scope cpu) {
    if (found instanceof Tensor a && expected instanceof Tensor b) {
      return difference(a, b, cpu);
    }
    double largest = 0;
    if (found instanceof List<?> some && expected instanceof List<?> twins) {
      for (int i = 0; i < some.size(); i++) {
        largest = Math.max(largest, difference(some.get(i), twins.get(i), cpu));
      }
    }
    return largest;
  }

  private static double difference(Tensor found, Tensor expected, Scope cpu) {
    return difference(cpu.operators().toFloats(found), cpu.operators().toFloats(expected));
  }

  private static double difference(float[] values, float[] twins) {
    if (values.length != twins.length) {
      return Double.NaN;
    }
    double largest = 0;
    double scale = 0;
    for (int i = 0; i < values.length; i++) {
      // equal infinities, as in a mask, or no numbers, as in unused memory, are no difference
      boolean same = values[i] == twins[i] || (Float.isNaN(values[i]) && Float.isNaN(twins[i]));
      largest = Math.max(largest, same ? 0 : Math.abs((double) values[i] - twins[i]));
      scale = Float.isFinite(twins[i]) ? Math.max(scale, Math.abs(twins[i])) : scale;
    }
    return largest == 0 ? 0 : largest / Math.max(scale, Float.MIN_NORMAL);
  }
}
