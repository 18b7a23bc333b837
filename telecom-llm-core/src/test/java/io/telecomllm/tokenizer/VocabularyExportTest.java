package io.telecomllm.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.telecomllm.UnsupportedModelException;
import io.telecomllm.json.JsonView;
import io.telecomllm.testing.Shared;
import io.telecomllm.weights.Encoding;
import io.telecomllm.weights.GgufFile;
import io.telecomllm.weights.GgufWriter;
import io.telecomllm.weights.SafetensorsWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Vocabularies on their way into GGUF files and out again. */
class VocabularyExportTest {
  private static final String TEXT =
      "A 5G NR gNB (TS 38.300) uses 2\u00d720 MHz;  l\u00f6s\u00e9 \u4e2d\ud83d\udce1 \n"
          + "\toption 12345";

  @TempDir private Path folder;

  /** Writes it and reads it again. */
  private Vocabulary throughAFile(Vocabulary vocabulary, int rows) {
    Map<String, Object> metadata = new LinkedHashMap<>();
    metadata.put("general.architecture", "llama");
    metadata.putAll(vocabulary.metadata(rows));
    Path path = folder.resolve("vocabulary.gguf");
    GgufWriter.write(
        path,
        metadata,
        Map.of(
            "token_embd.weight",
            GgufWriter.Tensor.ofFloats(
                Encoding.F32, List.of(1L, 1L), (from, into) -> into.put(0f))));
    return Vocabulary.load(path);
  }

  private static void assertEqual(Vocabulary found, Vocabulary expected) {
    assertThat(found).usingRecursiveComparison().isEqualTo(expected);
  }

  private Vocabulary ofJson(JsonObject json, String settings) throws IOException {
    Files.writeString(folder.resolve("tokenizer.json"), json.toString());
    Files.writeString(folder.resolve("tokenizer_config.json"), settings);
    return Vocabulary.load(folder);
  }

