package io.telecomllm.data;

import io.telecomllm.InvalidDataException;

/**
 * Bounds what a JSON document may ask of its reader, in one pass over its bytes before anything is
 * allocated. It does not judge the grammar: the reader does.
 */
final class JsonLimits {
  /** Objects in objects; the format needs two. */
  static final int MAX_DEPTH = 16;

  /** Bytes of one string or one number. */
  static final int MAX_TOKEN = 1 << 20;

  private JsonLimits() {}

  static void check(byte[] json, String name) {
    int depth = 0;
    int token = 0;
    boolean inString = false;
    for (int i = 0; i < json.length; i++) {
      byte b = json[i];
      if (inString) {
        token++;
        if (b == '\\') {
          i++;
          token++;
        } else if (b == '"') {
          inString = false;
          token = 0;
        }
      } else if (b == '{' || b == '[') {
        depth++;
        token = 0;
      } else if (b == '}' || b == ']') {
        depth--;
        token = 0;
      } else {
        inString = b == '"';
        boolean between = b == ' ' || b == '\n' || b == '\r' || b == '\t' || b == ',' || b == ':';
        token = inString || between ? 0 : token + 1;
      }
      if (depth > MAX_DEPTH) {
        throw new InvalidDataException(
            name + ": nested deeper than " + MAX_DEPTH + " at byte " + i + ", expected 2");
      }
      if (token > MAX_TOKEN) {
        throw new InvalidDataException(
            name + ": a string or number of over " + MAX_TOKEN + " bytes at byte " + i);
      }
    }
  }
}
