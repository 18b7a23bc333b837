package io.telecomllm.weights;

import static com.google.common.base.Preconditions.checkArgument;

import io.telecomllm.Internal;
import io.telecomllm.TelecomLlmException;
import io.telecomllm.files.AtomicFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Writes GGUF files of version 3, little endian, with the tensors in the given order, each at a
 * multiple of 32 bytes.
 *
 * <p>A tensor's values are asked for piece by piece when it is written, so the model need not be in
 * memory. The file appears under its name complete or not at all, as with {@link
 * SafetensorsWriter}.
 *
 * <p>The Java class of a metadata value decides its type: {@link Integer} (0 or more) is written as
 * uint32, {@link Long} (0 or more) as uint64, {@link Float} as float32, {@link Boolean} as bool,
 * {@link String} as string; {@code List<String>}, {@code float[]} and {@code int[]} as arrays of
 * string, float32 and int32.
 */
@Internal
public final class GgufWriter {
  /** The number of values to encode at a time; a multiple of every block size. */
  private static final int PIECE_VALUES = 1 << 16;

  private static final int PIECE_BYTES = 1 << 18;

  private GgufWriter() {}

  /** Provides the values of a tensor, row-major. */
  @FunctionalInterface
  public interface Values {
    /** Writes values from value {@code from} on until {@code into} is full. */
    void read(long from, FloatBuffer into);
  }

  /** Provides the encoded bytes of a tensor. */
  @FunctionalInterface
  interface Bytes {
    /** Writes bytes from byte {@code from} on until {@code into} is full. */
    void read(long from, ByteBuffer into);
  }

  /** A tensor to write. */
  public static final class Tensor {
    private final TensorInfo info;
    private final Bytes bytes;

    private Tensor(Encoding encoding, List<Long> shape, Bytes bytes) {
      this.info = checked(encoding, shape);
      this.bytes = bytes;
    }

    /**
     * Returns a tensor whose floats are written in an encoding.
     *
     * @throws IllegalArgumentException if the encoding is not {@linkplain Encoding#isWritten()
     *     written}, if the shape does not have 1 to 4 positive dimensions, or if a row (the last
     *     dimension) is not a whole number of blocks
     */
    public static Tensor ofFloats(Encoding encoding, List<Long> shape, Values values) {
      checkArgument(encoding.isWritten(), "floats cannot be written as %s", encoding);
      return new Tensor(encoding, shape, new Encoded(encoding, values));
    }

    /** Returns a tensor whose bytes are encoded already. */
    static Tensor ofBytes(Encoding encoding, List<Long> shape, Bytes bytes) {
      return new Tensor(encoding, shape, bytes);
    }

    /** Returns how its values are encoded in the file. */
    Encoding encoding() {
      return info.encoding();
    }

    /** Returns its dimensions, row-major. */
    List<Long> shape() {
      return info.shape();
    }

    TensorInfo info() {
      return info;
    }

    private static TensorInfo checked(Encoding encoding, List<Long> shape) {
      checkArgument(encoding.gguf() >= 0, "GGUF has no type %s", encoding);
      checkArgument(
          !shape.isEmpty()
              && shape.size() <= GgufHeader.MAX_DIMENSIONS
              && shape.stream().allMatch(dimension -> dimension > 0),
          "shape is %s, must have 1 to %s dimensions above zero",
          shape,
          GgufHeader.MAX_DIMENSIONS);
      long row = shape.get(shape.size() - 1);
      checkArgument(
          row % encoding.blockValues() == 0,
          "rows of %s values, %s has blocks of %s",
          row,
          encoding,
          encoding.blockValues());
      long size = TensorInfo.bytes(encoding, TensorInfo.elements(shape));
      return new TensorInfo("", encoding, shape, 0, size);
    }
  }

  /** Encodes floats a piece at a time; a piece is a whole number of blocks. */
  private record Encoded(Encoding encoding, Values values) implements Bytes {
    @Override
    public void read(long from, ByteBuffer into) {
      int blocks = into.remaining() / encoding.blockBytes();
      float[] floats = new float[blocks * encoding.blockValues()];
      FloatBuffer room = FloatBuffer.wrap(floats);
      values.read(from / encoding.blockBytes() * encoding.blockValues(), room);
      checkArgument(!room.hasRemaining(), "%s values were not given", room.remaining());
      byte[] encoded = new byte[blocks * encoding.blockBytes()];
      encoding.encode(floats, 0, blocks, encoded, 0);
      into.put(encoded);
    }
  }

  /**
   * Writes a file, replacing an existing one.
   *
   * @param metadata must hold {@code general.architecture}
   * @param tensors by name; a name has at most 63 bytes
   * @throws IllegalArgumentException if a key, name or value cannot be written, naming it
   * @throws TelecomLlmException if the disk fails; an existing file is then unchanged
   */
  public static void write(Path file, Map<String, ?> metadata, Map<String, Tensor> tensors) {
    byte[] header = GgufHeaderBytes.of(metadata, tensors);
    AtomicFiles.write(file, out -> writeAll(out, header, tensors));
  }

  private static void writeAll(FileChannel out, byte[] header, Map<String, Tensor> tensors)
      throws IOException {
    AtomicFiles.write(out, ByteBuffer.wrap(header));
    for (Map.Entry<String, Tensor> entry : tensors.entrySet()) {
      try {
        writeTensor(out, entry.getValue());
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException("tensor " + entry.getKey() + ": " + e.getMessage(), e);
      }
    }
  }

  private static void writeTensor(FileChannel out, Tensor tensor) throws IOException {
    long size = tensor.info().bytes();
    Encoding encoding = tensor.encoding();
    long piece =
        Math.min(
            size,
            encoding.blockValues() == 1
                ? PIECE_BYTES
                : (long) PIECE_VALUES / encoding.blockValues() * encoding.blockBytes());
    ByteBuffer buffer = ByteBuffer.allocate((int) piece);
    for (long done = 0; done < size; done += piece) {
      buffer.clear().limit((int) Math.min(piece, size - done));
      tensor.bytes.read(done, buffer);
      checkArgument(!buffer.hasRemaining(), "%s bytes were not given", buffer.remaining());
      AtomicFiles.write(out, buffer.flip());
    }
    AtomicFiles.write(out, ByteBuffer.allocate(GgufHeaderBytes.padding(size)));
  }
}
