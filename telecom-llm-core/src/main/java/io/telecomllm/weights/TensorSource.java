package io.telecomllm.weights;

import static com.google.common.base.Preconditions.checkArgument;

import io.telecomllm.Internal;
import io.telecomllm.InvalidDataException;
import io.telecomllm.TelecomLlmException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;

/**
 * A checkpoint whose tensors can be read one by one.
 *
 * <p>Thread-safe. Each call reads from the file at a checked position into the given buffer, which
 * may be a tensor's own memory; nothing is mapped or cached. Reading after {@link #close()} throws
 * a {@link TelecomLlmException}. So does a read on an interrupted thread, which also closes the
 * file for the other threads.
 */
@Internal
public interface TensorSource extends AutoCloseable {
  /** The bytes that {@link #sameTensor} compares at a time. */
  int COMPARED_BYTES = 1 << 20;

  /** Returns the path of the file, or of the index of a sharded checkpoint. */
  Path path();

  /** Returns the names of all tensors in file order; immutable. */
  Set<String> names();

  /**
   * Returns a tensor's type, shape and position.
   *
   * @throws InvalidDataException naming file and tensor, if there is no tensor of this name
   */
  TensorInfo info(String name);

  /** Returns the file's metadata as text, without arrays and nested values. */
  Map<String, String> metadata();

  /** Reads raw bytes of a tensor from its byte {@code from} on until the buffer is full. */
  void read(String name, long from, ByteBuffer into);

  /**
   * Reads values of a tensor in any encoding as floats, from value {@code from} on until the buffer
   * is full. {@code from} and the buffer's remaining size must be multiples of {@link
   * Encoding#blockValues()}.
   */
  void readFloats(String name, long from, FloatBuffer into);

  /**
   * Reads all raw bytes of a tensor; the buffer must have room for exactly {@link
   * TensorInfo#bytes()}.
   */
  default void read(String name, ByteBuffer into) {
    long bytes = info(name).bytes();
    checkArgument(
        into.remaining() == bytes,
        "tensor %s has %s bytes, the buffer has room for %s",
        name,
        bytes,
        into.remaining());
    read(name, 0, into);
  }

  /**
   * Reads all values as floats; the buffer must have room for exactly {@link
   * TensorInfo#elements()}.
   */
  default void readFloats(String name, FloatBuffer into) {
    long elements = info(name).elements();
    checkArgument(
        into.remaining() == elements,
        "tensor %s has %s values, the buffer has room for %s",
        name,
        elements,
        into.remaining());
    readFloats(name, 0, into);
  }

  /** Returns whether two tensors have the same type, shape and bytes; reads them piece by piece. */
  default boolean sameTensor(String name, String other) {
    TensorInfo info = info(name);
    TensorInfo second = info(other);
    boolean same = info.encoding() == second.encoding() && info.shape().equals(second.shape());
    ByteBuffer one = ByteBuffer.allocate((int) Math.min(info.bytes(), COMPARED_BYTES));
    ByteBuffer two = ByteBuffer.allocate(one.capacity());
    for (long at = 0; same && at < info.bytes(); at += COMPARED_BYTES) {
      int size = (int) Math.min(COMPARED_BYTES, info.bytes() - at);
      read(name, at, one.clear().limit(size));
      read(other, at, two.clear().limit(size));
      same = one.flip().equals(two.flip());
    }
    return same;
  }

  /** Closes the files; a second call does nothing. */
  @Override
  void close();
}
