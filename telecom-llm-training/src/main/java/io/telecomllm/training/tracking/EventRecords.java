package io.telecomllm.training.tracking;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * Encodes TensorBoard's events as bytes: protocol buffers written by hand
 * (tensorflow/core/util/event.proto and framework/summary.proto, whose field numbers are used
 * below) in TFRecord framing (tensorflow/core/lib/io/record_writer.h).
 */
final class EventRecords {
  private static final int VARINT = 0;
  private static final int FIXED64 = 1;
  private static final int BYTES = 2;
  private static final int FIXED32 = 5;

  // core/lib/hash/crc32c.h: masked, since checksums of data with embedded checksums are weak
  private static final int MASK = 0xa282ead8;

  private static final int SESSION_START = 1;
  private static final int DT_STRING = 7;
  private static final int DATA_CLASS_TENSOR = 2;

  private EventRecords() {}

  /** Encodes the first event of a file. */
  static byte[] version(double wallTime) {
    return event(wallTime, 0, 3, "brain.Event:2".getBytes(StandardCharsets.UTF_8));
  }

  /** Encodes the start of a run: TensorBoard drops events of earlier files from this step on. */
  static byte[] start(double wallTime, long step) {
    return event(wallTime, step, 7, message().number(1, SESSION_START).bytes());
  }

  /** Encodes numbers by their tags. */
  static byte[] scalars(double wallTime, long step, Map<String, Double> values) {
    Message summary = message();
    values.forEach(
        (tag, value) ->
            summary.field(1, message().text(1, tag).single(2, value.floatValue()).bytes()));
    return event(wallTime, step, 5, summary.bytes());
  }

  /** Encodes a text in Markdown. */
  static byte[] text(double wallTime, long step, String tag, String text) {
    byte[] shape = message().field(2, message().number(1, 1).bytes()).bytes();
    byte[] tensor = message().number(1, DT_STRING).field(2, shape).text(8, text).bytes();
    byte[] metadata =
        message().field(1, message().text(1, "text").bytes()).number(4, DATA_CLASS_TENSOR).bytes();
    byte[] value = message().text(1, tag).field(8, tensor).field(9, metadata).bytes();
    return event(wallTime, step, 5, message().field(1, value).bytes());
  }

  private static byte[] event(double wallTime, long step, int field, byte[] what) {
    return frame(message().real(1, wallTime).number(2, step).field(field, what).bytes());
  }

  /** Frames data as length, checksum of the length, data, checksum of the data; little-endian. */
  private static byte[] frame(byte[] data) {
    ByteBuffer record = ByteBuffer.allocate(data.length + 16).order(ByteOrder.LITTLE_ENDIAN);
    record.putLong(data.length);
    record.putInt(maskedSum(record.array(), 8));
    record.put(data);
    return record.putInt(maskedSum(data, data.length)).array();
  }

  private static int maskedSum(byte[] data, int length) {
    CRC32C crc = new CRC32C();
    crc.update(data, 0, length);
    return Integer.rotateRight((int) crc.getValue(), 15) + MASK;
  }

  private static Message message() {
    return new Message();
  }

  /** A protocol buffer message under construction. */
  private static final class Message {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    Message number(int field, long value) {
      // proto3 leaves out what is 0
      if (value != 0) {
        varint(((long) field << 3) | VARINT);
        varint(value);
      }
      return this;
    }

    Message real(int field, double value) {
      varint(((long) field << 3) | FIXED64);
      little(Double.doubleToLongBits(value), Double.BYTES);
      return this;
    }

    Message single(int field, float value) {
      varint(((long) field << 3) | FIXED32);
      little(Float.floatToIntBits(value), Float.BYTES);
      return this;
    }

    Message text(int field, String value) {
      return field(field, value.getBytes(StandardCharsets.UTF_8));
    }

    Message field(int field, byte[] value) {
      varint(((long) field << 3) | BYTES);
      varint(value.length);
      out.writeBytes(value);
      return this;
    }

    byte[] bytes() {
      return out.toByteArray();
    }

    private void varint(long value) {
      long rest = value;
      while ((rest & ~0x7fL) != 0) {
        out.write((int) (rest & 0x7f) | 0x80);
        rest >>>= 7;
      }
      out.write((int) rest);
    }

    private void little(long bits, int bytes) {
      for (int i = 0; i < bytes; i++) {
        out.write((int) (bits >>> (8 * i)));
      }
    }
  }
}
