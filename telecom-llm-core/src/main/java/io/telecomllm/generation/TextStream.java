package io.telecomllm.generation;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Turns bytes into text as they come: whole characters only, and nothing of a stop text. Bytes that
 * are no UTF-8 become U+FFFD.
 */
final class TextStream {
  private final CharsetDecoder decoder =
      StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPLACE)
          .onUnmappableCharacter(CodingErrorAction.REPLACE);
  private final List<String> stops;
  private final StringBuilder held = new StringBuilder();
  private byte[] rest = {};
  private boolean stopped;

  TextStream(List<String> stops) {
    this.stops = stops;
  }

  /** Returns whether a stop text was written; nothing comes after it. */
  boolean stopped() {
    return stopped;
  }

  /** Adds bytes and returns the text that is now certain. */
  String add(byte[] bytes) {
    decode(bytes, false);
    return release(false);
  }

  /** Returns the rest of the text. */
  String end() {
    decode(new byte[0], true);
    return release(true);
  }

  private void decode(byte[] bytes, boolean last) {
    ByteBuffer in = ByteBuffer.allocate(rest.length + bytes.length).put(rest).put(bytes).flip();
    CharBuffer out = CharBuffer.allocate(in.remaining() + 1);
    decoder.decode(in, out, last);
    if (last) {
      decoder.flush(out);
      decoder.reset();
    }
    rest = new byte[in.remaining()];
    in.get(rest);
    held.append(out.flip());
  }

  private String release(boolean all) {
    if (stopped) {
      return "";
    }
    int end = all ? held.length() : held.length() - beginning();
    int completed = Integer.MAX_VALUE;
    for (String stop : stops) {
      int start = held.indexOf(stop);
      int last = start + stop.length();
      // the one that is complete first, whatever the pieces; of several the longest
      if (start >= 0 && (last < completed || (last == completed && start < end))) {
        stopped = true;
        completed = last;
        end = start;
      }
    }
    String text = held.substring(0, end);
    held.delete(0, end);
    return text;
  }

  /** Returns the length of the longest end of the held text that a stop text begins with. */
  private int beginning() {
    int longest = 0;
    for (String stop : stops) {
      for (int length = Math.min(stop.length() - 1, held.length()); length > longest; length--) {
        if (stop.startsWith(held.substring(held.length() - length))) {
          longest = length;
        }
      }
    }
    return longest;
  }
}
