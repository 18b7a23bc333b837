package io.telecomllm.generation.schema;

import static org.assertj.core.api.Assertions.assertThat;

import io.telecomllm.generation.constraint.Constraint;
import io.telecomllm.generation.constraint.Reading;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;

class StringGrammarTest {
  private static final Constraint ONE =
      JsonSchema.parse("{'type':'string','minLength':1,'maxLength':1}".replace('\'', '"'))
          .constraint();
  private static final Constraint ANY = JsonSchema.parse("{\"type\":\"string\"}").constraint();

  private static byte[] quoted(byte... bytes) {
    return ByteBuffer.allocate(bytes.length + 2).put((byte) '"').put(bytes).put((byte) '"').array();
  }

  @Test
  void readsEveryCodePointAsOne() {
    for (int point = 0; point <= Character.MAX_CODE_POINT; point++) {
      boolean surrogate = point >= 0xd800 && point <= 0xdfff;
      if (!surrogate) {
        String text = Character.toString(point);
        boolean plain = point >= ' ' && point != '"' && point != '\\';
        assertThat(Reading.accepts(ONE, "\"" + text + "\"")).as("%x", point).isEqualTo(plain);
        StringBuilder escaped = new StringBuilder();
        text.chars().forEach(c -> escaped.append(String.format("\\u%04x", c)));
        assertThat(Reading.accepts(ONE, "\"" + escaped + "\"")).as("%x", point).isTrue();
      } else {
        String escape = String.format("\"\\u%04X\"", point);
        assertThat(Reading.accepts(ANY, escape)).as("%x", point).isFalse();
      }
    }
  }

  @Test
  void readsTheUtf8ThatJavasDecoderReads() {
    int[] likely = {0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0};
    int[] others = {0xe1, 0xec, 0xed, 0xee, 0xef, 0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xf8, 0xff};
    Random random = new Random(7);
    for (int i = 0; i < 200_000; i++) {
      byte[] bytes = new byte[1 + random.nextInt(4)];
      for (int j = 0; j < bytes.length; j++) {
        int[] from = j > 0 || random.nextBoolean() ? likely : others;
        bytes[j] = (byte) from[random.nextInt(from.length)];
      }
      if (random.nextInt(3) == 0) {
        bytes[0] = (byte) others[random.nextInt(others.length)];
      }
      assertThat(Reading.accepts(ANY, quoted(bytes)))
          .as("%s", HexFormat.of().formatHex(bytes))
          .isEqualTo(decodes(bytes));
    }
    // overlong, a surrogate, beyond the last code point, cut short
    assertThat(Reading.accepts(ANY, quoted((byte) 0xc0, (byte) 0xaf))).isFalse();
    assertThat(Reading.accepts(ANY, quoted((byte) 0xe0, (byte) 0x80, (byte) 0xaf))).isFalse();
    assertThat(Reading.accepts(ANY, quoted((byte) 0xed, (byte) 0xa0, (byte) 0x80))).isFalse();
    assertThat(Reading.accepts(ANY, quoted((byte) 0xf4, (byte) 0x90, (byte) 0x80, (byte) 0x80)))
        .isFalse();
    assertThat(Reading.accepts(ANY, quoted((byte) 0xe2, (byte) 0x82))).isFalse();
  }

  private static boolean decodes(byte[] bytes) {
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
      return true;
    } catch (CharacterCodingException e) {
      return false;
    }
  }

  @Test
  void readsTheEscapesOfJsonOnly() {
    for (int octet = 0; octet < 256; octet++) {
      boolean known = octet < 128 && "\"\\/bfnrt".indexOf(octet) >= 0;
      assertThat(Reading.accepts(ONE, quoted((byte) '\\', (byte) octet))).isEqualTo(known);
    }
    assertThat(Reading.accepts(ONE, "\"\\ud83d\\uDE00\"")).isTrue();
    for (String broken :
        new String[] {"\\ud83dx", "\\ud83d\\n", "\\ud83d\\u0041", "\\ude00\\ud83d", "\\u12g4"}) {
      assertThat(Reading.accepts(ANY, "\"" + broken + "\"")).as(broken).isFalse();
    }
  }

  @Test
  void countsCodePoints() {
    Constraint two =
        JsonSchema.parse("{\"type\":\"string\",\"minLength\":2,\"maxLength\":2}").constraint();
    assertThat(Reading.accepts(two, "\"\ud83d\ude00\\n\"")).isTrue();
    assertThat(Reading.accepts(two, "\"\ud83d\ude00\"")).isFalse();
    assertThat(Reading.accepts(two, "\"abc\"")).isFalse();
    assertThat(Reading.read(two, "\"ab".getBytes(StandardCharsets.UTF_8)).next('c')).isNull();
  }
}
