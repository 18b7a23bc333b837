package io.telecomllm.weights;

import static com.google.common.base.Preconditions.checkArgument;

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
 * Writes GGUF files of version 3, little endian, the tensors in the order given and each at a
 * multiple of 32 bytes.
 *
 * <p>A tensor is asked for its values piece by piece when its turn comes, so a model need not be in
 * memory. The file appears under its name whole or not at all, as with {@link SafetensorsWriter}.
 *
 * <p>The metadata are typed by their Java classes: {@link Integer} (0 and above) is written as
 * uint32, {@link Long} (0 and above) as uint64, {@link Float} as float32, {@link Boolean} as bool,
 * {@link String} as string; {@code List<String>}, {@code float[]} and {@code int[]} as arrays of
 * string, float32 and int32.
 */
public final class GgufWriter {
  /** What is encoded at a time; a multiple of every encoding's block. */
  private static final int PIECE_VALUES = 1 << 16;

  private static final int PIECE_BYTES = 1 << 18;

  private GgufWriter() {}

  /** Gives values of a tensor, row-major, from value {@code from} on until the buffer is full. */
  @FunctionalInterface
  public interface Values {
    /** Fills what remains of {@code into}. */
    void read(long from, FloatBuffer into);
  }

  /** Gives bytes of a tensor as they lie in the file, from byte {@code from} on. */
  @FunctionalInterface
  public interface Bytes {
    /** Fills what remains of {@code into}. */
    void read(long from, ByteBuffer into);
  }

  /** A tensor to write; see the factories. */
  public static final class Tensor {
    private final TensorInfo info;
    private final Bytes bytes;

    private Tensor(Encoding encoding, List<Long> shape, Bytes bytes) {
      this.info = checked(encoding, shape);
      this.bytes = bytes;
    }

    /**
     * A tensor of floats, written in {@code encoding}.
     *
     * @throws IllegalArgumentException if it is none that is {@linkplain Encoding#isWritten()
     *     written}, if the shape has not 1 to 4 dimensions above zero, or if its rows (the last
     *     dimension) are no whole number of blocks
     */
    public static Tensor ofFloats(Encoding encoding, List<Long> shape, Values values) {
      checkArgument(encoding.isWritten(), "floats cannot be written as %s", encoding);
      return new Tensor(encoding, shape, new Encoded(encoding, values));
    }

    /** A tensor whose bytes exist already; the shape as for {@link #ofFloats}. */
    public static Tensor ofBytes(Encoding encoding, List<Long> shape, Bytes bytes) {
      return new Tensor(encoding, shape, bytes);
    }

    /** How its values will lie in the file. */
    public Encoding encoding() {
      return info.encoding();
    }

    /** Its dimensions, row-major. */
    public List<Long> shape() {
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

  /** Encodes a piece at a time; {@code from} and the room are whole blocks. */
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
   * Writes a file in place of one of that name.
   *
   * @param metadata must hold {@code general.architecture}
   * @param tensors by name, at most 63 bytes each
   * @throws IllegalArgumentException if a key, name or value cannot be written, naming it
   * @throws TelecomLlmException if the disk refuses; then nothing has changed under the name
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
