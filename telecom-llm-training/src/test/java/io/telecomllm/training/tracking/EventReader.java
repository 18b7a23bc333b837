package io.telecomllm.training.tracking;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads event files, written apart from what writes them. */
final class EventReader {
  private EventReader() {}

  /**
   * An event.
   *
   * @param sessionStart whether it is one
   * @param texts by tag, of the plugin text
   */
  record Event(
      double wallTime,
      long step,
      String version,
      boolean sessionStart,
      Map<String, Float> scalars,
      Map<String, String> texts) {}

  static List<Event> read(Path file) throws IOException {
    ByteBuffer in = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    List<Event> events = new ArrayList<>();
    while (in.hasRemaining()) {
      byte[] length = new byte[8];
      in.get(length);
      check(length, in.getInt());
      byte[] data =
          new byte
              [Math.toIntExact(ByteBuffer.wrap(length).order(ByteOrder.LITTLE_ENDIAN).getLong())];
      in.get(data);
      check(data, in.getInt());
      events.add(event(ByteBuffer.wrap(data).order(ByteOrder.LITTLE_ENDIAN)));
    }
    return events;
  }

  /** Castagnoli's polynomial, bit by bit; then TFRecord's rotation and constant. */
  private static void check(byte[] data, int expected) {
    int crc = -1;
    for (byte b : data) {
      crc ^= b & 0xff;
      for (int bit = 0; bit < 8; bit++) {
        crc = (crc & 1) != 0 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
      }
    }
    crc = ~crc;
    int masked = ((crc >>> 15) | (crc << 17)) + 0xa282ead8;
    if (masked != expected) {
      throw new AssertionError("sum " + expected + ", expected " + masked);
    }
  }

  private static Event event(ByteBuffer in) {
    double wallTime = 0;
    long step = 0;
    String version = "";
    boolean start = false;
    Map<String, Float> scalars = new LinkedHashMap<>();
    Map<String, String> texts = new LinkedHashMap<>();
    while (in.hasRemaining()) {
      int key = (int) varint(in);
      switch (key) {
        case 1 << 3 | 1 -> wallTime = in.getDouble();
        case 2 << 3 -> step = varint(in);
        case 3 << 3 | 2 -> version = StandardCharsets.UTF_8.decode(part(in)).toString();
        case 5 << 3 | 2 -> summary(part(in), scalars, texts);
        case 7 << 3 | 2 -> start = part(in).equals(ByteBuffer.wrap(new byte[] {8, 1}));
        default -> throw new AssertionError("field " + key);
      }
    }
    return new Event(wallTime, step, version, start, scalars, texts);
  }

  private static void summary(
      ByteBuffer in, Map<String, Float> scalars, Map<String, String> texts) {
    while (in.hasRemaining()) {
      expect(in, 1 << 3 | 2);
      ByteBuffer value = part(in);
      expect(value, 1 << 3 | 2);
      String tag = StandardCharsets.UTF_8.decode(part(value)).toString();
      while (value.hasRemaining()) {
        int key = (int) varint(value);
        switch (key) {
          case 2 << 3 | 5 -> scalars.put(tag, value.getFloat());
          case 8 << 3 | 2 -> texts.put(tag, text(part(value)));
          case 9 << 3 | 2 -> {
            ByteBuffer plugin = part(value);
            expect(plugin, 1 << 3 | 2);
            if (!part(plugin).equals(ByteBuffer.wrap(new byte[] {10, 4, 't', 'e', 'x', 't'}))) {
              throw new AssertionError("another plugin");
            }
          }
          default -> throw new AssertionError("field " + key);
        }
      }
    }
  }

  private static String text(ByteBuffer tensor) {
    String text = "";
    while (tensor.hasRemaining()) {
      int field = (int) varint(tensor);
      if (field == (8 << 3 | 2)) {
        text = StandardCharsets.UTF_8.decode(part(tensor)).toString();
      } else if ((field & 7) == 0) {
        varint(tensor);
      } else {
        part(tensor);
      }
    }
    return text;
  }

  private static void expect(ByteBuffer in, int key) {
    long found = varint(in);
    if (found != key) {
      throw new AssertionError("field " + found + ", expected " + key);
    }
  }

  private static ByteBuffer part(ByteBuffer in) {
    int length = (int) varint(in);
    ByteBuffer part = in.slice(in.position(), length).order(ByteOrder.LITTLE_ENDIAN);
    in.position(in.position() + length);
    return part;
  }

  private static long varint(ByteBuffer in) {
    long value = 0;
    for (int shift = 0; ; shift += 7) {
      byte b = in.get();
      value |= (b & 0x7fL) << shift;
      if (b >= 0) {
        return value;
      }
    }
  }
}
