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
import java.util.Locale;
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

  /** What a piece of blocks is unpacked in. */
  private record Room(Scope scope, Tensor words, Tensor floats) {}

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
        count, weight.in(), (target, values) -> unpack(weight, from, count, values, type));
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
                name(weight.encoding()),
                part,
                blocks(weight, ops, from + row, some),
                ops.narrow(space.words(), 0, 0, elements / CODES),
                of == DataType.FLOAT32 ? part : space.floats(),
                table(weight.encoding()));
      }
    }
  }

  /** Writes values to the buffer. */
  private interface Filler {
    void fill(Buffer target, Tensor values);
  }

  Tensor unpack(ByteTable table, int from, int count) {
    return unpacked(count, table.in(), (target, values) -> unpack(table, from, count, values));
  }

  /** Returns rows of a table in fp32, owned by the scope of the operators. */
  Tensor exact(ByteTable table, Operators owner, int from, int count) {
    if (type == DataType.FLOAT32) {
      return unpack(table, from, count);
    }
    Tensor values = owner.empty(DataType.FLOAT32, count, table.in());
    unpack(table, from, count, owner.reshape(values, (long) count * table.in()));
    return values;
  }

  private void unpack(ByteTable table, int from, int count, Tensor values) {
    int rows = Math.min(table.step(), count);
    Room space = room((long) rows * table.in());
    for (int row = 0; row < count; row += rows) {
      try (Scope work = scope.child()) {
        Operators ops = work.operators();
        int some = Math.min(rows, count - row);
        long elements = (long) some * table.in();
        Tensor part = ops.narrow(values, 0, (long) row * table.in(), elements);
        ops.packing()
            .unpackBytesInPlace(
                part,
                ops.narrow(table.codes(), 0, from + row, some),
                ops.narrow(table.scales(), 0, from + row, some),
                ops.typeOf(values) == DataType.FLOAT32 ? part : space.floats());
      }
    }
  }

  /** Returns rows of 6- or 8-bit blocks as bytes and scales. */
  Operators.Pair toBytes(BlockWeight weight, Operators ops, int from, int count) {
    long elements = (long) count * weight.in();
    return ops.packing()
        .toBytes(
            name(weight.encoding()),
            blocks(weight, ops, from, count),
            ops.narrow(room(elements).words(), 0, 0, elements / CODES),
            count);
  }

  /** Returns the blocks of rows, (blocks, bytes of a block). */
  private static Tensor blocks(BlockWeight weight, Operators ops, int from, int count) {
    Encoding encoding = weight.encoding();
    return ops.reshape(
        ops.narrow(weight.raw(), 0, from, count),
        (long) count * weight.in() / encoding.blockValues(),
        encoding.blockBytes());
  }

  private static String name(Encoding encoding) {
    return encoding.name().toLowerCase(Locale.ROOT);
  }

  /** Returns rows of a weight as a view of the transposed matrix, which is what is unpacked. */
  Tensor unpack(GroupWeight weight, int from, int count) {
    closeLast();
    Rows rows = Rows.around(from, count);
    long elements = (long) rows.count() * weight.in();
    Operators views = buffer(elements).scope().operators();
    try (Tensor flat = views.narrow(buffer(elements).values(), 0, 0, elements);
        Tensor values = views.reshape(flat, weight.in(), rows.count())) {
      last = unpack(weight, rows, values, views, from, count);
      return last;
    }
  }

  /** Returns rows of a weight in fp32, owned by the scope of the operators. */
  Tensor exact(GroupWeight weight, Operators owner, int from, int count) {
    if (type == DataType.FLOAT32) {
      return unpack(weight, from, count);
    }
    Rows rows = Rows.around(from, count);
    Tensor values = owner.empty(DataType.FLOAT32, weight.in(), rows.count());
    return unpack(weight, rows, values, owner, from, count);
  }

  /** Whole blocks of the rows that lie side by side in memory. */
  private record Rows(int first, int count) {
    static Rows around(int from, int count) {
      int block = GroupLayout.block();
      int first = from / block * block;
      return new Rows(first, (from + count - first + block - 1) / block * block);
    }
  }

  private Tensor unpack(
      GroupWeight weight, Rows rows, Tensor values, Operators views, int from, int count) {
    long elements = Math.max(PIECE, (long) GroupLayout.block() * weight.packed().size(1) * 2);
    Room space = room(elements);
    try (Scope work = scope.child()) {
      Operators ops = work.operators();
      ops.packing()
          .dequantizeGroupsInPlace(
              values,
              ops.narrow(weight.packed(), 0, rows.first(), rows.count()),
              space.words(),
              type == DataType.FLOAT32 ? ops.empty(type, elements) : space.floats(),
              ops.narrow(weight.scales(), 1, rows.first(), rows.count()),
              GroupLayout.block());
    }
    try (Tensor all = views.transpose(values)) {
      return views.narrow(all, 0, from - rows.first(), count);
    }
  }

  /** Returns the codes, scales and zeros of rows of a weight, laid out for a {@link GroupWeight}. */
  Operators.Pair regroup(BlockWeight weight, Operators ops, int from, int count) {
    long elements = (long) count * weight.in();
    return ops.packing()
        .regroup(
            name(weight.encoding()),
            blocks(weight, ops, from, count),
            ops.narrow(room(elements).words(), 0, 0, elements / CODES),
            table(weight.encoding()),
            count);
  }

  private Tensor unpacked(int rows, int in, Filler filler) {
    closeLast();
    long elements = (long) rows * in;
    Buffer target = buffer(elements);
    Operators views = target.scope().operators();
    Tensor values = views.narrow(target.values(), 0, 0, elements);
    filler.fill(target, values);
    Tensor result = views.reshape(values, rows, in);
    values.close();
    last = result;
    return result;
  }

  private void closeLast() {
    if (last != null) {
      last.close();
      last = null;
    }
  }

  private Room room(long elements) {
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
  private Tensor table(Encoding encoding) {
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
        count, weight.in(), (target, values) -> unpack(weight, start, elements, target, values));
  }

  private void unpack(
      FourBitWeight weight, long start, long elements, Buffer target, Tensor values) {
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
