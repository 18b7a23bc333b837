package io.telecomllm.quantization;

import io.telecomllm.Internal;
import io.telecomllm.tensor.ComputeType;
import io.telecomllm.tensor.DataType;
import io.telecomllm.tensor.Device;
import io.telecomllm.tensor.HalfFloats;
import io.telecomllm.tensor.Operators;
import io.telecomllm.tensor.Scope;
import io.telecomllm.tensor.Tensor;
import io.telecomllm.weights.Encoding;
import io.telecomllm.weights.TableBlocks;
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
  /** The number of values unpacked from blocks at a time: so many that calls cost little of it. */
  static final int PIECE = 1 << 20;

  /** The number of codes in a 64-bit word. */
  private static final int CODES = 8;

  private final Scope scope;
  private final DataType type;
  private final Map<FourBitCode, Tensor> pairs = new EnumMap<>(FourBitCode.class);
  private final Map<Encoding, Tensor> tables = new EnumMap<>(Encoding.class);
  private @Nullable Buffer buffer;
  private @Nullable Tensor last;
  private @Nullable Room room;

  /** The values, and the same memory as 64-bit words. */
  private record Buffer(Scope scope, Tensor values, Tensor words) {}

  /** What a piece of a matrix is unpacked in: 64-bit words for codes, and fp32 values. */
  record Room(Scope scope, Tensor words, Tensor floats) {
    /** Returns the words of a number of codes of a byte each. */
    Tensor words(Operators ops, long codes) {
      return ops.narrow(words, 0, 0, codes / CODES);
    }
  }

  /** Creates a workspace for weights on a device, to compute in FLOAT32, BFLOAT16 or FLOAT16. */
  public Workspace(Device device, DataType type) {
    this.scope = Scope.open(device);
    this.type = ComputeType.checked(type);
  }

  /** Returns the type that the network computes in. */
  public DataType type() {
    return type;
  }

  Tensor unpack(BlockWeight weight, int from, int count) {
    return unpacked(
        (long) count * weight.in(),
        (values, views) -> {
          unpack(weight, from, count, values, type);
          return views.reshape(values, count, weight.in());
        });
  }

  /** Returns rows of a weight in fp32; they must be few, as they take room beside the buffer. */
  Tensor exact(BlockWeight weight, int from, int count) {
    if (type == DataType.FLOAT32) {
      return unpack(weight, from, count);
    }
    closeLast();
    long elements = (long) count * weight.in();
    Room space = room(elements);
    Operators views = space.scope().operators();
    try (Tensor values = views.narrow(space.floats(), 0, 0, elements)) {
      unpack(weight, from, count, values, DataType.FLOAT32);
      last = views.reshape(values, count, weight.in());
      return last;
    }
  }

  /** Unpacks rows to values of this type; fp32 ones are computed in place. */
  private void unpack(BlockWeight weight, int from, int count, Tensor values, DataType of) {
    int rows = weight.step();
    Room space = room((long) Math.min(rows, count) * weight.in());
    for (int row = 0; row < count; row += rows) {
      try (Scope work = scope.child()) {
        Operators ops = work.operators();
        int some = Math.min(rows, count - row);
        long elements = (long) some * weight.in();
        Tensor part = ops.narrow(values, 0, (long) row * weight.in(), elements);
        ops.packing()
            .unpackBlocksInPlace(
                weight.operator(),
                part,
                weight.blocks(ops, from + row, some),
                space.words(ops, elements),
                of == DataType.FLOAT32 ? part : space.floats(),
                table(weight.encoding()));
      }
    }
  }

  /** Writes a matrix to a flat buffer, and returns it as a view of the buffer. */
  @FunctionalInterface
  interface Filler {
    Tensor fill(Tensor values, Operators views);
  }

  /** Returns what the filler makes of a buffer, valid until the next call. */
  Tensor unpacked(long elements, Filler filler) {
    closeLast();
    Buffer target = buffer(elements);
    Operators views = target.scope().operators();
    try (Tensor values = views.narrow(target.values(), 0, 0, elements)) {
      last = filler.fill(values, views);
      return last;
    }
  }

  private void closeLast() {
    if (last != null) {
      last.close();
      last = null;
    }
  }

  /** Returns room for a piece; without fp32 values if that is the compute type. */
  Room room(long elements) {
    Room current = room;
    if (current == null || CODES * current.words().elements() < elements) {
      if (current != null) {
        current.scope().close();
      }
      Scope own = scope.child();
      Operators ops = own.operators();
      // values that are fp32 are computed in place
      long floats = type == DataType.FLOAT32 ? 1 : elements;
      current =
          new Room(
              own,
              ops.empty(DataType.INT64, elements / CODES),
              ops.empty(DataType.FLOAT32, floats));
      room = current;
    }
    return current;
  }

  /** Returns the table that the operator of an encoding looks up. */
  Tensor table(Encoding encoding) {
    return tables.computeIfAbsent(
        encoding,
        e ->
            switch (e) {
              case Q5_0, Q5_1 -> scope.operators().filled(DataType.INT64, Workspace::fillBits, 256);
              case IQ4_NL, IQ4_XS ->
                  scope.operators().filled(DataType.INT8, b -> b.put(TableBlocks.table()), 16);
              default -> scope.operators().none();
            });
  }

  /** Writes the eight bits of each byte, the lowest first, as eight bytes of 0 or 16. */
  private static void fillBits(ByteBuffer into) {
    for (int octet = 0; octet < 256; octet++) {
      for (int bit = 0; bit < 8; bit++) {
        into.put((byte) (octet >> bit << 4 & 16));
      }
    }
  }

  Tensor unpack(FourBitWeight weight, int from, int count) {
    long start = (long) from * weight.in();
    long elements = (long) count * weight.in();
    return unpacked(
        elements,
        (values, views) -> {
          unpack(weight, start, elements, buffer(elements).words(), values);
          return views.reshape(values, count, weight.in());
        });
  }

  private void unpack(FourBitWeight weight, long start, long elements, Tensor all, Tensor values) {
    try (Scope work = scope.child()) {
      Operators ops = work.operators();
      Tensor words = all;
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
