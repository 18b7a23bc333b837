package io.telecomllm.weights;

import static com.google.common.base.Preconditions.checkArgument;

import io.telecomllm.text.Quoted;
import io.telecomllm.text.Texts;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** Encodes the header of a GGUF file, field by field as {@link GgufHeader} reads it. */
final class GgufHeaderBytes {
  private static final int VERSION = 3;
  private static final int MAX_NAME_BYTES = 63; // ggml has room for 64 with the final zero

  private static final int UINT32 = 4;
  private static final int INT32 = 5;
  private static final int FLOAT32 = 6;
  private static final int BOOL = 7;
  private static final int STRING = 8;
  private static final int ARRAY = 9;
  private static final int UINT64 = 10;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  private GgufHeaderBytes() {}

  /** Returns the header and the padding after it. */
  static byte[] of(Map<String, ?> metadata, Map<String, GgufWriter.Tensor> tensors) {
    checkArgument(
        metadata.get("general.architecture") instanceof String,
        "general.architecture is %s, must be a string",
        metadata.get("general.architecture"));
    checkArgument(
        !metadata.containsKey(GgufHeader.ALIGNMENT), "%s is always 32", GgufHeader.ALIGNMENT);
    GgufHeaderBytes header = new GgufHeaderBytes();
    header.int32(GgufHeader.MAGIC).int32(VERSION).int64(tensors.size()).int64(metadata.size());
    metadata.forEach(header::entry);
    long offset = 0;
    for (Map.Entry<String, GgufWriter.Tensor> entry : tensors.entrySet()) {
      TensorInfo info = entry.getValue().info();
      header.tensor(entry.getKey(), info, offset);
      offset = Math.addExact(offset, info.bytes() + padding(info.bytes()));
    }
    header.out.writeBytes(new byte[padding(header.out.size())]);
    checkArgument(
        header.out.size() <= GgufCursor.MAX_HEADER_BYTES,
        "the header takes %s bytes, at most %s can be read",
        header.out.size(),
        GgufCursor.MAX_HEADER_BYTES);
    return header.out.toByteArray();
  }

  /** Returns the number of bytes from this position to the next multiple of the alignment. */
  static int padding(long bytes) {
    return (int) (-bytes & (GgufHeader.DEFAULT_ALIGNMENT - 1));
  }

  private void tensor(String name, TensorInfo info, long offset) {
    int length = utf8(name, "tensor").length;
    checkArgument(
        length > 0 && length <= MAX_NAME_BYTES,
        "tensor %s: a name of %s bytes, must be 1 to %s",
        name,
        length,
        MAX_NAME_BYTES);
    string(name, "tensor");
    int32(info.shape().size());
    for (int i = info.shape().size() - 1; i >= 0; i--) {
      int64(info.shape().get(i)); // GGUF has the fastest dimension first
    }
    int32(info.encoding().gguf()).int64(offset);
  }

  private void entry(String key, Object value) {
    int length = utf8(key, "key").length;
    checkArgument(
        length > 0 && length <= GgufMetadata.MAX_KEY_BYTES,
        "key %s: of %s bytes, must be 1 to %s",
        Quoted.line(key),
        length,
        GgufMetadata.MAX_KEY_BYTES);
    string(key, "key");
    String what = "key " + key;
    if (value instanceof Integer number) {
      int32(UINT32).int32((int) notNegative(number, what));
    } else if (value instanceof Long number) {
      int32(UINT64).int64(notNegative(number, what));
    } else if (value instanceof Float number) {
      int32(FLOAT32).int32(Float.floatToIntBits(number));
    } else if (value instanceof Boolean truth) {
      int32(BOOL);
      out.write(truth ? 1 : 0);
    } else if (value instanceof String text) {
      int32(STRING).string(text, what);
    } else if (value instanceof float[] numbers) {
      int32(ARRAY).int32(FLOAT32).int64(numbers.length);
      for (float number : numbers) {
        int32(Float.floatToIntBits(number));
      }
    } else if (value instanceof int[] numbers) {
      int32(ARRAY).int32(INT32).int64(numbers.length);
      for (int number : numbers) {
        int32(number);
      }
    } else if (value instanceof List<?> list && list.stream().allMatch(String.class::isInstance)) {
      int32(ARRAY).int32(STRING).int64(list.size());
      list.forEach(text -> string((String) text, what));
    } else {
      throw new IllegalArgumentException(
          what + ": values of " + value.getClass().getName() + " cannot be written");
    }
  }

  private static long notNegative(Number number, String what) {
    checkArgument(number.longValue() >= 0, "%s is %s, must be at least 0", what, number);
    return number.longValue();
  }

  private GgufHeaderBytes int32(int value) {
    out.writeBytes(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array());
    return this;
  }

  private GgufHeaderBytes int64(long value) {
    out.writeBytes(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array());
    return this;
  }

  private void string(String text, String what) {
    byte[] bytes = utf8(text, what);
    int64(bytes.length);
    out.writeBytes(bytes);
  }

  private static byte[] utf8(String text, String what) {
    checkArgument(
        Texts.isWellFormed(text), "%s holds an unpaired surrogate: %s", what, Quoted.line(text));
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
