package io.telecomllm.quantization;

import io.telecomllm.Internal;
import io.telecomllm.tensor.ComputeType;
import io.telecomllm.tensor.DataType;
import io.telecomllm.tensor.Device;
import io.telecomllm.tensor.HalfFloats;
import io.telecomllm.tensor.Operators;
import io.telecomllm.tensor.Scope;
import io.telecomllm.tensor.Tensor;
import java.nio.ByteBuffer;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A buffer into which packed weights are unpacked, one at a time. It is reused because page faults
 * on new memory would take longer than the unpacking itself. For one thread at a time.
 */
@Internal
public final class Workspace implements AutoCloseable {
  private final Scope scope;
  private final DataType type;
  private final Map<FourBitCode, Tensor> pairs = new EnumMap<>(FourBitCode.class);
  private @Nullable Buffer buffer;
  private @Nullable Tensor last;

  /** The values, and the same memory as 64-bit words. */
  private record Buffer(Scope scope, Tensor values, Tensor words) {}

  /** Creates a workspace for weights on a device, to compute in FLOAT32, BFLOAT16 or FLOAT16. */
  public Workspace(Device device, DataType type) {
    this.scope = Scope.open(device);
    this.type = ComputeType.checked(type);
  }

  /** Returns the type that the network computes in. */
  public DataType type() {
    return type;
  }

  Tensor unpack(FourBitWeight weight, int from, int count) {
    if (last != null) {
      last.close();
    }
    long start = (long) from * weight.in();
    long elements = (long) count * weight.in();
    Buffer target = buffer(elements);
    Operators views = target.scope().operators();
    Tensor values = views.narrow(target.values(), 0, 0, elements);
    try (Scope work = scope.child()) {
      Operators ops = work.operators();
      Tensor words = target.words();
      if (words.elements() > 0) {
        words = ops.narrow(words, 0, 0, elements * type.bytes() / Long.BYTES);
      }
      ops.packing()
          .dequantize4bitInPlace(
              values,
              words,
              ops.narrow(weight.packed(), 0, start / 2, elements / 2),
              pairs(weight.code()),
              ops.to(
                  ops.narrow(
                      weight.scales().values(ops),
                      0,
                      start / weight.block(),
                      elements / weight.block()),
                  type),
              weight.block());
      Tensor result = views.reshape(values, count, weight.in());
      values.close();
      last = result;
      return result;
    }
  }

  private Buffer buffer(long elements) {
    Buffer current = buffer;
    if (current == null || current.values().elements() < elements) {
      if (current != null) {
        current.scope().close();
      }
      Scope own = scope.child();
      Tensor values = own.operators().empty(type, elements);
      current = new Buffer(own, values, own.operators().packing().words(values));
      buffer = current;
    }
    return current;
  }

  /**
   * Returns a table of the values of the codes in two packed bytes (for fp32: one byte), as one
   * 64-bit word.
   */
  private Tensor pairs(FourBitCode code) {
    return pairs.computeIfAbsent(
        code,
        c -> {
          int bytes = Long.BYTES / type.bytes() / 2;
          float[] values = c.table();
          return scope
              .operators()
              .filled(DataType.INT64, into -> fill(into, bytes, values), 1L << (8 * bytes));
        });
  }

  private void fill(ByteBuffer into, int bytes, float[] values) {
    for (int word = 0; into.hasRemaining(); word++) {
      for (int i = 0; i < bytes; i++) {
        int octet = (word >> (8 * i)) & 0xff;
        put(into, values[octet >> 4]);
        put(into, values[octet & 0xf]);
      }
    }
  }

  private void put(ByteBuffer into, float value) {
    switch (type) {
      case FLOAT32 -> into.putFloat(value);
      case BFLOAT16 -> into.putShort(HalfFloats.toBfloat16(value));
      default -> into.putShort(HalfFloats.toFloat16(value));
    }
  }

  /** Frees the buffer. */
  @Override
  public void close() {
    scope.close();
  }
}
