package io.telecomllm.quantization;

import static com.google.common.base.Preconditions.checkArgument;

import io.telecomllm.Internal;
import io.telecomllm.tensor.DataType;
import io.telecomllm.tensor.Device;
import io.telecomllm.tensor.Operators;
import io.telecomllm.tensor.Scope;
import io.telecomllm.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;

/**
 * How the weights of linear layers are quantized to 4 bits.
 *
 * @param code NF4 or FP4
 * @param doubleQuantization whether the scales are quantized too
 * @param block the number of weights per scale, a power of two from 32 to 4096; bitsandbytes uses
 *     64
 */
public record QuantizationConfig(FourBitCode code, boolean doubleQuantization, int block) {
  private static final int PIECE = 1 << 22;

  /** The most values that libtorch sums on one thread: ATen's grain size is 32768. */
  private static final int SERIAL = (1 << 15) - 1;

  /** Checks the block size. */
  public QuantizationConfig {
    checkArgument(
        block >= 32 && block <= 4096 && Integer.bitCount(block) == 1,
        "block is %s, must be a power of two from 32 to 4096",
        block);
  }

  /** Returns QLoRA's configuration: NF4 with double quantization and blocks of 64. */
  public static QuantizationConfig nf4() {
    return new QuantizationConfig(FourBitCode.NF4, true, 64);
  }

  /** Returns a packed matrix (out, in) of arbitrary content, owned by the scope. */
  @Internal
  public FourBitWeight empty(int out, int in, Scope scope) {
    checkWhole(out, in);
    long elements = (long) out * in;
    long blocks = elements / block;
    long nested = (blocks + BlockScales.Nested.BLOCK - 1) / BlockScales.Nested.BLOCK;
    Operators ops = scope.operators();
    BlockScales scales =
        doubleQuantization
            ? new BlockScales.Nested(
                ops.empty(DataType.UINT8, blocks),
                ops.empty(DataType.FLOAT32, nested),
                ops.empty(DataType.FLOAT32, DynamicCode.signed().length),
                0,
                DataType.FLOAT32)
            : new BlockScales.Plain(ops.empty(DataType.FLOAT32, blocks));
    return new FourBitWeight(code, out, in, block, ops.empty(DataType.UINT8, elements / 2), scales);
  }

  private void checkWhole(int out, int in) {
    checkArgument(
        (long) out * in % block == 0,
        "%s x %s is not a multiple of the block size %s",
        out,
        in,
        block);
  }

  /**
   * Packs a matrix while it is read, on {@link io.telecomllm.tensor.Threads#count()} threads; their
   * number does not change the result, which belongs to the scope.
   *
   * @throws io.telecomllm.InvalidDataException naming the matrix, if it holds NaN or infinity
   */
  @Internal
  public FourBitWeight quantize(MatrixSource matrix, Scope scope) {
    return packed(
        matrix.out(),
        matrix.in(),
        scope,
        (encoder, codes, scales) -> encoder.encode(matrix, codes, scales));
  }

  /**
   * Packs a matrix (out, in) of any floating-point type; the result belongs to the scope. The rows
   * are processed in pieces, so that little additional memory is needed.
   */
  @Internal
  public FourBitWeight quantize(Tensor matrix, Scope scope) {
    int out = matrix.size(0);
    int in = matrix.size(1);
    // a number of rows that is a multiple of the block size holds whole blocks
    int step = Math.max(1, PIECE / in / block) * block;
    return packed(
        out,
        in,
        scope,
        (encoder, codes, scales) -> {
          for (int row = 0; row < out; row += step) {
            try (Scope host = Scope.open(Device.cpu())) {
              int rows = Math.min(step, out - row);
              Operators ops = host.operators();
              Tensor values = ops.to(ops.narrow(matrix, 0, row, rows), DataType.FLOAT32);
              ByteBuffer bytes = ops.reshape(values, (long) rows * in).bytes();
              long first = (long) row * in;
              encoder.encode(
                  new MatrixSource(
                      "the matrix",
                      DataType.FLOAT32,
                      rows,
                      in,
                      (from, into) ->
                          into.put(
                              into.position(),
                              bytes,
                              Math.toIntExact(from * Float.BYTES),
                              into.remaining())),
                  codes.slice((int) (first / 2), rows * in / 2),
                  scales.slice((int) (first / block), rows * in / block));
            }
          }
        });
  }

  /** Writes the codes of a whole matrix and the largest magnitudes of its blocks. */
  private interface Filler {
    void fill(FourBitEncoder encoder, ByteBuffer codes, FloatBuffer scales);
  }

  private FourBitWeight packed(int out, int in, Scope scope, Filler filler) {
    long elements = (long) out * in;
    checkWhole(out, in);
    checkArgument(elements / 2 <= Integer.MAX_VALUE, "%s x %s is too large to be packed", out, in);
    float[] scales = new float[(int) (elements / block)];
    Tensor packed =
        scope
            .operators()
            .filled(
                DataType.UINT8,
                codes ->
                    filler.fill(new FourBitEncoder(code, block), codes, FloatBuffer.wrap(scales)),
                elements / 2);
    BlockScales kept =
        doubleQuantization
            ? compress(scales, scope)
            : new BlockScales.Plain(scope.operators().floats(scales, scales.length));
    return new FourBitWeight(code, out, in, block, packed, kept);
  }

  private static BlockScales compress(float[] scales, Scope scope) {
    try (Scope host = Scope.open(Device.cpu())) {
      Operators ops = host.operators();
      Tensor centred = ops.floats(scales, scales.length);
      float offset = mean(ops, centred);
      ops.addScalarInPlace(centred, -offset);
      float[] code = DynamicCode.signed();
      Tensor nearest = ops.bytes(DynamicCode.nearest(code));
      Operators.Pair codes =
          ops.packing().quantizeBlockwise(centred, nearest, BlockScales.Nested.BLOCK);
      Operators owned = scope.operators();
      return new BlockScales.Nested(
          owned.to(codes.first(), DataType.UINT8),
          owned.to(codes.second(), DataType.FLOAT32),
          owned.floats(code, code.length),
          offset,
          DataType.FLOAT32);
    }
  }

  /**
   * Returns the mean, summed in parts that libtorch sums on one thread: the last bit of a longer
   * sum, and so of bitsandbytes' own offset, depends on the number of threads.
   */
  private static float mean(Operators ops, Tensor values) {
    long count = values.elements();
    double sum = 0;
    for (long first = 0; first < count; first += SERIAL) {
      long part = Math.min(SERIAL, count - first);
      try (Tensor view = ops.narrow(values, 0, first, part)) {
        sum += ops.mean(view) * part;
      }
    }
    return (float) (sum / count);
  }
}
