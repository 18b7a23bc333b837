package io.telecomllm.weights;

import static com.google.common.base.Preconditions.checkArgument;

import io.telecomllm.InvalidDataException;
import io.telecomllm.files.RandomAccessBytes;
import io.telecomllm.text.Quoted;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The tensors of one open file of any format. */
abstract class FileTensors implements TensorSource {
  /** The number of bytes to decode at a time; small enough for the CPU's cache. */
  private static final int CHUNK_BYTES = 1 << 16;

  private final RandomAccessBytes file;
  private final Map<String, TensorInfo> tensors;
  private final Map<String, String> metadata;

  /** Takes the tensors in file order, already checked to lie inside the file. */
  FileTensors(RandomAccessBytes file, List<TensorInfo> tensors, Map<String, String> metadata) {
    Map<String, TensorInfo> byName = new LinkedHashMap<>();
    tensors.forEach(tensor -> byName.put(tensor.name(), tensor));
    this.file = file;
    this.tensors = Collections.unmodifiableMap(byName);
    this.metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
  }

  @Override
  public final Path path() {
    return file.path();
  }

  @Override
  public final Set<String> names() {
    return tensors.keySet();
  }

  @Override
  public final TensorInfo info(String name) {
    TensorInfo info = tensors.get(name);
    if (info == null) {
      throw new InvalidDataException(
          file.path() + ": no tensor " + Quoted.line(name) + " among " + tensors.size());
    }
    return info;
  }

  @Override
  public final Map<String, String> metadata() {
    return metadata;
  }

  @Override
  public final void read(String name, long from, ByteBuffer into) {
    TensorInfo info = info(name);
    checkArgument(
        from >= 0 && from <= info.bytes() - into.remaining(),
        "tensor %s: %s bytes from byte %s on were asked for, it has %s",
        name,
        into.remaining(),
        from,
        info.bytes());
    file.read(info.offset() + from, into, what(info));
  }

  @Override
  public final void readFloats(String name, long from, FloatBuffer into) {
    TensorInfo info = info(name);
    Encoding encoding = info.encoding();
    int values = encoding.blockValues();
    int count = into.remaining();
    checkArgument(
        from >= 0 && from <= info.elements() - count,
        "tensor %s: %s values from value %s on were asked for, it has %s",
        name,
        count,
        from,
        info.elements());
    checkArgument(
        from % values == 0 && count % values == 0,
        "tensor %s: %s values from value %s on were asked for, %s has blocks of %s",
        name,
        count,
        from,
        encoding,
        values);
    int blocks = count / values;
    int atOnce = Math.max(1, Math.min(blocks, CHUNK_BYTES / encoding.blockBytes()));
    byte[] raw = new byte[atOnce * encoding.blockBytes()];
    float[] decoded = new float[atOnce * values];
    long position = info.offset() + from / values * encoding.blockBytes();
    for (int done = 0; done < blocks; done += atOnce) {
      int now = Math.min(atOnce, blocks - done);
      int bytes = now * encoding.blockBytes();
      file.read(position, ByteBuffer.wrap(raw, 0, bytes), what(info));
      encoding.decode(raw, 0, now, decoded, 0);
      into.put(decoded, 0, now * values);
      position += bytes;
    }
  }

  private static String what(TensorInfo info) {
    return "tensor " + Quoted.line(info.name());
  }

  @Override
  public final void close() {
    file.close();
  }
}
