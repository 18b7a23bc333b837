package io.telecomllm.weights;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * Makes small safetensors files from a seed: valid ones, and ones that are wrong in a place or two.
 */
final class SafetensorsMutants {
  private static final List<String> TYPES =
      List.of("F64", "F32", "F16", "BF16", "I64", "I32", "I16", "I8", "U8", "BOOL");
  private static final int[] SIZES = {8, 4, 2, 2, 8, 4, 2, 1, 1, 1};
  private static final List<String> NUMBERS =
      List.of(
          "-1",
          "-0",
          "0",
          "1",
          "2",
          "3",
          "1.0",
          "1e0",
          "0.5",
          "2E1",
          "01",
          "+1",
          "NaN",
          "null",
          "\"1\"",
          "true",
          "[1]",
          "{}",
          "4294967296",
          "4611686018427387904",
          "9223372036854775807",
          "9223372036854775808",
          "18446744073709551615",
          "18446744073709551616",
          "99999999999999999999999999");
  private static final List<String> NAMES =
      List.of(
          "a", "b", "c", "model.x", "", "\\u0061", "\\u00e9", "\u00e9", "\\ud83d\\ude00", "\\/");
  private static final String ALPHABET = "{}[]\",:0123456789.-+eE \t\n\\/u'ntfadF_\u0001\u00e9";

  private final Random random;

  SafetensorsMutants(long seed) {
    random = new Random(seed);
  }

  /** One tensor as text, so that every part can be put wrong. */
  private static final class Entry {
    String name = "";
    String type = "";
    List<String> shape = new ArrayList<>();
    List<String> offsets = new ArrayList<>();
    List<String> fields = new ArrayList<>(List.of("dtype", "shape", "data_offsets"));
  }

  byte[] next() {
    List<Entry> entries = new ArrayList<>();
    int count = random.nextInt(5);
    int end = 0;
    for (int i = 0; i < count; i++) {
      Entry entry = new Entry();
      int type = random.nextInt(TYPES.size());
      entry.type = TYPES.get(type);
      entry.name = i == 0 ? pick(NAMES) : "t" + i;
      int elements = 1;
      for (int d = random.nextInt(4); d > 0; d--) {
        int dimension = random.nextInt(12) == 0 ? 0 : 1 + random.nextInt(3);
        entry.shape.add(String.valueOf(dimension));
        elements *= dimension;
      }
      entry.offsets.add(String.valueOf(end));
      end += elements * SIZES[type];
      entry.offsets.add(String.valueOf(end));
      entries.add(entry);
    }
    Collections.shuffle(entries, random);
    String metadata = random.nextInt(3) == 0 ? "\"__metadata__\":{\"format\":\"pt\"}" : "";
    int data = end;
    for (int wrong = random.nextInt(3); wrong > 0; wrong--) {
      int kind = random.nextInt(14);
      if (kind == 0) {
        metadata =
            "\"__metadata__\":"
                + pick(
                    List.of(
                        "{}",
                        "1",
                        "null",
                        "{\"a\":1}",
                        "[]",
                        "{\"a\":\"b\",\"a\":\"c\"}",
                        "{\"a\":null}",
                        "{\"a\":{}}"));
      } else if (kind == 1) {
        data = Math.max(0, data + random.nextInt(9) - 4);
      } else if (!entries.isEmpty()) {
        wrong(entries, kind);
      }
    }
    String json = json(entries, metadata);
    if (random.nextInt(4) == 0) {
      json = edited(json);
    }
    return file(json, data);
  }

  private void wrong(List<Entry> entries, int kind) {
    Entry entry = pick(entries);
    Entry other = pick(entries);
    switch (kind) {
      case 2 -> replace(entry.shape, pick(NUMBERS));
      case 3 -> replace(entry.offsets, pick(NUMBERS));
      case 4 -> replace(entry.offsets, pick(other.offsets));
      case 5 -> entry.type = pick(List.of("F32", "I64", "U8", "F8_E4M3", "f32", "U16", "", "Q4_0"));
      case 6 -> entry.name = pick(List.of(other.name, "__metadata__", "new"));
      case 7 -> Collections.swap(entry.offsets, 0, entry.offsets.size() - 1);
      case 8 -> entry.fields.remove(random.nextInt(entry.fields.size()));
      case 9 -> entry.fields.add(pick(List.of("dtype", "shape", "extra", "data_offsets")));
      case 10 -> (random.nextBoolean() ? entry.shape : entry.offsets).add(pick(NUMBERS));
      case 11 -> Collections.shuffle(entry.shape, random);
      case 12 -> { // the same bytes under another name
        entry.type = other.type;
        entry.shape = new ArrayList<>(other.shape);
        entry.offsets = new ArrayList<>(other.offsets);
      }
      default -> { // the right size at another place
        int by = random.nextInt(9) - 4;
        entry.offsets.replaceAll(
            number -> number.matches("\\d{1,5}") ? "" + (Integer.parseInt(number) + by) : number);
      }
    }
    if (entry.fields.isEmpty()) {
      entry.fields.add("extra");
    }
  }

  private void replace(List<String> list, String number) {
    if (list.isEmpty()) {
      list.add(number);
    } else {
      list.set(random.nextInt(list.size()), number);
    }
  }

  private String json(List<Entry> entries, String metadata) {
    List<String> parts = new ArrayList<>();
    for (Entry entry : entries) {
      List<String> fields = new ArrayList<>();
      for (String field : entry.fields) {
        fields.add(
            switch (field) {
              case "dtype" -> "\"dtype\":\"" + entry.type + "\"";
              case "shape" -> "\"shape\":" + entry.shape;
              case "data_offsets" -> "\"data_offsets\":" + entry.offsets;
              default -> "\"extra\":[{\"x\":[1.5e3,null,\"\\n\"]}]";
            });
      }
      parts.add("\"" + entry.name + "\":{" + String.join(",", fields) + "}");
    }
    if (!metadata.isEmpty()) {
      parts.add(random.nextInt(parts.size() + 1), metadata);
    }
    String json = "{" + String.join(",", parts) + "}";
    return json + " ".repeat(random.nextInt(3));
  }

  /** The text with a few characters changed, taken out, put in or doubled. */
  private String edited(String json) {
    StringBuilder text = new StringBuilder(json);
    for (int edits = 1 + random.nextInt(2); edits > 0 && text.length() > 0; edits--) {
      int place = random.nextInt(text.length());
      char c = ALPHABET.charAt(random.nextInt(ALPHABET.length()));
      switch (random.nextInt(4)) {
        case 0 -> text.setCharAt(place, c);
        case 1 -> text.deleteCharAt(place);
        case 2 -> text.insert(place, c);
        default -> {
          int to = Math.min(text.length(), place + random.nextInt(20));
          text.insert(place, text.substring(place, to));
        }
      }
    }
    return text.toString();
  }

  private byte[] file(String json, int data) {
    byte[] header = json.getBytes(StandardCharsets.UTF_8);
    if (random.nextInt(50) == 0 && header.length > 0) {
      header[random.nextInt(header.length)] = (byte) random.nextInt(256);
    }
    long length = header.length;
    if (random.nextInt(25) == 0) {
      length =
          pick(
              List.of(length - 1, length + 1, 0L, -1L, 100_000_001L, Long.MIN_VALUE, length + 256));
    }
    byte[] file =
        ByteBuffer.allocate(8 + header.length + data)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(length)
            .put(header)
            .array();
    return random.nextInt(50) == 0 ? Arrays.copyOf(file, random.nextInt(file.length)) : file;
  }

  private <T> T pick(List<T> list) {
    return list.get(random.nextInt(list.size()));
  }
}
