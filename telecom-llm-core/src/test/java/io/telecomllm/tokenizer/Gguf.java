package io.telecomllm.tokenizer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/** Reads the metadata of a trusted GGUF file, just enough for these tests. */
final class Gguf {
  private final ByteBuffer in;

  private Gguf(ByteBuffer in) {
    this.in = in;
  }

  static Map<String, Object> metadata(Path file) {
    try (FileChannel channel = FileChannel.open(file)) {
      ByteBuffer in = ByteBuffer.allocate((int) Math.min(channel.size(), 64 << 20));
      while (in.hasRemaining() && channel.read(in) >= 0) {}
      in.flip().order(ByteOrder.LITTLE_ENDIAN).position(16);
      Gguf reader = new Gguf(in);
      Map<String, Object> metadata = new HashMap<>();
      for (long left = in.getLong(); left > 0; left--) {
        String key = reader.string();
        metadata.put(key, reader.value(in.getInt()));
      }
      return metadata;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Vocabulary vocabulary(Path file) {
    Map<String, Object> metadata = metadata(file);
    return new Vocabulary(
        (String) metadata.get("tokenizer.ggml.model"),
        (String) metadata.get("tokenizer.ggml.pre"),
        strings(metadata, "tokenizer.ggml.tokens"),
        strings(metadata, "tokenizer.ggml.merges"),
        new float[0],
        strings(metadata, "tokenizer.ggml.token_type").stream()
            .mapToInt(Integer::parseInt)
            .toArray(),
        id(metadata, "bos"),
        id(metadata, "eos"),
        id(metadata, "unknown"),
        id(metadata, "padding"),
        Boolean.TRUE.equals(metadata.get("tokenizer.ggml.add_bos_token")),
        Boolean.TRUE.equals(metadata.get("tokenizer.ggml.add_space_prefix")),
        (String) metadata.getOrDefault("tokenizer.chat_template", ""));
  }

  private static List<String> strings(Map<String, Object> metadata, String key) {
    return ((List<?>) metadata.getOrDefault(key, List.of())).stream().map(String::valueOf).toList();
  }

  private static OptionalInt id(Map<String, Object> metadata, String name) {
    Object id = metadata.get("tokenizer.ggml." + name + "_token_id");
    return id == null ? OptionalInt.empty() : OptionalInt.of((Integer) id);
  }

  private String string() {
    byte[] bytes = new byte[Math.toIntExact(in.getLong())];
    in.get(bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private Object value(int type) {
    return switch (type) {
      case 0, 1 -> (int) in.get();
      case 2, 3 -> (int) in.getShort();
      case 4, 5 -> in.getInt();
      case 6 -> in.getFloat();
      case 7 -> in.get() != 0;
      case 8 -> string();
      case 9 -> {
        int element = in.getInt();
        List<Object> values = new ArrayList<>();
        for (long left = in.getLong(); left > 0; left--) {
          values.add(value(element));
        }
        yield values;
      }
      case 10, 11 -> in.getLong();
      case 12 -> in.getDouble();
      default -> throw new IllegalArgumentException("GGUF type " + type);
    };
  }
}
