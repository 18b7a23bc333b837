package io.telecomllm.weights;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * A second reading of the published rules of safetensors, as plain as it can be: its own JSON
 * parser, exact arithmetic, and one mark for every byte of data. It shares no code with the reader.
 */
final class SafetensorsOracle {
  private static final Map<String, Integer> BYTES =
      Map.of(
          "F64", 8, "I64", 8, "F32", 4, "I32", 4, "F16", 2, "BF16", 2, "I16", 2, "I8", 1, "U8", 1,
          "BOOL", 1);

  private static final Pattern NUMBER =
      Pattern.compile("-?(0|[1-9]\\d*)(\\.\\d+)?([eE][+-]?\\d+)?");
  private static final Pattern INTEGER = Pattern.compile("-?\\d+");

  /** A rule is broken. */
  static final class Broken extends Exception {
    private static final long serialVersionUID = 1;

    Broken(String rule) {
      super(rule, null, false, false); // tens of thousands of stack traces take seconds
    }
  }

  private final String json;
  private int at;

  private SafetensorsOracle(String json) {
    this.json = json;
  }

  /** Throws unless the whole file keeps every rule; gives the number of tensors. */
  static int check(byte[] file) throws Broken {
    need(file.length >= 8, "length");
    BigInteger length = new BigInteger(Long.toUnsignedString(littleEndian(file)));
    need(length.compareTo(BigInteger.valueOf(100_000_000)) <= 0, "header limit");
    need(length.compareTo(BigInteger.valueOf(file.length - 8)) <= 0, "header end");
    int headerEnd = 8 + length.intValue();
    String text;
    try {
      text =
          StandardCharsets.UTF_8
              .newDecoder()
              .decode(ByteBuffer.wrap(file, 8, length.intValue()))
              .toString();
    } catch (CharacterCodingException e) {
      throw new Broken("UTF-8");
    }
    need(text.startsWith("{"), "begins with {");
    Object header = new SafetensorsOracle(text).document();
    int dataBytes = file.length - headerEnd;
    boolean[] filled = new boolean[dataBytes];
    List<Integer> empty = new ArrayList<>();
    int tensors = 0;
    for (Map.Entry<?, ?> entry : ((Map<?, ?>) header).entrySet()) {
      need(entry.getValue() instanceof Map, "entry");
      Map<?, ?> value = (Map<?, ?>) entry.getValue();
      if (entry.getKey().equals("__metadata__")) {
        need(value.values().stream().allMatch(String.class::isInstance), "metadata");
        continue;
      }
      tensors++;
      need(value.get("dtype") instanceof String, "dtype");
      Integer each = BYTES.get(value.get("dtype"));
      need(each != null, "known dtype");
      BigInteger size = BigInteger.ONE;
      for (BigInteger dimension : whole(value.get("shape"))) {
        need(dimension.bitLength() <= 63, "dimension");
        size = size.multiply(dimension);
        need(size.bitLength() <= 63, "product");
      }
      size = size.multiply(BigInteger.valueOf(each));
      List<BigInteger> offsets = whole(value.get("data_offsets"));
      need(offsets.size() == 2, "two offsets");
      need(offsets.get(1).compareTo(BigInteger.valueOf(dataBytes)) <= 0, "inside");
      need(offsets.get(0).compareTo(offsets.get(1)) <= 0, "order");
      need(offsets.get(1).subtract(offsets.get(0)).equals(size), "size");
      int begin = offsets.get(0).intValue();
      int end = offsets.get(1).intValue();
      for (int i = begin; i < end; i++) {
        need(!filled[i], "overlap");
        filled[i] = true;
      }
      if (begin == end) {
        empty.add(begin);
      }
    }
    need(allTrue(filled), "hole");
    for (int place : empty) {
      need(isEdge((Map<?, ?>) header, place), "an empty tensor inside another");
    }
    return tensors;
  }

