package io.telecomllm.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonParser;
import io.telecomllm.testing.Shared;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
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

  /** Any tokens in any order, those of single bytes that are no text among them. */
  @ParameterizedTest
  @ValueSource(strings = {"phi3-tokenizer", "gguf"})
  void decodesAsTheNativeLibrary(String name) {
    Path path = name.equals("gguf") ? Shared.gguf() : Shared.path("data/phi3-tokenizer");
    TokenizerDefinition definition =
        name.equals("gguf")
            ? VocabularyDefinition.of(ModelTokenizer.vocabulary(path))
            : TokenizerFile.read(path);
    Random random = new Random(3);
    try (Tokenizer tokenizer = Tokenizer.load(path);
        NativeTokenizer whole = NativeTokenizer.create(definition.complete(), "test")) {
      for (int i = 0; i < 2000; i++) {
        int[] ids = new int[random.nextInt(8)];
        for (int j = 0; j < ids.length; j++) {
          // the first few hundred tokens are control tokens and single bytes
          ids[j] = random.nextInt(random.nextBoolean() ? 300 : tokenizer.vocabularySize());
        }
        long[] known =
            Arrays.stream(ids)
                .filter(id -> tokenizer.token(id).isPresent())
                .asLongStream()
                .toArray();
        assertThat(marked(tokenizer.decode(ids, false)))
            .as(Arrays.toString(ids))
            .isEqualTo(marked(whole.decode(known)));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"type\":\"WordPiece\",\"prefix\":\"##\"}", "null"})
  void wordsAreNotWrittenTokenByToken(String decoder) {
    try (Tokenizer tokenizer = Tokenizer.load(Shared.gguf())) {
      assertThat(TokenText.of(tokenizer, JsonParser.parseString(decoder))).isEmpty();
    }
  }

  /** Java and Rust write the same number of U+FFFD for most bytes that are no text, not for all. */
  private static String marked(String text) {
    return text.replaceAll("\uFFFD+", "\uFFFD");
  }

  private static String written(TokenText text, int... ids) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int i = 0; i < ids.length; i++) {
      bytes.writeBytes(text.bytes(ids[i], i == 0));
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
