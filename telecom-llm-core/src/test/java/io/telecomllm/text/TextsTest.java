package io.telecomllm.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TextsTest {
  @Test
  void findsWhatHasNoUtf8() {
    Random random = new Random(7);
    char[] alphabet = {'a', '\u00e9', '\ud800', '\udbff', '\udc00', '\udfff'};
    for (int i = 0; i < 10_000; i++) {
      StringBuilder text = new StringBuilder();
      for (int n = random.nextInt(8); n > 0; n--) {
        text.append(alphabet[random.nextInt(alphabet.length)]);
      }
      boolean encodes = StandardCharsets.UTF_8.newEncoder().canEncode(text);
      assertThat(Texts.isWellFormed(text.toString())).isEqualTo(encodes);
      String repaired = Texts.wellFormed(text.toString());
      assertThat(StandardCharsets.UTF_8.newEncoder().canEncode(repaired)).isTrue();
      assertThat(repaired).hasSize(text.length());
      assertThat(repaired.equals(text.toString())).isEqualTo(encodes);
    }
    assertThat(Texts.unpairedSurrogate("ab\ud800c")).isEqualTo(2);
    assertThat(Texts.unpairedSurrogate("\ud83d\ude00")).isEqualTo(-1);
    assertThat(Texts.wellFormed("\udc00a\ud800")).isEqualTo("\ufffda\ufffd");
  }

  @Test
  void foldsCaseSpaceAndComposition() {
    assertThat(Texts.folded("  A\u00a0b\t\nE\u0301 ")).isEqualTo("a b \u00e9");
    assertThat(Texts.squeezed(" A b ")).isEqualTo("ab");
    assertThat(Texts.wordCount(" two  words ")).isEqualTo(2);
    assertThat(Texts.words("The UE, the gNB.")).containsExactly("gnb", "the", "ue");
    assertThat(Texts.hasControls("a\u0007")).isTrue();
    assertThat(Texts.hasControls("a\f")).isFalse();
  }
}
