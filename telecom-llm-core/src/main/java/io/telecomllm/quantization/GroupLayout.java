package io.telecomllm.quantization;

import static java.util.Objects.requireNonNull;

import com.google.common.base.Supplier;
import com.google.common.base.Suppliers;
import io.telecomllm.DeviceException;
import io.telecomllm.tensor.DataType;
import io.telecomllm.tensor.Device;
import io.telecomllm.tensor.Operators;
import io.telecomllm.tensor.Scope;
import io.telecomllm.tensor.Tensor;
import java.nio.ByteBuffer;
import java.util.Random;

/**
 * How libtorch lays out the codes of a {@link GroupWeight}, which depends on the CPU: in blocks of
 * rows, and for each column of a block in bytes that hold the codes of rows i and i + block / 2.
 * Known codes are packed once to see the size of the blocks.
 */
final class GroupLayout {
  /** The rows of the largest known block; AVX2 has blocks of 32. */
  static final int ROWS = 64;

  private static final int COLUMNS = GroupWeight.GROUP;
  private static final Supplier<Integer> BLOCK = Suppliers.memoize(GroupLayout::probe);

  private GroupLayout() {}

  /**
   * Returns the number of rows in a block.
   *
   * @throws DeviceException if the layout is another: libtorch then has no fast product either
   */
  static int block() {
    return requireNonNull(BLOCK.get());
  }

  private static int probe() {
    byte[] codes = new byte[ROWS * COLUMNS];
    Random random = new Random(1);
    for (int i = 0; i < codes.length; i++) {
      codes[i] = (byte) random.nextInt(16);
    }
    return block(codes, packed(codes));
  }

  private static ByteBuffer packed(byte[] codes) {
    try (Scope scope = Scope.open(Device.cpu())) {
      Operators ops = scope.operators();
      Tensor zeros = ops.zeros(DataType.FLOAT32, ROWS);
      Tensor packed = ops.packing().packGroups(ops.bytes(codes), zeros, zeros, ROWS).first();
      byte[] bytes = new byte[codes.length / 2];
      packed.bytes().get(bytes);
      return ByteBuffer.wrap(bytes);
    }
  }

  /** Returns the number of rows in a block, given codes (ROWS, COLUMNS) and what they became. */
  static int block(byte[] codes, ByteBuffer packed) {
    for (int block = ROWS; block >= ROWS / 2; block /= 2) {
      if (packed.equals(expected(codes, block))) {
        return block;
      }
    }
    throw new DeviceException(
        "libtorch has no fast product of 4-bit weights on this CPU: it lays them out otherwise than"
            + " for AVX2 and AVX512; load the model without forAnswering()");
  }

  private static ByteBuffer expected(byte[] codes, int block) {
    ByteBuffer bytes = ByteBuffer.allocate(codes.length / 2);
    for (int first = 0; first < ROWS; first += block) {
      for (int column = 0; column < COLUMNS; column++) {
        for (int row = first; row < first + block / 2; row++) {
          int low = codes[row * COLUMNS + column];
          int high = codes[(row + block / 2) * COLUMNS + column];
          bytes.put((byte) (low | high << 4));
        }
      }
    }
    return bytes.flip();
  }
}
