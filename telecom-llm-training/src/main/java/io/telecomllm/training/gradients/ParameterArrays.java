package io.telecomllm.training.gradients;

import static com.google.common.base.Preconditions.checkArgument;

import io.telecomllm.Internal;
import io.telecomllm.lora.Gradients;
import io.telecomllm.lora.Parameter;
import io.telecomllm.tensor.Operators;
import io.telecomllm.tensor.Scope;
import io.telecomllm.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;

/**
 * Values or gradients of parameters outside native memory: one fp32 array per parameter, in the
 * order of the parameters. Arrays are not copied on the way in or out and must not be changed.
 */
@Internal
public final class ParameterArrays {
  private final List<float[]> arrays;

  /** Wraps one array per parameter. */
  public ParameterArrays(List<float[]> arrays) {
    this.arrays = List.copyOf(arrays);
  }

  /** Reads the current values of the parameters. */
  public static ParameterArrays of(List<Parameter> parameters, Scope work) {
    return read(parameters.stream().map(Parameter::value).toList(), work);
  }

  /** Reads the current values of the gradients. */
  public static ParameterArrays of(Gradients gradients, Scope work) {
    return read(gradients.all(), work);
  }

  private static ParameterArrays read(List<Tensor> tensors, Scope work) {
    Operators ops = work.operators();
    return new ParameterArrays(tensors.stream().map(ops::toFloats).toList());
  }

  /** Returns one array per parameter. */
  public List<float[]> arrays() {
    return arrays;
  }

  /** Returns the size of the values in bytes. */
  public long bytes() {
    return arrays.stream().mapToLong(a -> (long) a.length * Float.BYTES).sum();
  }

  /** Sets the parameters to these values. */
  void copyInto(List<Parameter> parameters, Scope work) {
    each(
        parameters.stream().map(Parameter::value).toList(),
        work,
        (ops, target, values) -> ops.copyInPlace(target, values));
  }

  /** Adds these arrays, times a factor, to gradients. */
  void addTo(Gradients gradients, double factor, Scope work) {
    each(gradients.all(), work, (ops, target, values) -> ops.addInPlace(target, values, factor));
  }

  private interface Change {
    void make(Operators ops, Tensor target, Tensor values);
  }

  private void each(List<Tensor> targets, Scope work, Change change) {
    checkArgument(
        targets.size() == arrays.size(),
        "%s arrays for %s parameters",
        arrays.size(),
        targets.size());
    for (int i = 0; i < arrays.size(); i++) {
      Tensor target = targets.get(i);
      float[] values = arrays.get(i);
      checkArgument(
          target.elements() == values.length,
          "array %s has %s values, its parameter %s",
          i,
          values.length,
          target.elements());
      try (Scope one = work.child()) {
        Operators ops = one.operators();
        change.make(ops, target, ops.floats(values, target.shape()));
      }
    }
  }

  /**
   * Returns the values as little-endian bytes, which Java serializes many times faster than floats.
   */
  public byte[][] toBytes() {
    return arrays.stream()
        .map(
            values -> {
              byte[] bytes = new byte[Math.multiplyExact(values.length, Float.BYTES)];
              littleEndian(bytes).asFloatBuffer().put(values);
              return bytes;
            })
        .toArray(byte[][]::new);
  }

  /** Reads the values that {@link #toBytes} wrote. */
  public static ParameterArrays ofBytes(byte[][] bytes) {
    return new ParameterArrays(Arrays.stream(bytes).map(ParameterArrays::floats).toList());
  }

  /** Reads the values of one of the arrays that {@link #toBytes} returned. */
  public static float[] floats(byte[] bytes) {
    float[] values = new float[bytes.length / Float.BYTES];
    littleEndian(bytes).asFloatBuffer().get(values);
    return values;
  }

  private static ByteBuffer littleEndian(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