  @Tag("shared")
  @Test
  void aGgufVocabularyComesBackAsItWas() throws IOException {
    try (Stream<Path> files = Files.list(Shared.path("data"))) {
      List<Path> models = files.filter(file -> file.toString().endsWith(".gguf")).toList();
      assertThat(models).isNotEmpty();
      for (Path model : models) {
        Vocabulary vocabulary = Vocabulary.load(model);
        assertEqual(throughAFile(vocabulary, vocabulary.tokens().size()), vocabulary);
        try (GgufFile one = GgufFile.open(model);
            GgufFile two = GgufFile.open(folder.resolve("vocabulary.gguf"))) {
          JsonView fields = two.fields();
          for (String name : one.fields().names()) {
            if (name.startsWith("tokenizer.")) {
              assertThat(fields.value(name)).as(name).isEqualTo(one.fields().value(name));
            }
          }
        }
        try (Tokenizer tokenizer = Tokenizer.of(vocabulary)) {
          leaveForLlamaCpp(vocabulary.pre() + "-vocabulary", tokenizer);
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"gpt-2", "smollm", "falcon", "llama-bpe", "qwen2"})
  void aByteLevelTokenizerJsonBecomesItsVocabulary(String pre) throws IOException {
    Vocabulary tiny = Tiny.byteLevel(pre);
    Vocabulary found =
        ofJson(
            VocabularyDefinition.of(tiny).complete(),
            "{\"bos_token\": \"<s>\", \"eos_token\": \"</s>\"}");
    assertEqual(found, tiny);
    assertThat(found.metadata(found.tokens().size()))
        .containsEntry("tokenizer.ggml.pre", pre)
        .containsEntry("tokenizer.ggml.merges", tiny.merges())
        .containsEntry("tokenizer.ggml.add_bos_token", false)
        .doesNotContainKey("tokenizer.ggml.scores");
  }

  @Test
  void aSentencePieceTokenizerJsonKeepsItsIds() throws IOException {
    JsonObject json = VocabularyDefinition.of(Tiny.sentencePiece()).complete();
    Vocabulary found =
        ofJson(json, "{\"bos_token\": \"<s>\", \"add_bos_token\": true, \"chat_template\": \"T\"}");
    assertThat(found.model()).isEqualTo("llama");
    assertThat(found.tokens()).isEqualTo(Tiny.sentencePiece().tokens());
    assertThat(found.spacePrefix()).isTrue();
    assertThat(found.addsBos()).isTrue();
    assertThat(found.types()[found.tokens().indexOf("<0x0A>")]).isEqualTo(Vocabulary.BYTE);
    assertThat(found.types()[found.tokens().indexOf("</s>")]).isEqualTo(Vocabulary.CONTROL);
    assertThat(found.types()[found.tokens().indexOf("option")]).isEqualTo(Vocabulary.NORMAL);
    Vocabulary back = throughAFile(found, found.tokens().size() + 3);
    assertThat(back.tokens())
        .endsWith(
            "[PAD" + found.tokens().size() + "]",
            "[PAD" + (found.tokens().size() + 1) + "]",
            "[PAD" + (found.tokens().size() + 2) + "]");
    assertThat(back.types()).endsWith(5, 5, 5);
    assertThat(back.chatTemplate()).isEqualTo("T");
    try (Tokenizer one = Tokenizer.load(folder);
        Tokenizer two = Tokenizer.of(back)) {
      for (String text : List.of("option", " option opt ion", "io\u00e9 option", "</s>a")) {
        assertThat(two.encode(text)).as(text).isEqualTo(one.encode(text));
      }
    }
  }

  @Tag("shared")
  @Test
  void phi3sTokenizerKeepsItsIds() throws IOException {
    Path phi3 = Shared.path("data/phi3-tokenizer");
    Vocabulary vocabulary = Vocabulary.load(phi3);
    try (Tokenizer one = Tokenizer.load(phi3);
        Tokenizer two = Tokenizer.of(throughAFile(vocabulary, 32_064))) {
      assertThat(two.bos()).isEqualTo(one.bos());
      assertThat(two.eos()).isEqualTo(one.eos());
      assertThat(two.padding()).isEqualTo(one.padding());
      assertThat(two.chatTemplate()).isEqualTo(one.chatTemplate());
      assertThat(two.addsBos()).isEqualTo(one.addsBos());
      assertThat(two.encode(TEXT)).isEqualTo(one.encode(TEXT));
      assertThat(two.decode(one.encode(TEXT))).isEqualTo(TEXT);
      for (int id = 0; id < one.vocabularySize(); id++) {
        assertThat(two.token(id)).isEqualTo(one.token(id));
        assertThat(two.isControl(id)).as("%s", one.token(id)).isEqualTo(one.isControl(id));
      }
      leaveForLlamaCpp("phi3-vocabulary", one);
    }
  }

  /** For tools/check_gguf.py, which lets llama.cpp tokenize the same text. */
  private void leaveForLlamaCpp(String name, Tokenizer tokenizer) throws IOException {
    Path target = Files.createDirectories(Path.of("target", "gguf"));
    Files.copy(
        folder.resolve("vocabulary.gguf"),
        target.resolve(name + ".gguf"),
        StandardCopyOption.REPLACE_EXISTING);
    JsonObject expected = new JsonObject();
    expected.addProperty("text", TEXT);
    expected.add("ids", JsonParser.parseString(Arrays.toString(tokenizer.encode(TEXT))));
    Files.writeString(target.resolve(name + ".expected.json"), expected.toString());
  }

  @Test
  void refusesWhatGgufHasNoFieldFor() throws IOException {
    refuses(
        Tiny.byteLevel("smollm"),
        json -> json.getAsJsonObject("model").addProperty("ignore_merges", true),
        "the pre-tokenizer {");
    refuses(
        Tiny.byteLevel("smollm"),
        json -> json.add("normalizer", JsonParser.parseString("{\"type\":\"Lowercase\"}")),
        "the pre-tokenizer {");
    refuses(
        Tiny.sentencePiece(),
        json -> json.add("normalizer", JsonParser.parseString("{\"type\":\"NFC\"}")),
        "neither bytes nor \u2581 in place of spaces");
    refuses(
        Tiny.sentencePiece(),
        json -> json.getAsJsonObject("model").getAsJsonArray("merges").remove(2),
        "no scores of tokens imply its merges: number ");
  }

  private void refuses(Vocabulary vocabulary, Consumer<JsonObject> change, String message)
      throws IOException {
    JsonObject json = VocabularyDefinition.of(vocabulary).complete();
    change.accept(json);
    assertThatThrownBy(() -> ofJson(json, "{}"))
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessageContaining("tokenizer.json: cannot be written as a GGUF vocabulary: " + message);
  }

  @Test
  void findsTheVocabularyOfAModelsFiles() throws IOException {
    Vocabulary tiny = Tiny.byteLevel("smollm");
    assertEqual(throughAFile(tiny, tiny.tokens().size()), tiny);
    Path gguf = folder.resolve("vocabulary.gguf");
    assertEqual(ModelTokenizer.vocabulary(gguf), tiny);
    assertEqual(ModelTokenizer.vocabulary(folder), tiny);
    Files.delete(gguf);
    Path weights = folder.resolve("model.safetensors");
    SafetensorsWriter.write(weights, Map.of(), Map.of());
    Vocabulary qwen2 = Tiny.byteLevel("qwen2");
    ofJson(
        VocabularyDefinition.of(qwen2).complete(),
        "{\"bos_token\": \"<s>\", \"eos_token\": \"</s>\"}");
    assertEqual(ModelTokenizer.vocabulary(folder), qwen2);
    assertEqual(ModelTokenizer.vocabulary(weights), qwen2);
  }

  @Test
  void refusesAnEmbeddingWithTooFewRows() {
    Vocabulary tiny = Tiny.sentencePiece();
    int tokens = tiny.tokens().size();
    assertThatThrownBy(() -> tiny.metadata(tokens - 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage((tokens - 1) + " rows, must be at least the " + tokens + " tokens");
  }
}
