package io.telecomllm.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.telecomllm.UnsupportedModelException;
import io.telecomllm.testing.Shared;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Token by token, the bytes are those of the text that the native library decodes. */
@Tag("shared")
class TokenTextTest {
  private static final List<String> TEXTS =
      List.of(
          "What is the AMF?",
          "The UE sends a REGISTRATION REQUEST (5GMM) at 3.5 GHz;\n\tsee clause 5.5.1.2.",
          "Grüße, 你好, привет, \uD83D\uDCF6 and \u00A0 an odd space",
          "  two spaces at the beginning, and at the end  ",
          "<0x41> \u0120 [INST] {\"a\": [1, 2.5e-3]}");

  @ParameterizedTest
  @ValueSource(strings = {"phi3-tokenizer", "gguf"})
  void bytesOfTheTokensAreTheText(String name) {
    try (Tokenizer tokenizer =
        Tokenizer.load(name.equals("gguf") ? Shared.gguf() : Shared.path("data/phi3-tokenizer"))) {
      TokenText text = tokenizer.text();
      for (String content : TEXTS) {
        int[] ids = tokenizer.encode(content);
        assertThat(written(text, ids)).isEqualTo(tokenizer.decode(ids));
      }
      for (String control : tokenizer.controlTokens()) {
        assertThat(text.bytes(tokenizer.controlId(control))).as(control).isEmpty();
      }
      assertThat(text.bytes(tokenizer.vocabularySize())).isEmpty();
    }
  }

  /** Every single token that is text by itself, and what it is inside a text. */
  @ParameterizedTest
  @ValueSource(strings = {"phi3-tokenizer", "gguf"})
  void eachTokenAfterAnother(String name) {
    try (Tokenizer tokenizer =
        Tokenizer.load(name.equals("gguf") ? Shared.gguf() : Shared.path("data/phi3-tokenizer"))) {
      TokenText text = tokenizer.text();
      int first = tokenizer.encode("x")[0];
      String before = tokenizer.decode(new int[] {first});
      int checked = 0;
      for (int id = 0; id < tokenizer.vocabularySize(); id++) {
        String both = tokenizer.decode(new int[] {first, id});
        if (!tokenizer.isControl(id) && !both.contains("\uFFFD")) {
          assertThat(new String(text.bytes(id), StandardCharsets.UTF_8))
              .as("token %s", id)
              .isEqualTo(both.substring(before.length()));
          checked++;
        }
      }
      assertThat(checked).isGreaterThan(tokenizer.vocabularySize() / 2);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"type\":\"WordPiece\",\"prefix\":\"##\"}", "null"})
  void wordsCannotBeWrittenTokenByToken(String decoder) {
    Optional<TokenText.Kind> kind =
        TokenText.Kind.of(com.google.gson.JsonParser.parseString(decoder));
    try (Tokenizer tokenizer = Tokenizer.load(Shared.gguf())) {
      assertThatThrownBy(() -> TokenText.of(tokenizer, kind, "bert"))
          .isInstanceOf(UnsupportedModelException.class)
          .hasMessage(
              "bert: its decoder joins whole words, so text cannot be written token by token;"
                  + " supported are byte-level and SentencePiece tokenizers");
    }
  }

  private static String written(TokenText text, int... ids) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int id : ids) {
      bytes.writeBytes(text.bytes(id));
    }
    String all = bytes.toString(StandardCharsets.UTF_8);
    return text.dropsFirstSpace() && all.startsWith(" ") ? all.substring(1) : all;
  }
}