  private static boolean isEdge(Map<?, ?> header, int place) {
    if (place == 0) {
      return true;
    }
    for (Map.Entry<?, ?> entry : header.entrySet()) {
      if (!entry.getKey().equals("__metadata__")) {
        List<?> offsets = (List<?>) ((Map<?, ?>) entry.getValue()).get("data_offsets");
        if (!offsets.get(0).equals(offsets.get(1))
            && offsets.get(1).equals(BigInteger.valueOf(place))) {
          return true;
        }
      }
    }
    return false;
  }

  private static boolean allTrue(boolean[] marks) {
    boolean[] expected = new boolean[marks.length];
    Arrays.fill(expected, true);
    return Arrays.equals(marks, expected);
  }

  private static List<BigInteger> whole(Object list) throws Broken {
    need(list instanceof List, "list");
    List<BigInteger> numbers = new ArrayList<>();
    for (Object number : (List<?>) list) {
      need(number instanceof BigInteger, "integer");
      need(((BigInteger) number).signum() >= 0, "not negative");
      numbers.add((BigInteger) number);
    }
    return numbers;
  }

  private static long littleEndian(byte[] file) {
    return ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getLong();
  }

  private static void need(boolean holds, String rule) throws Broken {
    if (!holds) {
      throw new Broken(rule);
    }
  }

  private Object document() throws Broken {
    space();
    Object value = value(1);
    space();
    need(at == json.length(), "end of document");
    return value;
  }

  private Object value(int depth) throws Broken {
    need(at < json.length(), "value");
    char c = json.charAt(at);
    if (c == '{') {
      need(depth <= 64, "depth");
      Map<String, Object> map = new LinkedHashMap<>();
      at++;
      space();
      while (!next('}')) {
        if (!map.isEmpty()) {
          need(next(','), "comma");
          space();
        }
        String key = string();
        space();
        need(next(':'), "colon");
        space();
        need(!map.containsKey(key), "duplicate key");
        map.put(key, value(depth + 1));
        space();
      }
      return map;
    }
    if (c == '[') {
      need(depth <= 64, "depth");
      List<Object> list = new ArrayList<>();
      at++;
      space();
      while (!next(']')) {
        if (!list.isEmpty()) {
          need(next(','), "comma");
          space();
        }
        list.add(value(depth + 1));
        space();
      }
      return list;
    }
    if (c == '"') {
      return string();
    }
    for (String word : List.of("true", "false", "null")) {
      if (json.startsWith(word, at)) {
        at += word.length();
        return word.equals("null") ? this : (Object) Boolean.valueOf(word);
      }
    }
    return number();
  }

  private Object number() throws Broken {
    int start = at;
    while (at < json.length() && "+-.0123456789eE".indexOf(json.charAt(at)) >= 0) {
      at++;
    }
    String text = json.substring(start, at);
    need(NUMBER.matcher(text).matches(), "number");
    if (INTEGER.matcher(text).matches() && !text.equals("-0")) {
      return new BigInteger(text);
    }
    need(Double.isFinite(Double.parseDouble(text)), "finite");
    return Double.valueOf(text);
  }

  private String string() throws Broken {
    need(next('"'), "string");
    StringBuilder text = new StringBuilder();
    while (!next('"')) {
      need(at < json.length() && json.charAt(at) >= ' ', "character");
      char c = json.charAt(at++);
      if (c == '\\') {
        need(at < json.length(), "escape");
        char escape = json.charAt(at++);
        int plain = "\"\\/bfnrt".indexOf(escape);
        if (plain >= 0) {
          c = "\"\\/\b\f\n\r\t".charAt(plain);
        } else {
          need(escape == 'u' && at + 4 <= json.length(), "escape");
          String hex = json.substring(at, at + 4);
          need(hex.matches("[0-9a-fA-F]{4}"), "escape");
          c = (char) Integer.parseInt(hex, 16);
          at += 4;
        }
      }
      text.append(c);
    }
    need(StandardCharsets.UTF_8.newEncoder().canEncode(text), "surrogates");
    return text.toString();
  }

  private boolean next(char c) {
    if (at < json.length() && json.charAt(at) == c) {
      at++;
      return true;
    }
    return false;
  }

  private void space() {
    while (at < json.length() && " \t\n\r".indexOf(json.charAt(at)) >= 0) {
      at++;
    }
  }
}
