package io.telecomllm.weights;

import io.telecomllm.InvalidDataException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * Reads the little-endian fields of a GGUF header in order. Every length is checked against the
 * rest of the file before anything of that size is allocated.
 */
final class GgufCursor {
  /** Several times the header of the largest vocabulary; also the limit of safetensors. */
  static final int MAX_HEADER_BYTES = 100_000_000;

  private static final int WINDOW_BYTES = 1 << 16;

  private final String file;
  private final long size;
  private final ByteSource source;
  private final ByteBuffer window;
  private long windowEnd;

  GgufCursor(String file, long size, ByteSource source) {
    this.file = file;
    this.size = size;
    this.source = source;
    this.window =
        ByteBuffer.allocate((int) Math.min(size, WINDOW_BYTES))
            .order(ByteOrder.LITTLE_ENDIAN)
            .limit(0);
  }

  /** Returns the position in the file of the next field. */
  long position() {
    return windowEnd - window.remaining();
  }

  int uint8(String what) {
    return need(1, what).get() & 0xFF;
  }

  short int16(String what) {
    return need(2, what).getShort();
  }

  int int32(String what) {
    return need(4, what).getInt();
  }

  long int64(String what) {
    return need(8, what).getLong();
  }

  /**
   * Reads a count of items of at least {@code bytesEach} bytes, and checks that the file has room
   * for them.
   */
  long count(long bytesEach, String what) {
    long count = int64(what);
    long most = left() / bytesEach;
    if (count < 0 || count > most) {
      throw invalid(
          what + " is " + Long.toUnsignedString(count) + ", the file has room for " + most);
    }
    return count;
  }

  /** Reads a length and that many bytes of UTF-8, at most {@code maxBytes}. */
  String string(long maxBytes, String what) {
    long length = count(1, "the length of " + what);
    if (length > maxBytes) {
      throw invalid(what + " has " + length + " bytes, at most " + maxBytes + " are allowed");
    }
    byte[] bytes = new byte[(int) length];
    if (length <= window.capacity()) {
      need((int) length, what).get(bytes);
    } else {
      long start = position();
      source.read(start, ByteBuffer.wrap(bytes), what);
      window.limit(0);
      windowEnd = start + length;
    }
    if (isAscii(bytes)) {
      // nearly all of a vocabulary's hundreds of thousands of strings
      return new String(bytes, StandardCharsets.US_ASCII);
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new InvalidDataException(message(what + " is not UTF-8"), e);
    }
  }

  private static boolean isAscii(byte[] bytes) {
    int or = 0;
    for (byte b : bytes) {
      or |= b;
    }
    return or >= 0;
  }

  InvalidDataException invalid(String what) {
    return new InvalidDataException(message(what));
  }

  private String message(String what) {
    return file + ": not GGUF: " + what + " (before byte " + position() + ")";
  }

  /** Returns the number of bytes that the header may still have. */
  private long left() {
    return Math.min(size, MAX_HEADER_BYTES) - position();
  }

  private ByteBuffer need(int bytes, String what) {
    if (bytes > left()) {
      throw invalid(
          what
              + " takes "
              + bytes
              + " bytes, "
              + left()
              + " are left of "
              + (size > MAX_HEADER_BYTES ? "the longest header allowed" : "the file"));
    }
    if (window.remaining() < bytes) {
      long start = position();
      window.clear().limit((int) Math.min(window.capacity(), size - start));
      source.read(start, window, "the header");
      window.flip();
      windowEnd = start + window.limit();
    }
    return window;
  }
}
