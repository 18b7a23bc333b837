package io.telecomllm.weights;

import static com.google.common.base.Preconditions.checkArgument;

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
 * <p>Threads may share a source. Every read goes to the file, at a checked place, into the caller's
 * buffer, which may be a tensor's own memory; nothing is mapped or kept. Reading after {@link
 * #close()} is a {@link TelecomLlmException}; so is a read whose thread is interrupted, and that
 * interrupt closes the file for the other threads too.
 */
public interface TensorSource extends AutoCloseable {
  /** The file, or the index of a sharded checkpoint. */
  Path path();

  /** The names of all tensors in the order in which they lie in the file; immutable. */
  Set<String> names();

  /**
   * One tensor's type, shape and place.
   *
   * @throws InvalidDataException naming file and tensor if there is none of that name
   */
  TensorInfo info(String name);

  /** What the file says about itself, as text; arrays and nested values are left out. */
  Map<String, String> metadata();

  /**
   * Reads raw bytes of a tensor, from byte {@code from} of it on, until the buffer is full. The
   * buffer's position is at its limit afterwards.
   */
  void read(String name, long from, ByteBuffer into);

  /**
   * Reads values of a tensor as floats, whatever their encoding, from value {@code from} on, until
   * the buffer is full: {@code from} and what remains of the buffer must be multiples of {@link
   * Encoding#blockValues()}. The buffer's position is at its limit afterwards.
   */
  void readFloats(String name, long from, FloatBuffer into);

  /** Reads all raw bytes of a tensor; the buffer must have exactly {@link TensorInfo#bytes()}. */
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

  /** Reads all values as floats; the buffer must have room for exactly their number. */
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

  /** Closes the files; closing again does nothing. */
  @Override
  void close();
}
