package io.telecomllm.generation.schema;

import io.telecomllm.generation.constraint.Constraint.State;
import org.jspecify.annotations.Nullable;

/**
 * A string of a number of code points: well-formed UTF-8 (RFC 3629, section 4) and the escapes of
 * JSON (RFC 8259, section 7), of which surrogates come in pairs only.
 */
final class StringGrammar implements Grammar {
  /** The number of code points that stands for no upper limit. */
  static final int UNLIMITED = Integer.MAX_VALUE;

  // where in a code point the text is; the digits tell how many bytes are missing
  private static final int NONE = 0;
  private static final int BODY = 1;
  private static final int TAIL_1 = 2;
  private static final int TAIL_2 = 3;
  private static final int TAIL_3 = 4;
  private static final int AFTER_E0 = 5;
  private static final int AFTER_ED = 6;
  private static final int AFTER_F0 = 7;
  private static final int AFTER_F4 = 8;
  private static final int ESCAPE = 9;
  private static final int HEX_4 = 10;
  private static final int HEX_3 = 11;
  private static final int HEX_2 = 12;
  private static final int HEX_1 = 13;
  private static final int AFTER_D = 14;
  private static final int HIGH_2 = 15;
  private static final int HIGH_1 = 16;
  private static final int LOW_ESCAPE = 17;
  private static final int LOW_U = 18;
  private static final int LOW_D = 19;
  private static final int LOW_3 = 20;
  private static final byte[][] NEXT = new byte[LOW_3 + 1][256];

  static {
    allow(BODY, 0x20, 0x7f, BODY);
    allow(BODY, '"', '"', NONE);
    allow(BODY, '\\', '\\', ESCAPE);
    allow(BODY, 0xc2, 0xdf, TAIL_1);
    allow(BODY, 0xe0, 0xef, TAIL_2);
    allow(BODY, 0xe0, 0xe0, AFTER_E0);
    allow(BODY, 0xed, 0xed, AFTER_ED);
    allow(BODY, 0xf0, 0xf0, AFTER_F0);
    allow(BODY, 0xf1, 0xf3, TAIL_3);
    allow(BODY, 0xf4, 0xf4, AFTER_F4);
    allow(TAIL_1, 0x80, 0xbf, BODY);
    allow(TAIL_2, 0x80, 0xbf, TAIL_1);
    allow(TAIL_3, 0x80, 0xbf, TAIL_2);
    // shorter forms exist of what the rest of the range would spell
    allow(AFTER_E0, 0xa0, 0xbf, TAIL_1);
    allow(AFTER_F0, 0x90, 0xbf, TAIL_2);
    // surrogates, and what is beyond U+10FFFF
    allow(AFTER_ED, 0x80, 0x9f, TAIL_1);
    allow(AFTER_F4, 0x80, 0x8f, TAIL_2);
    for (char letter : "\"\\/bfnrt".toCharArray()) {
      allow(ESCAPE, letter, letter, BODY);
    }
    allow(ESCAPE, 'u', 'u', HEX_4);
    allowHex(HEX_4, HEX_3);
    allow(HEX_4, 'D', 'D', AFTER_D);
    allow(HEX_4, 'd', 'd', AFTER_D);
    allowHex(HEX_3, HEX_2);
    allowHex(HEX_2, HEX_1);
    allowHex(HEX_1, BODY);
    allow(AFTER_D, '0', '7', HEX_2);
    allow(AFTER_D, '8', '9', HIGH_2);
    allow(AFTER_D, 'A', 'B', HIGH_2);
    allow(AFTER_D, 'a', 'b', HIGH_2);
    allowHex(HIGH_2, HIGH_1);
    allowHex(HIGH_1, LOW_ESCAPE);
    allow(LOW_ESCAPE, '\\', '\\', LOW_U);
    allow(LOW_U, 'u', 'u', LOW_D);
    allow(LOW_D, 'D', 'D', LOW_3);
    allow(LOW_D, 'd', 'd', LOW_3);
    allow(LOW_3, 'C', 'F', HEX_2);
    allow(LOW_3, 'c', 'f', HEX_2);
  }

  private final int min;
  private final int max;
  private final int counted;

  /** Creates the grammar of strings of {@code min} to {@code max} code points. */
  StringGrammar(int min, int max) {
    this.min = min;
    this.max = max;
    // beyond the minimum all counts are alike, and states that stay equal need not be made
    this.counted = max == UNLIMITED ? min : max;
  }

  private static void allow(int phase, int from, int to, int next) {
    for (int octet = from; octet <= to; octet++) {
      NEXT[phase][octet] = (byte) next;
    }
  }

  private static void allowHex(int phase, int next) {
    allow(phase, '0', '9', next);
    allow(phase, 'A', 'F', next);
    allow(phase, 'a', 'f', next);
  }

  @Override
  public State start(State after) {
    return new Octet('"', new Inside(this, BODY, 0, after));
  }

  @Override
  public long shortest() {
    return 2L + min;
  }

  private record Inside(StringGrammar string, int phase, int count, State after) implements State {
    @Override
    public @Nullable State next(int octet) {
      int length = count;
      if (phase == BODY) {
        if (octet == '"') {
          return count >= string.min ? after : null;
        } else if (count == string.max) {
          return null;
        }
        length = Math.min(count + 1, string.counted);
      }
      int next = NEXT[phase][octet];
      if (next == NONE) {
        return null;
      }
      return next == phase && length == count ? this : new Inside(string, next, length, after);
    }

    @Override
    public boolean complete() {
      return false;
    }
  }
}
