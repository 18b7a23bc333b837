package io.telecomllm.testing;

import io.telecomllm.weights.SafetensorsFile;
import io.telecomllm.weights.TensorSource;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Set;

/** Reference values in a safetensors file, by name. */
public final class Golden implements AutoCloseable {
  private final TensorSource source;

  private Golden(TensorSource source) {
    this.source = source;
  }

  /** Opens a file by its absolute name, or by its name in the folder of reference data. */
  public static Golden open(String name) {
    Path path = Path.of(name);
    return new Golden(SafetensorsFile.open(path.isAbsolute() ? path : Shared.path(name)));
  }

  /** All names. */
  public Set<String> names() {
    return source.names();
  }

  /** The dimensions of a tensor. */
  public int[] shape(String name) {
    return source.info(name).shape().stream().mapToInt(Math::toIntExact).toArray();
  }

  /** The values in fp32. */
  public float[] floats(String name) {
    float[] values = new float[Math.toIntExact(source.info(name).elements())];
    source.readFloats(name, FloatBuffer.wrap(values));
    return values;
  }

  /** The one value. */
  public float scalar(String name) {
    return floats(name)[0];
  }

  /** The values of a 64-bit integer tensor. */
  public int[] ints(String name) {
    ByteBuffer bytes = bytes(name);
    int[] values = new int[bytes.remaining() / Long.BYTES];
    for (int i = 0; i < values.length; i++) {
      values[i] = Math.toIntExact(bytes.getLong());
    }
    return values;
  }

  /** The raw bytes, little endian. */
  public ByteBuffer bytes(String name) {
    ByteBuffer bytes =
        ByteBuffer.allocate(Math.toIntExact(source.info(name).bytes()))
            .order(ByteOrder.LITTLE_ENDIAN);
    source.read(name, bytes);
    return bytes.flip();
  }

  @Override
  public void close() {
    source.close();
  }
}
