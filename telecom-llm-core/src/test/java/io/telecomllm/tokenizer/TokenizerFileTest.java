package io.telecomllm.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.telecomllm.InvalidDataException;
import io.telecomllm.TelecomLlmException;
import io.telecomllm.UnsupportedModelException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class TokenizerFileTest {
  @TempDir private Path folder;

  private static JsonObject tiny() {
    return VocabularyDefinition.of(Tiny.byteLevel("smollm")).complete();
  }

  private Path write(String content) throws IOException {
    return Files.writeString(folder.resolve("tokenizer.json"), content);
  }

  private void settings(String content) throws IOException {
    Files.writeString(folder.resolve("tokenizer_config.json"), content);
  }

  @Test
  void readsAFolderOrAFile() throws IOException {
    Path file = write(tiny().toString());
    settings(
        """
        {"bos_token": "<s>", "eos_token": {"content": "<|end|>"}, "pad_token": null,
         "add_bos_token": true,
         "chat_template": [{"name": "tools", "template": "T"}, {"name": "default", "template": "D"}]}
        """);
    try (Tokenizer fromFolder = Tokenizer.load(folder);
        Tokenizer fromFile = Tokenizer.load(file)) {
      assertThat(fromFolder.bos()).isEqualTo(fromFolder.id("<s>"));
      assertThat(fromFolder.eos()).isEqualTo(fromFolder.id("<|end|>"));
      assertThat(fromFolder.padding()).isEmpty();
      assertThat(fromFolder.addsBos()).isTrue();
      assertThat(fromFolder.chatTemplate()).contains("D");
      assertThat(fromFile.digest()).isEqualTo(fromFolder.digest());
      assertThat(fromFile.encode("option 12")).isEqualTo(fromFolder.encode("option 12"));
      Files.writeString(folder.resolve("chat_template.jinja"), "J");
    }
    try (Tokenizer again = Tokenizer.load(folder)) {
      assertThat(again.chatTemplate()).contains("J");
    }
  }

  @Test
  void tokensThatOnlyTheOlderFileOfSettingsNamesAreTaken() throws IOException {
    write(tiny().toString());
    settings("{\"bos_token\": \"<s>\", \"pad_token\": null}");
    Files.writeString(
        folder.resolve("special_tokens_map.json"),
        """
        {"bos_token": "<|end|>", "eos_token": {"content": "<|end|>", "lstrip": false},
         "pad_token": "<s>"}
        """);
    try (Tokenizer tokenizer = Tokenizer.load(folder)) {
      assertThat(tokenizer.eos()).isEqualTo(tokenizer.id("<|end|>"));
      assertThat(tokenizer.padding()).isEqualTo(tokenizer.id("<s>"));
      // the newer file wins
      assertThat(tokenizer.bos()).isEqualTo(tokenizer.id("<s>"));
    }
  }

  private static final String TEMPLATE =
      """
      {"type": "TemplateProcessing", "single": [%s {"Sequence": {"id": "A", "type_id": 0}}],
       "pair": [], "special_tokens": {"<s>": {"id": "<s>", "ids": [1], "tokens": ["<s>"]}}}
      """;
  private static final String BOS = "{\"SpecialToken\": {\"id\": \"<s>\", \"type_id\": 0}},";

  private boolean addsBos(String processor, String settings) throws IOException {
    JsonObject json = tiny();
    json.add("post_processor", com.google.gson.JsonParser.parseString(processor));
    write(json.toString());
    settings(settings);
    try (Tokenizer tokenizer = Tokenizer.load(folder)) {
      if (tokenizer.addsBos()) {
        assertThat(tokenizer.bos()).isEqualTo(tokenizer.id("<s>"));
      }
      return tokenizer.addsBos();
    }
  }

  /** As transformers 5 tokenizes a plain text with such a file, LLaMA-3's base models for one. */
  @Test
  void aTokenThatThePostProcessorPutsInFrontBeginsPlainText() throws IOException {
    String with = TEMPLATE.formatted(BOS);
    assertThat(addsBos(with, "{\"bos_token\": \"<s>\"}")).isTrue();
    assertThat(addsBos(with, "{}")).isTrue();
    String sequence = "{\"type\": \"Sequence\", \"processors\": [{\"type\": \"ByteLevel\"}, %s]}";
    assertThat(addsBos(sequence.formatted(with), "{}")).isTrue();
    // the settings' own word goes first
    assertThat(addsBos(with, "{\"bos_token\": \"<s>\", \"add_bos_token\": false}")).isFalse();
    assertThat(addsBos(TEMPLATE.formatted(""), "{\"bos_token\": \"<s>\"}")).isFalse();
    assertThat(addsBos("{\"type\": \"ByteLevel\"}", "{\"bos_token\": \"<s>\"}")).isFalse();
    assertThat(addsBos("[7]", "{\"bos_token\": \"<s>\"}")).isFalse();
    assertThat(addsBos("null", "{\"bos_token\": \"<s>\"}")).isFalse();
  }

  @Test
  void theDigestFollowsWhatDecidesTheIdsAndNothingElse() throws IOException {
    String first = digest(json -> {});
    String respelled =
        digest(
            json -> {
              JsonElement decoder = json.remove("decoder");
              json.add("padding", com.google.gson.JsonNull.INSTANCE);
              json.add("decoder", decoder);
            });
    assertThat(respelled).isEqualTo(first);
    assertThat(digest(json -> json.getAsJsonObject("model").getAsJsonArray("merges").remove(9)))
        .isNotEqualTo(first);
    assertThat(digest(json -> json.getAsJsonObject("model").addProperty("ignore_merges", true)))
        .isNotEqualTo(first);
    assertThat(digest(json -> json.getAsJsonArray("added_tokens").remove(3))).isNotEqualTo(first);
    assertThat(digest(json -> json.remove("pre_tokenizer"))).isNotEqualTo(first);
  }

  private String digest(Consumer<JsonObject> change) throws IOException {
    JsonObject json = tiny();
    change.accept(json);
    try (Tokenizer tokenizer = Tokenizer.load(write(json.toString()))) {
      return tokenizer.digest();
    }
  }

  @Test
  void tokensFlaggedAsOrdinaryThatSteerTheModelStayOutOfText() throws IOException {
    JsonObject json = tiny();
    for (JsonElement token : json.getAsJsonArray("added_tokens")) {
      token.getAsJsonObject().addProperty("special", false);
    }
    try (Tokenizer tokenizer = Tokenizer.load(write(json.toString()))) {
      assertThat(Tokenizers.controls(tokenizer)).containsExactlyElementsOf(Tiny.CONTROLS);
      String text = String.join("", Tiny.CONTROLS);
      assertThat(Tokenizers.countControls(tokenizer, tokenizer.encode(text))).isZero();
      assertThat(tokenizer.decode(tokenizer.encode(text))).isEqualTo(text);
    }
  }

  @Test
  void mergesThatLeadToAControlTokenAreLeftOutForText() throws IOException {
    JsonObject json = VocabularyDefinition.of(Tiny.sentencePiece()).complete();
    json.getAsJsonObject("model").getAsJsonArray("merges").add("</ s>");
    try (Tokenizer tokenizer = Tokenizer.load(write(json.toString()))) {
      int[] ids = tokenizer.encode("a</s>");
      assertThat(ids).endsWith(tokenizer.id("</").getAsInt(), tokenizer.id("s>").getAsInt());
      assertThat(tokenizer.decode(ids)).isEqualTo("a</s>");
    }
  }

  @Test
  void ordinaryAddedTokensAreStillMatchedInText() throws IOException {
    JsonObject json = tiny();
    int id = 1000;
    json.getAsJsonArray("added_tokens")
        .add(new AddedToken(id, "gNB", false, false, false, true, false).toJson());
    try (Tokenizer tokenizer = Tokenizer.load(write(json.toString()))) {
      assertThat(tokenizer.encode("a gNB")).contains(id);
      assertThat(tokenizer.isControl(id)).isFalse();
      assertThat(tokenizer.vocabularySize()).isEqualTo(id + 1);
    }
  }

  @Test
  void onlyTheBeginningOfATextGetsThePrefixOfTheSchemeFirst() throws IOException {
    JsonObject json = VocabularyDefinition.of(Tiny.sentencePiece()).complete();
    json.remove("normalizer");
    JsonObject metaspace = new JsonObject();
    metaspace.addProperty("type", "Metaspace");
    metaspace.addProperty("replacement", "\u2581");
    metaspace.addProperty("prepend_scheme", "first");
    metaspace.addProperty("split", false);
    json.add("pre_tokenizer", metaspace);
    try (Tokenizer tokenizer = Tokenizer.load(write(json.toString()))) {
      int word = tokenizer.id("option").getAsInt();
      int spaced = tokenizer.id("\u2581option").getAsInt();
      int bos = tokenizer.id("<s>").getAsInt();
      assertThat(tokenizer.encode("option")).containsExactly(spaced);
      assertThat(tokenizer.encode(List.of(Piece.control("<s>"), Piece.text("option")), false))
          .containsExactly(bos, word);
      assertThat(tokenizer.encode(List.of(Piece.text("option")), true)).containsExactly(word);
    }
  }

  static Stream<Arguments> damages() {
    return Stream.of(
        damage(json -> json.remove("model"), "model: expected an object, found nothing"),
        damage(json -> model(json).remove("vocab"), "model.vocab: expected an object"),
        damage(json -> model(json).add("vocab", new JsonObject()), "model.vocab is empty"),
        damage(json -> vocab(json).addProperty("zz", -1), "model.vocab['zz']: expected an id"),
        damage(json -> vocab(json).addProperty("zz", 1e20), "model.vocab['zz']: expected an id"),
        damage(json -> vocab(json).addProperty("zz", 1.5), "model.vocab['zz']: expected an id"),
        damage(json -> vocab(json).addProperty("zz", 20), "model.vocab: id 20 twice"),
        damage(
            json -> vocab(json).remove("opt"), "model.merges[1]: token 'opt' is not in the vocab"),
        damage(json -> model(json).remove("merges"), "model.merges: expected an array"),
        damage(
            json -> model(json).getAsJsonArray("merges").add(7), "model.merges[10]: expected two"),
        damage(
            json -> token(json).addProperty("id", 7),
            "added_tokens[0]: token '<s>' with id 7 contradicts its id 0"),
        damage(
            json -> token(json).addProperty("content", "other"),
            "added_tokens[0]: token 'other' with id 0 contradicts '<s>'"),
        damage(
            json -> json.getAsJsonArray("added_tokens").add(token(json)),
            "added_tokens[13]: token '<s>' twice"),
        damage(
            json -> token(json).addProperty("special", "yes"),
            "added_tokens[0].special: expected true or false, found \"yes\""),
        damage(
            json -> json.getAsJsonObject("decoder").addProperty("trim_offsets", "no"),
            "not a valid tokenizer"),
        damage(json -> json.addProperty("normalizer", "NFC"), "normalizer: expected an object"));
  }

  private static Arguments damage(Consumer<JsonObject> change, String message) {
    return Arguments.of(message, change);
  }

  private static JsonObject model(JsonObject json) {
    return json.getAsJsonObject("model");
  }

  private static JsonObject vocab(JsonObject json) {
    return model(json).getAsJsonObject("vocab");
  }

  private static JsonObject token(JsonObject json) {
    return json.getAsJsonArray("added_tokens").get(0).getAsJsonObject();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("damages")
  void refusesDamageAndNamesFileAndField(String message, Consumer<JsonObject> change)
      throws IOException {
    JsonObject json = tiny();
    change.accept(json);
    Path file = write(json.toString());
    assertThatThrownBy(() -> Tokenizer.load(folder))
        .isInstanceOf(InvalidDataException.class)
        .hasMessageContaining(file + ": ")
        .hasMessageContaining(message);
  }

  static Stream<Arguments> kinds() {
    return Stream.of(
        damage(
            json -> model(json).addProperty("type", "Unigram"),
            "model of type Unigram, supported are BPE and WordPiece"),
        damage(
            json -> json.getAsJsonObject("pre_tokenizer").addProperty("type", "Script"),
            "pre_tokenizer of type Script"),
        damage(
            json ->
                json.getAsJsonObject("pre_tokenizer")
                    .getAsJsonArray("pretokenizers")
                    .get(0)
                    .getAsJsonObject()
                    .addProperty("type", "Script"),
            "pre_tokenizer of type Script"),
        damage(
            json -> model(json).addProperty("end_of_word_suffix", "</w>"),
            "model.end_of_word_suffix '</w>', supported is none"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("kinds")
  void refusesKindsThatItCannotRunByName(String message, Consumer<JsonObject> change)
      throws IOException {
    JsonObject json = tiny();
    change.accept(json);
    Path file = write(json.toString());
    assertThatThrownBy(() -> Tokenizer.load(folder))
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessageContaining(file + ": " + message);
  }

  @Test
  void refusesTruncationAtEveryPlace() throws IOException {
    byte[] whole = tiny().toString().getBytes(StandardCharsets.UTF_8);
    Path file = folder.resolve("tokenizer.json");
    for (int i = 0; i < 64; i++) {
      Files.write(file, Arrays.copyOf(whole, (int) ((long) whole.length * i / 64)));
      assertThatThrownBy(() -> Tokenizer.load(folder))
          .isInstanceOf(InvalidDataException.class)
          .hasMessageContaining(file.toString());
    }
  }

  @Test
  void randomDamageEndsInATokenizerOrATypedError() throws IOException {
    byte[] whole = tiny().toString().getBytes(StandardCharsets.UTF_8);
    java.util.Random random = new java.util.Random(3407);
    Path file = folder.resolve("tokenizer.json");
    int refused = 0;
    for (int i = 0; i < 300; i++) {
      byte[] damaged = whole.clone();
      for (int flips = 1 + random.nextInt(3); flips > 0; flips--) {
        damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
      }
      Files.write(file, damaged);
      try (Tokenizer tokenizer = Tokenizer.load(file)) {
        tokenizer.encode("option 1");
      } catch (TelecomLlmException e) {
        assertThat(e).hasMessageContaining(file.toString());
        refused++;
      }
    }
    assertThat(refused).isPositive();
  }

  @ParameterizedTest
  @MethodSource("texts")
  void refusesWhatIsNoStrictJson(String text, String message) throws IOException {
    Path file = write(text);
    assertThatThrownBy(() -> Tokenizer.load(file))
        .isInstanceOf(InvalidDataException.class)
        .hasMessageContaining(file + ": " + message);
  }

  static Stream<Arguments> texts() {
    return Stream.of(
        Arguments.of("", "not JSON: the text ends too early"),
        Arguments.of("tokenizer", "not JSON: broken syntax at line 1 column "),
        Arguments.of("[]", "expected a JSON object"),
        Arguments.of("{} {}", "not JSON: broken syntax at line 1 column "),
        Arguments.of(
            "{\"model\": {}, \"model\": {}}",
            "not strict JSON: the key \"model\" appears twice at $.model"),
        Arguments.of("{'model': {}}", "not JSON: broken syntax"),
        Arguments.of("{\"a\": NaN}", "not JSON: broken syntax"),
        Arguments.of("{\"a\": " + "1".repeat(50) + "}", "not strict JSON: an integer of 50 digits"),
        Arguments.of(
            "{\"a\": " + "[".repeat(50) + "]".repeat(50) + "}",
            "not strict JSON: nested deeper than 32"));
  }

  @Test
  void refusesAFileThatIsTooLargeBeforeReadingIt() throws IOException {
    Path file = folder.resolve("tokenizer.json");
    long bytes = (64L << 20) + 1;
    try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
      sparse.setLength(bytes);
    }
    assertThatThrownBy(() -> Tokenizer.load(folder))
        .isInstanceOf(InvalidDataException.class)
        .hasMessage(file + ": " + bytes + " bytes of JSON, at most " + (64L << 20) + " are read");
  }

  @Test
  void refusesBytesThatAreNoText() throws IOException {
    Path file = Files.write(folder.resolve("tokenizer.json"), new byte[] {'{', (byte) 0xC0, '}'});
    assertThatThrownBy(() -> Tokenizer.load(folder))
        .isInstanceOf(InvalidDataException.class)
        .hasMessage(file + ": not JSON: the bytes are not UTF-8");
  }

  @Test
  void namesTheFileThatIsMissingOrTheSettingsThatAreDamaged() throws IOException {
    assertThatThrownBy(() -> Tokenizer.load(folder))
        .isInstanceOf(InvalidDataException.class)
        .hasMessage(
            folder.resolve("tokenizer.json")
                + ": no such file; a tokenizer.json is expected here. transformers makes one of older"
                + " files: AutoTokenizer.from_pretrained(folder).save_pretrained(folder)");
    write(tiny().toString());
    settings("{");
    assertThatThrownBy(() -> Tokenizer.load(folder))
        .isInstanceOf(InvalidDataException.class)
        .hasMessageContaining(
            folder.resolve("tokenizer_config.json") + ": not JSON: the text ends too early");
  }
}
