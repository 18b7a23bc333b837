package io.telecomllm.weights;

import io.telecomllm.json.StrictJson;
import io.telecomllm.text.Quoted;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads the metadata entries of a GGUF header as the same plain values that {@link StrictJson}
 * returns: whole numbers as Long or BigInteger, fractions as Double, lists, strings and booleans.
 */
final class GgufMetadata {
  static final int MAX_KEY_BYTES = 65_535;
  private static final int MAX_ARRAY_DEPTH = 4;

  /**
   * The most elements in all arrays together; vocabularies with scores and merges need less than a
   * third of it.
   */
  private static final int MAX_ELEMENTS = 1 << 22;

  /** The size of an empty key, a type and a value of one byte. */
  private static final int LEAST_ENTRY_BYTES = 8 + 4 + 1;

  private static final int ARRAY = 9;

  /** The fewest bytes that a value of each type takes, by the type's number. */
  private static final int[] LEAST_BYTES = {1, 1, 2, 2, 4, 4, 4, 1, 8, 12, 8, 8, 8};

  private final GgufCursor in;
  private int elements;

  private GgufMetadata(GgufCursor in) {
    this.in = in;
  }

  /** Reads the number of entries and the entries. */
  static Map<String, Object> read(GgufCursor in) {
    long entries = in.count(LEAST_ENTRY_BYTES, "the number of metadata entries");
    GgufMetadata reader = new GgufMetadata(in);
    Map<String, Object> values = new LinkedHashMap<>();
    for (long i = 0; i < entries; i++) {
      String key = in.string(MAX_KEY_BYTES, "a key");
      String what = "key " + Quoted.line(key);
      if (key.isEmpty()) {
        throw in.invalid("an empty key");
      }
      Object value = reader.value(reader.type(what), 0, what);
      if (values.put(key, value) != null) {
        throw in.invalid(what + " appears twice");
      }
    }
    return values;
  }

  private int type(String what) {
    int type = in.int32("the type of " + what);
    if (type < 0 || type >= LEAST_BYTES.length) {
      throw in.invalid(
          what + " has the type " + Integer.toUnsignedString(type) + ", there is none above 12");
    }
    return type;
  }

  private Object value(int type, int depth, String what) {
    return switch (type) {
      case 0 -> (long) in.uint8(what);
      case 1 -> (long) (byte) in.uint8(what);
      case 2 -> (long) in.int16(what) & 0xFFFF;
      case 3 -> (long) in.int16(what);
      case 4 -> Integer.toUnsignedLong(in.int32(what));
      case 5 -> (long) in.int32(what);
      case 6 -> (Object) (double) Float.intBitsToFloat(in.int32(what));
      case 7 -> bool(what);
      case 8 -> in.string(GgufCursor.MAX_HEADER_BYTES, what);
      case ARRAY -> array(depth, what);
      case 10 -> unsigned(in.int64(what));
      case 11 -> in.int64(what);
      default -> Double.longBitsToDouble(in.int64(what));
    };
  }

  private static Object unsigned(long bits) {
    return bits >= 0 ? (Object) bits : new BigInteger(Long.toUnsignedString(bits));
  }

  private boolean bool(String what) {
    int value = in.uint8(what);
    if (value > 1) {
      throw in.invalid(what + " is the boolean " + value + ", must be 0 or 1");
    }
    return value == 1;
  }

  private List<Object> array(int depth, String what) {
    if (depth >= MAX_ARRAY_DEPTH) {
      throw in.invalid(what + " has arrays nested deeper than " + MAX_ARRAY_DEPTH);
    }
    int type = type(what);
    long count = in.count(LEAST_BYTES[type], "the length of " + what);
    if (count > MAX_ELEMENTS - elements) {
      throw in.invalid(
          "with the " + count + " values of " + what + " the arrays exceed " + MAX_ELEMENTS);
    }
    elements += (int) count;
    List<Object> list = new ArrayList<>((int) count);
    for (long i = 0; i < count; i++) {
      list.add(value(type, depth + 1, what));
    }
    return Collections.unmodifiableList(list);
  }
}
