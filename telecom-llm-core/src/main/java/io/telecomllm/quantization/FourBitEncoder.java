package io.telecomllm.quantization;

import io.telecomllm.InvalidDataException;
import io.telecomllm.weights.Pieces;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.Arrays;

/**
 * Encodes each value of a matrix as the nearest code, bit for bit as bitsandbytes does: the value
 * is multiplied in fp32 by the reciprocal of its block's largest magnitude, then the midpoints
 * below the product are counted.
 *
 * <p>For speed, the range from -1 to 1 is divided into cells. Most lie between two midpoints and
 * store their code; in the others the value itself is compared. Immutable; each thread uses a
 * worker of its own.
 */
final class FourBitEncoder {
  /**
   * The number of values in a piece: small enough for a core's cache, and a multiple of every block
   * size.
   */
  static final int PIECE = 1 << 16;

  /** The lower limit of a block's largest magnitude, as in bitsandbytes. */
  private static final float SMALLEST = 1e-38f;

  private static final int INFINITY = 0x7f800000;

  /**
   * A fraction plus 3 is in [2, 4], where floats are evenly spaced, so their bits number the cells.
   */
  private static final float SHIFT = 3f;

  private static final int FIRST_BITS = 0x40000000;
  private static final int CELL_BITS = 11;
  private static final int CELLS = 1 << (23 - CELL_BITS);

  /** More than the rounding error of this sum, much less than a cell. */
  private static final float SLACK = 1e-6f;

  private static final int CODES = 16;

  private final int block;
  private final float[] bounds;
  private final byte[] order;
  private final byte[] cells;

  FourBitEncoder(FourBitCode code, int block) {
    this.block = block;
    float[] midpoints = code.bounds();
    bounds = Arrays.copyOf(midpoints, CODES);
    bounds[CODES - 1] = Float.POSITIVE_INFINITY;
    order = new byte[CODES];
    for (int rank = 0; rank < CODES; rank++) {
      order[rank] = (byte) code.order()[rank];
    }
    // one more for the value 1
    cells = new byte[CELLS + 1];
    for (int cell = 0; cell <= CELLS; cell++) {
      int low = rank(2f * cell / CELLS - 1f - SLACK, 0);
      int high = rank(2f * (cell + 1) / CELLS - 1f + SLACK, low);
      cells[cell] = (byte) (low == high ? order[low] : CODES + low);
    }
  }

  /** Returns the number of smaller midpoints, of which there are at least {@code from}. */
  private int rank(float fraction, int from) {
    int rank = from;
    while (fraction > bounds[rank]) {
      rank++;
    }
    return rank;
  }

  /**
   * Packs a matrix.
   *
   * @param packed receives the codes, two per byte
   * @param scales receives the largest magnitude of each block
   */
  void encode(MatrixSource matrix, ByteBuffer packed, FloatBuffer scales) {
    Pieces.each(matrix.elements(), PIECE, () -> new Piece(matrix, packed, scales));
  }

  /** The worker of one thread. */
  private final class Piece implements Pieces.Worker {
    private final MatrixSource matrix;
    private final ByteBuffer packed;
    private final FloatBuffer scales;
    private final BlockValues values;
    private final byte[] codes = new byte[PIECE / 2];
    private final float[] largest = new float[PIECE / block];

    Piece(MatrixSource matrix, ByteBuffer packed, FloatBuffer scales) {
      this.matrix = matrix;
      this.packed = packed;
      this.scales = scales;
      this.values = BlockValues.of(matrix.type(), PIECE);
    }

    @Override
    public void work(long first, int count) {
      matrix.reader().read(first, values.bytes.clear().limit(count * matrix.type().bytes()));
      values.bytes.clear();
      values.load(count);
      int blocks = count / block;
      for (int i = 0; i < blocks; i++) {
        int end = (i + 1) * block;
        int bits = values.largest(end - block, end);
        if (bits >= INFINITY) {
          throw new InvalidDataException(
              matrix.name() + ": NaN or infinity near value " + (first + end - block));
        }
        largest[i] = Float.intBitsToFloat(bits);
        float inverse = 1f / Math.max(largest[i], SMALLEST);
        values.encode(end - block, end, inverse, FourBitEncoder.this, codes);
      }
      packed.put((int) (first / 2), codes, 0, count / 2);
      scales.put((int) (first / block), largest, 0, blocks);
    }
  }

  /** Returns the codes of two fractions from -1 to 1, in one byte. */
  byte pair(float a, float b) {
    int high = cells[(Float.floatToRawIntBits(a + SHIFT) - FIRST_BITS) >> CELL_BITS];
    int low = cells[(Float.floatToRawIntBits(b + SHIFT) - FIRST_BITS) >> CELL_BITS];
    if ((high | low) >= CODES) {
      high = exact(high, a);
      low = exact(low, b);
    }
    return (byte) (high << 4 | low);
  }

  private int exact(int cell, float fraction) {
    return cell < CODES ? cell : order[rank(fraction, cell - CODES)];
  }
}
