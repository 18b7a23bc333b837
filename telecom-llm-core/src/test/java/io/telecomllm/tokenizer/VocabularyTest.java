package io.telecomllm.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.telecomllm.InvalidDataException;
import io.telecomllm.UnsupportedModelException;
import io.telecomllm.prompt.ChatTemplate;
import io.telecomllm.prompt.Message;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VocabularyTest {
  /** The Phi-3 tokenizer as a GGUF file would hold it: scores that fall with the ids, no merges. */
  private static Vocabulary phi3() {
    JsonObject json = Tokenizers.json(Tokenizers.phi3Folder().resolve("tokenizer.json"));
    List<String> tokens = new ArrayList<>();
    JsonObject vocab = json.getAsJsonObject("model").getAsJsonObject("vocab");
    vocab.keySet().forEach(token -> tokens.add(""));
    vocab.asMap().forEach((token, id) -> tokens.set(id.getAsInt(), token));
    for (JsonElement added : json.getAsJsonArray("added_tokens")) {
      if (added.getAsJsonObject().get("id").getAsInt() == tokens.size()) {
        tokens.add(added.getAsJsonObject().get("content").getAsString());
      }
    }
    float[] scores = new float[tokens.size()];
    int[] types = new int[tokens.size()];
    Arrays.fill(types, 1);
    for (int id = 0; id < scores.length; id++) {
      // as LLaMA's own file scores its runs of spaces
      scores[id] = tokens.get(id).matches("\u2581{2,}") ? -1e9f : -id;
      types[id] = id == 0 ? 2 : id < 3 || id >= vocab.size() ? 3 : 1;
    }
    return new Vocabulary(
        "llama",
        "default",
        tokens,
        List.of(),
        scores,
        types,
        OptionalInt.of(1),
        OptionalInt.of(tokens.indexOf("<|endoftext|>")),
        OptionalInt.of(0),
        OptionalInt.empty(),
        false,
        true,
        "");
  }

  @Tag("shared")
  @Test
  void scoresGiveTheMergesOfThePublishedTokenizer() {
    JsonObject json = Tokenizers.json(Tokenizers.phi3Folder().resolve("tokenizer.json"));
    TokenizerDefinition definition = VocabularyDefinition.of(phi3());
    // as strings: a merge is written "a b" or ["a", "b"]
    assertThat(pairs(definition.root())).isEqualTo(pairs(json));
  }

  private static List<String> pairs(JsonObject root) {
    List<String> pairs = new ArrayList<>();
    for (JsonElement merge : root.getAsJsonObject("model").getAsJsonArray("merges")) {
      pairs.add(String.join(" ", TokenizerChecks.merge(merge, pairs.size(), "")));
    }
    return pairs;
  }

  @Tag("shared")
  @Test
  void sentencePieceVocabularyEncodesAsTheTokenizerJson() {
    try (Tokenizer gguf = Tokenizer.of(phi3())) {
      Tokenizer file = Tokenizers.phi3();
      for (String text :
          List.of(
              "", "  leading", "Ω ≥ 3 dB — “x” 😀\n\n\t漢字", "option 2: To deregister the AMF")) {
        assertThat(gguf.encode(text)).isEqualTo(file.encode(text));
        assertThat(gguf.decode(file.encode(text))).isEqualTo(text);
      }
      List<Message> messages = List.of(Message.system("\n a"), Message.user("b <|end|> c"));
      assertThat(ChatTemplate.PHI_3.encode(gguf, messages, false))
          .isEqualTo(ChatTemplate.PHI_3.encode(file, messages, false));
      assertThat(gguf.vocabularySize()).isEqualTo(file.vocabularySize());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "gpt2, a 1234  !, a|Ġ|123|4|Ġ|Ġ|!",
    "smollm, a 1234  !, a|Ġ|1|2|3|4|Ġ|Ġ|!",
    "llama-bpe, a 1234  !, a|Ġ|123|4|Ġ|Ġ|!",
    "qwen2, a 1234  !, a|Ġ|1|2|3|4|Ġ|Ġ|!",
    "falcon, a 1234  !, a|Ġ|123|4|ĠĠ|!",
  })
  void cutsTextAsThePreTokenizerSays(String pre, String text, String tokens) {
    try (Tokenizer tokenizer = Tokenizer.of(Tiny.byteLevel(pre))) {
      assertThat(spelled(tokenizer, text)).isEqualTo(tokens);
      String hard = "it's  \n\n x²é 漢字 <|end|> " + text;
      assertThat(tokenizer.decode(tokenizer.encode(hard))).isEqualTo(hard);
    }
  }

  @Test
  void qwen2ComposesAndOthersDoNot() {
    String decomposed = "e\u0301";
    try (Tokenizer qwen2 = Tokenizer.of(Tiny.byteLevel("qwen2"));
        Tokenizer llama3 = Tokenizer.of(Tiny.byteLevel("llama-bpe"))) {
      assertThat(qwen2.decode(qwen2.encode(decomposed))).isEqualTo("\u00e9");
      assertThat(llama3.decode(llama3.encode(decomposed))).isEqualTo(decomposed);
    }
  }

  private static String spelled(Tokenizer tokenizer, String text) {
    return String.join(
        "|",
        Arrays.stream(tokenizer.encode(text)).mapToObj(id -> tokenizer.token(id).get()).toList());
  }

  @Test
  void refusesAnUnknownPreTokenizerByName() {
    assertThatThrownBy(() -> Tokenizer.of(Tiny.byteLevel("bloom")))
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessageContaining("tokenizer.ggml.pre 'bloom'")
        .hasMessageContaining("smollm");
  }

  @Test
  void refusesAnUnknownModelByName() {
    Vocabulary unigram = Tiny.vocabulary("t5", "", List.of("a", "b"), List.of(), new float[0]);
    assertThatThrownBy(() -> Tokenizer.of(unigram))
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessageContaining("tokenizer.ggml.model 't5', supported are gpt2 and llama");
  }

  @Test
  void refusesWhatContradictsItself() {
    assertThatThrownBy(
            () ->
                Tokenizer.of(
                    Tiny.vocabulary("llama", "", List.of("a", "b"), List.of(), new float[0])))
        .isInstanceOf(InvalidDataException.class)
        .hasMessageContaining("tokenizer.ggml.scores: found none");
    assertThatThrownBy(
            () -> Tiny.vocabulary("llama", "", List.of("a", "b"), List.of(), new float[1]))
        .isInstanceOf(InvalidDataException.class)
        .hasMessageContaining("tokenizer.ggml.scores: expected one for each of 2 tokens, found 1");
    assertThatThrownBy(() -> Tiny.vocabulary("gpt2", "", List.of("a"), List.of(), new float[0]))
        .isInstanceOf(InvalidDataException.class)
        .hasMessageContaining("tokenizer.ggml.eos_token_id: expected 0 to 0, found 1");
    assertThatThrownBy(
            () ->
                Tokenizer.of(
                    Tiny.vocabulary(
                        "gpt2", "gpt2", List.of("a", "b", "a"), List.of(), new float[0])))
        .isInstanceOf(InvalidDataException.class)
        .hasMessageContaining("token 'a' with id 2 is token 0 again");
    assertThatThrownBy(
            () ->
                Tokenizer.of(
                    Tiny.vocabulary(
                        "gpt2", "gpt2", List.of("a", "b"), List.of("a b"), new float[0])))
        .isInstanceOf(InvalidDataException.class)
        .hasMessageContaining("model.merges[0]: token 'ab' is not in the vocab");
    assertThatThrownBy(
            () ->
                Tokenizer.of(
                    Tiny.vocabulary(
                        "gpt2", "gpt2", List.of("a", "b"), List.of("a b c"), new float[0])))
        .isInstanceOf(InvalidDataException.class)
        .hasMessageContaining("model.merges[0]: expected two tokens");
  }
}
