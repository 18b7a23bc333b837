package io.telecomllm.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.telecomllm.InvalidDataException;
import io.telecomllm.json.JsonView;
import io.telecomllm.prompt.ChatTemplate;
import io.telecomllm.testing.Shared;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class ModelTokenizerTest {
  @Tag("shared")
  @Test
  void aGgufFileHoldsItsOwn() {
    try (Tokenizer tokenizer = ModelTokenizer.load(Tokenizers.gguf())) {
      assertThat(tokenizer.digest()).isEqualTo(Tokenizers.smollm2().digest());
      assertThat(tokenizer.chatTemplate()).isEqualTo(Tokenizers.smollm2().chatTemplate());
      assertThat(ChatTemplate.of(tokenizer)).isEqualTo(ChatTemplate.of(Tokenizers.smollm2()));
    }
  }

  @Tag("shared")
  @Test
  void safetensorsHaveItBesideThem() {
    Path folder = Shared.path("goldens/models/phi3");
    for (Path weights : List.of(folder, folder.resolve("model.safetensors"))) {
      assertThatThrownBy(() -> ModelTokenizer.load(weights))
          .isInstanceOf(InvalidDataException.class)
          .hasMessage(
              folder.resolve("tokenizer.json")
                  + ": no such file; a tokenizer.json is expected here. transformers makes one of older files:"
                  + " AutoTokenizer.from_pretrained(folder).save_pretrained(folder)");
    }
  }

  @Test
  void sentencePieceIsAssumedWhatLlamaCppAssumes() {
    Map<String, Object> fields =
        new HashMap<>(
            Map.of(
                "tokenizer.ggml.model", "llama",
                "tokenizer.ggml.tokens", List.of("<unk>", "<s>", "</s>", "a"),
                "tokenizer.ggml.scores", List.of(0.0, 0.0, 0.0, -1.5),
                "tokenizer.ggml.token_type", List.of(2L, 3L, 3L, 1L)));
    Vocabulary absent = ModelTokenizer.vocabulary(JsonView.of("x.gguf", fields));
    assertThat(absent.bos()).hasValue(1);
    assertThat(absent.eos()).hasValue(2);
    assertThat(absent.unknown()).hasValue(0);
    assertThat(absent.padding()).isEmpty();
    assertThat(absent.addsBos()).isTrue();
    assertThat(absent.spacePrefix()).isTrue();
    assertThat(absent.scores()).containsExactly(0, 0, 0, -1.5f);
    fields.put("tokenizer.ggml.add_bos_token", false);
    fields.put("tokenizer.ggml.bos_token_id", 3L);
    Vocabulary set = ModelTokenizer.vocabulary(JsonView.of("x.gguf", fields));
    assertThat(set.bos()).hasValue(3);
    assertThat(set.addsBos()).isFalse();
  }

  @Test
  void aFieldOfAnotherTypeIsNamed() {
    Map<String, Object> fields =
        Map.of("tokenizer.ggml.model", "gpt2", "tokenizer.ggml.tokens", List.of("a", 7L));
    assertThatThrownBy(() -> ModelTokenizer.vocabulary(JsonView.of("x.gguf", fields)))
        .isInstanceOf(InvalidDataException.class)
        .hasMessage("x.gguf, field tokenizer.ggml.tokens[1]: expected a string, found 7");
  }

  /** llama.cpp's own defaults by the name of the pre-tokenizer (src/llama-vocab.cpp). */
  @Test
  void aByteLevelVocabularyWithoutTheFlagBeginsTextAsLlamaCppDoes() {
    for (String pre : List.of("llama-bpe", "llama3", "llama-v3", "tekken")) {
      assertThat(addsBos(Map.of("tokenizer.ggml.pre", pre))).as(pre).isTrue();
      assertThat(addsBos(Map.of("tokenizer.ggml.pre", pre, "tokenizer.ggml.add_bos_token", false)))
          .as(pre)
          .isFalse();
    }
    for (String pre : List.of("default", "gpt-2", "qwen2", "deepseek-r1-qwen", "gpt-4o", "dbrx")) {
      assertThat(addsBos(Map.of("tokenizer.ggml.pre", pre))).as(pre).isFalse();
    }
    assertThat(addsBos(Map.of())).isFalse();
  }

  private static boolean addsBos(Map<String, Object> settings) {
    Map<String, Object> fields = new java.util.HashMap<>(settings);
    fields.put("tokenizer.ggml.model", "gpt2");
    fields.put("tokenizer.ggml.tokens", List.of("<s>", "a", "b"));
    fields.put("tokenizer.ggml.merges", List.of());
    fields.put("tokenizer.ggml.token_type", List.of(3L, 1L, 1L));
    fields.put("tokenizer.ggml.bos_token_id", 0L);
    return ModelTokenizer.vocabulary(JsonView.of("x.gguf", fields)).addsBos();
  }
}
