package io.telecomllm.weights;

import static com.google.common.base.Preconditions.checkArgument;

import io.telecomllm.Internal;
import io.telecomllm.TelecomLlmException;
import io.telecomllm.files.AtomicFiles;
import io.telecomllm.tensor.DataType;
import io.telecomllm.text.Quoted;
import io.telecomllm.text.Texts;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * Writes safetensors files with the tensors in the order of the reference implementation: by type,
 * then by name.
 *
 * <p>The file appears under its name complete or not at all: it is written under a temporary name
 * in the same folder, forced to disk and renamed. An existing file stays until then. A killed
 * process leaves at most a file {@code name.tmp-<pid>-<number>}.
 */
@Internal
public final class SafetensorsWriter {
  /** The types in the order of the reference implementation: descending alignment. */
  private static final List<Encoding> ORDER =
      List.of(
          Encoding.I64,
          Encoding.F64,
          Encoding.F32,
          Encoding.I32,
          Encoding.BF16,
          Encoding.F16,
          Encoding.I16,
          Encoding.I8,
          Encoding.U8,
          Encoding.BOOL);

  private SafetensorsWriter() {}

  /**
   * A tensor to write.
   *
   * @param type the type of its values
   * @param shape its dimensions, row-major
   * @param bytes supplies its little-endian bytes when it is written; the buffer must have exactly
   *     as many bytes remaining as the tensor takes, and its position is not changed
   */
  public record Tensor(DataType type, List<Long> shape, Supplier<ByteBuffer> bytes) {
    /** Checks the shape. */
    public Tensor {
      shape = List.copyOf(shape);
      checkArgument(
          shape.stream().allMatch(dimension -> dimension >= 0),
          "shape is %s, no dimension may be negative",
          shape);
    }

    /** Returns a tensor with these bytes. */
    public static Tensor of(DataType type, List<Long> shape, ByteBuffer bytes) {
      return new Tensor(type, shape, () -> bytes);
    }

    /** Returns a tensor of single precision numbers. */
    public static Tensor ofFloats(List<Long> shape, float... values) {
      float[] copy = values.clone();
      return new Tensor(
          DataType.FLOAT32,
          shape,
          () -> {
            ByteBuffer bytes =
                ByteBuffer.allocate(copy.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            bytes.asFloatBuffer().put(copy);
            return bytes;
          });
    }

    /** Returns its size in bytes. */
    long size() {
      return TensorInfo.bytes(Encoding.of(type), TensorInfo.elements(shape));
    }
  }

  /**
   * Writes a file, replacing an existing one.
   *
   * @throws TelecomLlmException if the disk fails; an existing file is then unchanged
   */
  public static void write(Path file, Map<String, Tensor> tensors, Map<String, String> metadata) {
    List<Map.Entry<String, Tensor>> ordered = new ArrayList<>(tensors.entrySet());
    ordered.sort(
        Comparator.comparingInt(
                (Map.Entry<String, Tensor> e) -> ORDER.indexOf(Encoding.of(e.getValue().type())))
            .thenComparing(e -> utf8(e.getKey()), Arrays::compareUnsigned));
    byte[] header = header(ordered, metadata);
    AtomicFiles.write(file, out -> writeAll(out, header, ordered));
  }

  private static void writeAll(
      FileChannel out, byte[] header, List<Map.Entry<String, Tensor>> ordered) throws IOException {
    ByteBuffer length =
        ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(header.length);
    AtomicFiles.write(out, length.flip());
    AtomicFiles.write(out, ByteBuffer.wrap(header));
    for (Map.Entry<String, Tensor> entry : ordered) {
      ByteBuffer bytes = entry.getValue().bytes().get().duplicate();
      checkArgument(
          bytes.remaining() == entry.getValue().size(),
          "tensor %s of shape %s takes %s bytes, it has %s",
          entry.getKey(),
          entry.getValue().shape(),
          entry.getValue().size(),
          bytes.remaining());
      AtomicFiles.write(out, bytes);
    }
  }

  private static byte[] header(
      List<Map.Entry<String, Tensor>> ordered, Map<String, String> metadata) {
    StringBuilder json = new StringBuilder("{");
    if (!metadata.isEmpty()) {
      String separator = quoted(SafetensorsHeader.METADATA) + ":{";
      for (Map.Entry<String, String> entry : new TreeMap<>(metadata).entrySet()) {
        json.append(separator).append(quoted(entry.getKey())).append(':');
        json.append(quoted(entry.getValue()));
        separator = ",";
      }
      json.append('}');
    }
    long begin = 0;
    for (Map.Entry<String, Tensor> entry : ordered) {
      Tensor tensor = entry.getValue();
      checkArgument(
          !entry.getKey().equals(SafetensorsHeader.METADATA),
          "no tensor can be named %s",
          entry.getKey());
      long end = Math.addExact(begin, tensor.size());
      json.append(json.length() == 1 ? "" : ",").append(quoted(entry.getKey()));
      json.append(":{\"dtype\":\"").append(Encoding.of(tensor.type()).name());
      json.append("\",\"shape\":").append(tensor.shape().toString().replace(" ", ""));
      json.append(",\"data_offsets\":[").append(begin).append(',').append(end).append("]}");
      begin = end;
    }
    byte[] text = utf8(json.append('}').toString());
    // padded with spaces to a multiple of 8, so that the tensors are aligned
    byte[] padded = Arrays.copyOf(text, (text.length + 7) / 8 * 8);
    Arrays.fill(padded, text.length, padded.length, (byte) ' ');
    checkArgument(
        padded.length <= SafetensorsHeader.MAX_BYTES,
        "the header takes %s bytes, the format allows %s",
        padded.length,
        SafetensorsHeader.MAX_BYTES);
    return padded;
  }

  private static String quoted(String text) {
    StringBuilder json = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> json.append("\\\"");
        case '\\' -> json.append("\\\\");
        case '\b' -> json.append("\\b");
        case '\f' -> json.append("\\f");
        case '\n' -> json.append("\\n");
        case '\r' -> json.append("\\r");
        case '\t' -> json.append("\\t");
        default -> json.append(c < ' ' ? String.format("\\u%04x", (int) c) : c);
      }
    }
    return json.append('"').toString();
  }

  private static byte[] utf8(String text) {
    checkArgument(
        Texts.isWellFormed(text),
        "a name or text holds an unpaired surrogate: %s",
        Quoted.line(text));
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
