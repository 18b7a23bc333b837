package io.telecomllm.data;

import io.telecomllm.InvalidDataException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Reads the lines of a small text file in UTF-8. */
final class TextFile {
  private static final int MAX_BYTES = 16 << 20;

  private TextFile() {}

  static List<String> lines(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      return lines(in, file.toString());
    } catch (IOException e) {
      throw new InvalidDataException(file + ": cannot be read: " + e, e);
    }
  }

  static List<String> lines(InputStream in, String name) throws IOException {
    byte[] bytes = DatasetFile.atMost(in, MAX_BYTES, name);
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      return (text.startsWith("\ufeff") ? text.substring(1) : text).lines().toList();
    } catch (CharacterCodingException e) {
      throw new InvalidDataException(name + ": is not UTF-8", e);
    }
  }
}
