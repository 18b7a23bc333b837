package io.telecomllm.json;

import static com.google.common.base.Preconditions.checkArgument;

import io.telecomllm.Internal;
import io.telecomllm.InvalidDataException;

/**
 * Limits on a JSON document, checked in one pass over its bytes before anything is allocated. The
 * grammar is checked later, by the reader.
 *
 * @param depth the deepest nesting of objects and arrays, 1 to 64
 * @param tokenBytes the most bytes of one string or one number, at least 1
 */
@Internal
public record JsonLimits(int depth, int tokenBytes) {
  /** The deepest nesting that any document may have. */
  public static final int MAX_DEPTH = 64;

  /** 64 levels, and strings as long as the document. */
  public static final JsonLimits DEFAULT = new JsonLimits(MAX_DEPTH, Integer.MAX_VALUE);

  /** Checks the ranges. */
  public JsonLimits {
    checkArgument(
        depth > 0 && depth <= MAX_DEPTH, "maxDepth is %s, must be 1 to %s", depth, MAX_DEPTH);
    checkArgument(tokenBytes > 0, "tokenBytes is %s, must be positive", tokenBytes);
  }

  void check(String file, byte[] json) {
    int level = 0;
    long token = 0;
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
        level++;
        token = 0;
      } else if (b == '}' || b == ']') {
        level--;
        token = 0;
      } else {
        inString = b == '"';
        boolean between = b == ' ' || b == '\n' || b == '\r' || b == '\t' || b == ',' || b == ':';
        token = inString || between ? 0 : token + 1;
      }
      if (level > depth) {
        throw new InvalidDataException(
            file + ": not strict JSON: nested deeper than " + depth + " at byte " + i);
      }
      if (token > tokenBytes) {
        throw new InvalidDataException(
            file
                + ": not strict JSON: a string or number of over "
                + tokenBytes
                + " bytes at byte "
                + i);
      }
    }
  }
}
