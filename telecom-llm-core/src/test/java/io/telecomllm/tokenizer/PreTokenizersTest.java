package io.telecomllm.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.telecomllm.weights.Encoding;
import io.telecomllm.weights.GgufWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Where the pre-tokenizers of GGUF files cut. The expected cuts follow from llama.cpp's rules. */
class PreTokenizersTest {
  private static final String CONTRACTIONS = "DON'T don't we'LL";
  private static final String CAPITALS = "HTTPServer iPhone";
  private static final String DIGITS = "x2026 12345.5";
  private static final String LINES = "a  b\n\n  c \n";
  private static final String ACCENTS = "caf\u00e9 \u00c9cole na\u00efvet\u00e9";
  private static final String SIGNS = "f(\n/x)";
  private static final String QUOTED = "a `b` $5 <x>";

  /**
   * A text, its pieces with | between them and ^ for a line end, and the pre-tokenizers that cut it
   * so; an empty name is a file without one.
   */
  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      ignoreLeadingAndTrailingWhitespace = false,
      quoteCharacter = '"',
      value = {
        "contractions;DON|'|T| don|'|t| we|'|LL;,default",
        "contractions;DON|'T| don|'t| we|'LL;llama-v3,dbrx,deepseek-r1-qwen,tekken",
        "contractions;DON'T| don't| we'LL;gpt-4o",
        "capitals;HTTPServer| iPhone;,default,llama-v3,dbrx,deepseek-r1-qwen",
        "capitals;HTTPServer| i|Phone;gpt-4o,tekken",
        "digits;x|202|6| |123|45|.|5;,default,llama-v3,dbrx,gpt-4o",
        "digits;x|2|0|2|6| |1|2|3|4|5|.|5;deepseek-r1-qwen,tekken",
        "lines;a| | b|^^ | c| ^;,default",
        "lines;a| | b|^^| | c| ^;llama-v3,dbrx,deepseek-r1-qwen,gpt-4o,tekken",
        "accents;caf\u00e9| \u00c9cole| na\u00efvet\u00e9;"
            + ",default,llama-v3,dbrx,deepseek-r1-qwen,gpt-4o,tekken",
        "signs;f|(|^|/|x|);,default",
        "signs;f|(^|/x|);llama-v3,dbrx,deepseek-r1-qwen",
        "signs;f|(^/|x|);gpt-4o,tekken",
        "quoted;a| `|b|`| |$|5| |<|x|>;,default",
        "quoted;a| `|b|`| $|5| <|x|>;llama-v3,dbrx,deepseek-r1-qwen,gpt-4o,tekken",
      })
  void cutsAsLlamaCppDoes(String name, String cuts, String preTokenizers) throws IOException {
    for (String pre : preTokenizers.split(",", -1)) {
      Vocabulary vocabulary = Tiny.wholePieces(pre, text(name));
      try (Tokenizer tokenizer = Tokenizer.of(vocabulary)) {
        assertThat(cut(tokenizer, text(name))).as(pre).isEqualTo(cuts.replace("^", "\n"));
        leaveForLlamaCpp(name, pre, vocabulary, tokenizer.encode(text(name)));
      }
    }
  }

  private static String text(String name) {
    return switch (name) {
      case "contractions" -> CONTRACTIONS;
      case "capitals" -> CAPITALS;
      case "digits" -> DIGITS;
      case "lines" -> LINES;
      case "accents" -> ACCENTS;
      case "signs" -> SIGNS;
      case "quoted" -> QUOTED;
      default -> throw new IllegalArgumentException(name);
    };
  }

  private static String cut(Tokenizer tokenizer, String text) {
    return Arrays.stream(tokenizer.encode(text))
        .mapToObj(id -> tokenizer.decode(new int[] {id}))
        .collect(Collectors.joining("|"));
  }

  /** llama.cpp cuts after the first capital letter outside ASCII, and before a combining mark. */
  @ParameterizedTest
  @ValueSource(strings = {"gpt-4o", "tekken"})
  void lettersOutsideAsciiHaveTheirCaseAsInTheCheckpoint(String pre) {
    for (String word : List.of("\u00c9T\u00c9S", "M\u00dcNCHEN", "e\u0301te\u0301")) {
      try (Tokenizer tokenizer = Tokenizer.of(Tiny.wholePieces(pre, word))) {
        assertThat(cut(tokenizer, word)).isEqualTo(word);
      }
    }
  }

  @Test
  void onlyTheQwen2CheckpointsCompose() {
    assertThat(PreTokenizers.composes("qwen2")).isTrue();
    assertThat(PreTokenizers.composes("deepseek-r1-qwen")).isFalse();
  }

  /** Whole pieces are tokens whatever the merges say, or merges decide. */
  @ParameterizedTest
  @CsvSource({
    "llama-v3, radio",
    "tekken, radio",
    "llama-bpe, radio",
    "dbrx, r|a|d|i|o",
    "gpt-4o, r|a|d|i|o",
    "deepseek-r1-qwen, r|a|d|i|o",
    "default, r|a|d|i|o"
  })
  void mergesAreIgnoredWhereTheCheckpointDoes(String pre, String tokens) {
    List<String> letters = List.of("<s>", "</s>", "r", "a", "d", "i", "o", "radio");
    Vocabulary vocabulary = Tiny.vocabulary("gpt2", pre, letters, List.of(), new float[0]);
    try (Tokenizer tokenizer = Tokenizer.of(vocabulary)) {
      assertThat(cut(tokenizer, "radio")).isEqualTo(tokens);
    }
  }

  /** The tokens that llama.cpp has for files of the four names. */
  @ParameterizedTest
  @ValueSource(strings = {"", "default", "deepseek-r1-qwen", "gpt-4o", "qwen2"})
  void aFileWithoutMergesOfDigitsIsReadAlike(String pre) {
    List<String> tokens =
        List.of(
            "<s>", "</s>", "r", "a", "d", "i", "o", "ra", "di", "radi", "\u0120", "\u0120r", "1",
            "2", "3", "4", "5", "6", "7", "\u01201");
    List<String> merges = List.of("r a", "d i", "ra di", "\u0120 r", "\u0120 1");
    Vocabulary vocabulary = Tiny.vocabulary("gpt2", pre, tokens, merges, new float[0]);
    try (Tokenizer tokenizer = Tokenizer.of(vocabulary)) {
      assertThat(tokenizer.encode("radio 123 4567"))
          .containsExactly(9, 6, 10, 12, 13, 14, 10, 15, 16, 17, 18);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"default", "deepseek-r1-qwen", "dbrx", "gpt-4o", "tekken", "llama-bpe", "qwen2"})
  void isFoundAgainByItsTokenizerJson(String pre) {
    JsonObject root = VocabularyDefinition.of(Tiny.byteLevel(pre)).complete();
    assertThat(
            PreTokenizers.nameOf(
                root.get("normalizer"),
                root.get("pre_tokenizer"),
                root.getAsJsonObject("model").get("ignore_merges").getAsBoolean()))
        .isEqualTo(Optional.of(pre));
  }

  @Test
  void emptyTokensAreLeftOut() {
    List<String> tokens = List.of("<s>", "", "a", "b", "", "ab", "");
    Vocabulary bytes = Tiny.vocabulary("gpt2", "gpt-2", tokens, List.of("a b"), new float[0]);
    try (Tokenizer tokenizer = Tokenizer.of(bytes)) {
      assertThat(tokenizer.encode("abba")).containsExactly(5, 3, 2);
      assertThat(tokenizer.decode(new int[] {5, 4, 2, 6})).isEqualTo("aba");
      assertThat(tokenizer.token(4)).isEmpty();
      assertThat(tokenizer.id("")).isEmpty();
      assertThat(tokenizer.vocabularySize()).isEqualTo(6);
    }
    assertThat(bytes.metadata(7)).containsEntry("tokenizer.ggml.tokens", tokens);
    float[] scores = {0, 0, -1, -2, 0, -1, 0};
    Vocabulary pieces = Tiny.vocabulary("llama", "", tokens, List.of(), scores);
    try (Tokenizer tokenizer = Tokenizer.of(pieces)) {
      assertThat(tokenizer.encode("ab")).endsWith(5);
    }
  }

  /** For tools/check_gguf.py, which lets llama.cpp tokenize the same text. */
  private static void leaveForLlamaCpp(String name, String pre, Vocabulary vocabulary, int[] ids)
      throws IOException {
    Path target = Files.createDirectories(Path.of("target", "gguf"));
    Map<String, Object> metadata = new LinkedHashMap<>();
    metadata.put("general.architecture", "llama");
    metadata.putAll(vocabulary.metadata(vocabulary.tokens().size()));
    if (pre.isEmpty()) {
      metadata.remove("tokenizer.ggml.pre");
    }
    String file = "pre-" + (pre.isEmpty() ? "absent" : pre) + "-" + name;
    GgufWriter.Tensor embedding =
        GgufWriter.Tensor.ofFloats(Encoding.F32, List.of(1L, 1L), (from, into) -> into.put(0f));
    GgufWriter.write(
        target.resolve(file + ".gguf"), metadata, Map.of("token_embd.weight", embedding));
    JsonArray expectedIds = new JsonArray();
    Arrays.stream(ids).forEach(expectedIds::add);
    JsonObject expected = new JsonObject();
    expected.addProperty("text", text(name));
    expected.add("ids", expectedIds);
    Files.writeString(target.resolve(file + ".expected.json"), expected.toString());
  }
}
