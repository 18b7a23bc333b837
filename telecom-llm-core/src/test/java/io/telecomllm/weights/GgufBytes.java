package io.telecomllm.weights;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** GGUF files put together by hand, right or wrong. */
final class GgufBytes {
  static final int UINT8 = 0;
  static final int UINT32 = 4;
  static final int FLOAT32 = 6;
  static final int BOOL = 7;
  static final int STRING = 8;
  static final int ARRAY = 9;
  static final int UINT64 = 10;

  private final List<byte[]> entries = new ArrayList<>();
  private final List<byte[]> tensors = new ArrayList<>();
  private int magic = GgufHeader.MAGIC;
  private int version = 3;
  private long tensorCount = -1;
  private long entryCount = -1;
  private int alignment = 32;

  GgufBytes magic(int magic) {
    this.magic = magic;
    return this;
  }

  GgufBytes version(int version) {
    this.version = version;
    return this;
  }

  GgufBytes tensorCount(long count) {
    this.tensorCount = count;
    return this;
  }

  GgufBytes entryCount(long count) {
    this.entryCount = count;
    return this;
  }

  /** An entry whose value is these raw bytes. */
  GgufBytes entry(String key, int type, byte[] value) {
    entries.add(join(string(key), int32(type), value));
    return this;
  }

  GgufBytes text(String key, String value) {
    return entry(key, STRING, string(value));
  }

  /** The entry, and where the tensors then begin. */
  GgufBytes alignment(int value) {
    alignment = value;
    return entry("general.alignment", UINT32, int32(value));
  }

  GgufBytes tensor(String name, int type, long offset, long... dimensions) {
    byte[][] parts = new byte[dimensions.length][];
    for (int i = 0; i < dimensions.length; i++) {
      parts[i] = int64(dimensions[i]);
    }
    tensors.add(
        join(string(name), int32(dimensions.length), join(parts), int32(type), int64(offset)));
    return this;
  }

  /** The header alone. */
  byte[] header() {
    return join(
        int32(magic),
        int32(version),
        int64(tensorCount < 0 ? tensors.size() : tensorCount),
        int64(entryCount < 0 ? entries.size() : entryCount),
        join(entries.toArray(byte[][]::new)),
        join(tensors.toArray(byte[][]::new)));
  }

  /** The header, padding, and that many bytes of data that count up from zero. */
  byte[] file(int dataBytes) {
    byte[] header = header();
    int start =
        Integer.bitCount(alignment) == 1 && alignment > 0 && alignment < 1 << 20
            ? (header.length + alignment - 1) / alignment * alignment
            : header.length;
    byte[] file = Arrays.copyOf(header, start + dataBytes);
    for (int i = 0; i < dataBytes; i++) {
      file[start + i] = (byte) i;
    }
    return file;
  }

  static byte[] string(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    return join(int64(utf8.length), utf8);
  }

  static byte[] array(int type, long count, byte[]... values) {
    return join(int32(type), int64(count), join(values));
  }

  static byte[] int32(int value) {
    return ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array();
  }

  static byte[] int64(long value) {
    return ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array();
  }

  static byte[] join(byte[]... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }
}
