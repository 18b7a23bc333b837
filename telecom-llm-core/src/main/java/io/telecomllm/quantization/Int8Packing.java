package io.telecomllm.quantization;

import static java.util.Objects.requireNonNull;

import com.google.common.base.Supplier;
import com.google.common.base.Suppliers;
import io.telecomllm.DeviceException;
import io.telecomllm.Internal;
import io.telecomllm.InvalidDataException;
import io.telecomllm.TelecomLlmException;
import io.telecomllm.tensor.DataType;
import io.telecomllm.tensor.Device;
import io.telecomllm.tensor.Operators;
import io.telecomllm.tensor.Scope;
import io.telecomllm.tensor.Tensor;
import java.util.Arrays;

/**
 * Rounds matrices to an {@link Int8Weight}: one, or several that multiply the same input, one below
 * the other. For one thread.
 */
@Internal
public final class Int8Packing implements AutoCloseable {
  private static final Supplier<Boolean> SUPPORTED = Suppliers.memoize(Int8Packing::probe);

  /** The length of the sum of largest products that is tried. */
  private static final int PROBED = 512;

  private final Scope work;
  private final Workspace workspace;
  private final Tensor codes;
  private final Tensor scales;
  private int filled;

  /**
   * Begins a weight (out, in).
   *
   * @throws DeviceException if this CPU has no such product
   */
  public Int8Packing(int out, int in, Device device) {
    if (!isSupported()) {
      throw new DeviceException(
          "libtorch has no exact product of 8-bit integers on this CPU; load the model with another"
              + " weight type");
    }
    work = Scope.open(device);
    workspace = new Workspace(device, DataType.FLOAT32);
    codes = work.operators().empty(DataType.INT8, out, in);
    scales = work.operators().empty(DataType.FLOAT32, out);
  }

  /** Returns whether libtorch has a product of 8-bit integers on this CPU, and an exact one. */
  public static boolean isSupported() {
    return requireNonNull(SUPPORTED.get());
  }

  /**
   * Multiplies the largest bytes: CPUs without an instruction for this add pairs of products in 16
   * bits, which is too little for them.
   */
  private static boolean probe() {
    float[] ones = new float[PROBED];
    Arrays.fill(ones, 1);
    try (Scope scope = Scope.open(Device.cpu())) {
      Operators ops = scope.operators();
      Tensor x = ops.floats(ones, 1, PROBED);
      float[] sum =
          ops.toFloats(packed(ops.packing().quantizeRows(x), scope).preciseProduct(ops, x));
      return Math.abs(sum[0] - PROBED) < 1e-3 * PROBED;
    } catch (TelecomLlmException e) {
      return false;
    }
  }

  /**
   * Adds the next rows.
   *
   * @param name what errors call them
   * @throws InvalidDataException naming them, if they hold NaN or infinity
   */
  public void add(String name, Weight weight) {
    int step = Math.max(1, Math.min(weight.out(), Workspace.PIECE / weight.in()));
    for (int from = 0; from < weight.out(); from += step) {
      try (Scope inner = work.child()) {
        Operators ops = inner.operators();
        int count = Math.min(step, weight.out() - from);
        Tensor values = weight.exact(workspace, ops, from, count);
        Operators.Pair piece = ops.packing().quantizeRows(ops.to(values, DataType.FLOAT32));
        if (!Double.isFinite(ops.mean(piece.second()))) {
          throw new InvalidDataException(
              name + ": NaN or infinity in rows " + from + " to " + (from + count - 1));
        }
        ops.copyInPlace(ops.narrow(codes, 0, filled, count), piece.first());
        ops.copyInPlace(ops.narrow(scales, 0, filled, count), piece.second());
        filled += count;
      }
    }
  }

  /** Returns the weight, owned by the scope; all its rows must have been added. */
  public Int8Weight pack(Scope scope) {
    return packed(new Operators.Pair(codes, scope.operators().copy(scales)), scope);
  }

  private static Int8Weight packed(Operators.Pair rounded, Scope scope) {
    Operators owned = scope.operators();
    Tensor codes = rounded.first();
    int out = codes.size(0);
    return new Int8Weight(
        out,
        codes.size(1),
        owned.packing().packBytes(codes),
        rounded.second(),
        owned.zeros(DataType.INT64, out));
  }

  /** Frees what packing took. */
  @Override
  public void close() {
    workspace.close();
    work.close();
  }
}
