package io.telecomllm.training.gradients;

import static com.google.common.base.Preconditions.checkArgument;

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
 * Values or gradients of parameters outside of native memory: one array of fp32 a parameter, in the
 * order of the parameters. What is handed in or out is not copied and must not be changed.
 */
public final class ParameterArrays {
  private final List<float[]> arrays;

  /** One array a parameter. */
  public ParameterArrays(List<float[]> arrays) {
    this.arrays = List.copyOf(arrays);
  }

  /** The values that the parameters have now. */
  public static ParameterArrays of(List<Parameter> parameters, Scope work) {
    return read(parameters.stream().map(Parameter::value).toList(), work);
  }

  /** What the gradients are now. */
  public static ParameterArrays of(Gradients gradients, Scope work) {
    return read(gradients.all(), work);
  }

  private static ParameterArrays read(List<Tensor> tensors, Scope work) {
    Operators ops = work.operators();
    return new ParameterArrays(tensors.stream().map(ops::toFloats).toList());
  }

  /** One array a parameter. */
  public List<float[]> arrays() {
    return arrays;
  }

  /** How many bytes the values take. */
  public long bytes() {
    return arrays.stream().mapToLong(a -> (long) a.length * Float.BYTES).sum();
  }

  /** Gives the parameters these values. */
  public void copyInto(List<Parameter> parameters, Scope work) {
    each(
        parameters.stream().map(Parameter::value).toList(),
        work,
        (ops, target, values) -> ops.copyInPlace(target, values));
  }

  /** Adds these gradients, times a factor. */
  public void addTo(Gradients gradients, double factor, Scope work) {
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

  /** As they travel: Java writes bytes many times faster than floats. Little endian. */
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

  /** The values that {@link #toBytes} wrote. */
  public static ParameterArrays ofBytes(byte[][] bytes) {
    return new ParameterArrays(Arrays.stream(bytes).map(ParameterArrays::floats).toList());
  }

  /** The values of one of {@link #toBytes}' arrays. */
  public static float[] floats(byte[] bytes) {
    float[] values = new float[bytes.length / Float.BYTES];
    littleEndian(bytes).asFloatBuffer().get(values);
    return values;
  }

  private static ByteBuffer littleEndian(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
