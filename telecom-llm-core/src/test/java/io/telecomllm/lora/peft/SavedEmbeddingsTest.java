package io.telecomllm.lora.peft;

import static io.telecomllm.lora.peft.PeftFiles.EMBEDDING;
import static io.telecomllm.lora.peft.PeftFiles.HEAD;
import static io.telecomllm.testing.Vectors.assertClose;
import static io.telecomllm.testing.Vectors.maxDifference;
import static org.assertj.core.api.Assertions.assertThat;

import io.telecomllm.IncompatibleException;
import io.telecomllm.InvalidDataException;
import io.telecomllm.lora.LoraAdapter;
import io.telecomllm.lora.LoraConfig;
import io.telecomllm.tensor.DataType;
import io.telecomllm.weights.SafetensorsFile;
import io.telecomllm.weights.SafetensorsWriter.Tensor;
import io.telecomllm.weights.TensorSource;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Embedding and head in an adapter's file, in every way in which PEFT writes them. What is right
 * are the logits of a base whose own file was given the same matrices, with the pairs alone.
 */
class SavedEmbeddingsTest {
  private static final String P = "base_model.model.";
  private static final String IN_EMBEDDING = "model.embed_tokens.";
  private static final List<Long> SHAPE = List.of(264L, 32L);
  private static final Tensor OTHER_EMBEDDING = PeftFiles.random(SHAPE, 5);
  private static final Tensor OTHER_HEAD = PeftFiles.random(SHAPE, 6);
  private static final Tensor UNUSED = PeftFiles.random(SHAPE, 7);

  @TempDir Path base;
  @TempDir Path folder;
  private PeftFiles files;

  @BeforeEach
  void begin() {
    files = new PeftFiles(base, folder);
  }

  private void write(boolean tied) throws IOException {
    files.writeBase(tied);
    files.save(LoraConfig.builder().rank(2).alpha(4).targetModules("q_proj", "v_proj"));
  }

  /** The logits of the pairs alone on a base whose file has these matrices. */
  private float[] onBaseWith(Map<String, Tensor> matrices) {
    PeftFiles other = files.copyOfBase();
    other.changeBase(tensors -> tensors.putAll(matrices));
    return other.logits();
  }

  /** The same on a base whose head is no longer its embedding. */
  private float[] onBaseWith(Tensor embedding, Tensor head) throws IOException {
    PeftFiles other = files.copyOfBase();
    other.untie(head);
    other.changeBase(tensors -> tensors.put(EMBEDDING, embedding));
    return other.logits();
  }

  private void add(Map<String, Tensor> tensors) {
    files.change(own -> tensors.forEach((name, value) -> own.put(P + name, value)));
  }

  private void save(String modules) throws IOException {
    files.changeConfig("\"r\": 2", "\"r\": 2, \"modules_to_save\": " + modules);
  }

  private void assertLogits(float[] expected, float[] without) {
    assertThat(maxDifference(expected, without)).isGreaterThan(0.01);
    assertClose("logits", files.logits(), expected, 0);
    assertClose("merged", files.mergedLogits(), expected, 1e-4);
    assertClose("saved again", files.savedAgain(), expected, 0);
  }

  @Test
  void embeddingAndHeadAreUsedThoughNoModuleIsToBeSaved() throws IOException {
    write(false);
    float[] without = files.logits();
    Map<String, Tensor> both = Map.of(EMBEDDING, OTHER_EMBEDDING, HEAD, OTHER_HEAD);
    float[] expected = onBaseWith(both);
    add(both);
    assertLogits(expected, without);
  }

  @ParameterizedTest
  @ValueSource(strings = {EMBEDDING, HEAD})
  void oneOfBothIsUsedAlone(String name) throws IOException {
    write(false);
    float[] without = files.logits();
    float[] expected = onBaseWith(Map.of(name, OTHER_HEAD));
    add(Map.of(name, OTHER_HEAD));
    assertLogits(expected, without);
  }

  @ParameterizedTest
  @ValueSource(strings = {EMBEDDING, HEAD, EMBEDDING + " " + HEAD})
  void aTiedBaseTakesOneMatrixForBoth(String names) throws IOException {
    write(true);
    float[] without = files.logits();
    float[] expected = onBaseWith(Map.of(EMBEDDING, OTHER_EMBEDDING));
    for (String name : List.of(EMBEDDING, HEAD)) {
      if (names.contains(name)) {
        add(Map.of(name, OTHER_EMBEDDING));
      }
    }
    assertLogits(expected, without);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "[\"embed_tokens\"], \"ensure_weight_tying\": true"})
  void twoMatricesForATiedBaseAreRefused(String modules) throws IOException {
    write(true);
    if (!modules.isEmpty()) {
      save(modules);
    }
    add(Map.of(EMBEDDING, OTHER_EMBEDDING, HEAD, OTHER_HEAD));
    files.refused(
        IncompatibleException.class,
        "adapter_model.safetensors: the tensors " + P + EMBEDDING + " and " + P + HEAD + " differ",
        "the base model has one matrix for embedding and head");
  }

  @ParameterizedTest
  @ValueSource(strings = {"modules_to_save.weight", "modules_to_save.default.weight", "weight"})
  void modulesToSaveAreReadUnderEveryName(String name) throws IOException {
    write(false);
    float[] without = files.logits();
    float[] expected = onBaseWith(Map.of(EMBEDDING, OTHER_EMBEDDING, HEAD, OTHER_HEAD));
    save("[\"embed_tokens\", \"lm_head\"]");
    add(Map.of(IN_EMBEDDING + name, OTHER_EMBEDDING, "lm_head." + name, OTHER_HEAD));
    add(
        Map.of(
            IN_EMBEDDING + "original_module.weight",
            UNUSED,
            "lm_head.original_module.weight",
            UNUSED));
    assertLogits(expected, without);
  }

  /** PEFT wraps the module under the plain name, and has no place for the other. */
  @Test
  void ofAModuleThatIsThereTwiceThePlainNameCounts() throws IOException {
    write(false);
    float[] without = files.logits();
    float[] expected = onBaseWith(Map.of(HEAD, OTHER_HEAD));
    save("[\"lm_head\"]");
    add(Map.of(HEAD, OTHER_HEAD, "lm_head.modules_to_save.weight", UNUSED));
    assertLogits(expected, without);
  }

  @Test
  void aSavedLinearLayerIsReadUnderTheNameOfALiveModel() throws IOException {
    write(false);
    String up = "model.layers.1.mlp.up_proj.";
    Tensor matrix = PeftFiles.random(List.of(64L, 32L), 9);
    float[] without = files.logits();
    float[] expected = onBaseWith(Map.of(up + "weight", matrix));
    save("[\"mlp.up_proj\"]");
    files.refused(InvalidDataException.class, P + "model.layers.0.mlp.up_proj.weight");
    files.changeConfig("\"mlp.up_proj\"", "\"1.mlp.up_proj\"");
    add(Map.of(up + "modules_to_save.telecom.weight", matrix));
    assertLogits(expected, without);
  }

  @ParameterizedTest
  @CsvSource({"262, lm_head.weight", "266, model.embed_tokens.weight", "266, lm_head.weight"})
  void anotherSizeOfVocabularyIsRefused(long rows, String name) throws IOException {
    write(false);
    add(Map.of(name, PeftFiles.random(List.of(rows, 32L), 5)));
    String[] parts = {
      "adapter_model.safetensors: tensor " + P + name + " has " + rows + " rows",
      "the base model has 264: the adapter was trained with another size of vocabulary",
      "resize_token_embeddings"
    };
    files.refused(IncompatibleException.class, parts);
    save("[\"" + name.replace(".weight", "") + "\"]");
    files.refused(IncompatibleException.class, parts);
  }

  @ParameterizedTest
  @ValueSource(strings = {"embed_tokens", "model.embed_tokens", "lm_head"})
  void tyingIsEnsuredForATiedBase(String module) throws IOException {
    write(true);
    float[] without = files.logits();
    float[] expected = onBaseWith(Map.of(EMBEDDING, OTHER_EMBEDDING));
    save("[\"" + module + "\"], \"ensure_weight_tying\": true");
    add(Map.of(EMBEDDING, OTHER_EMBEDDING, HEAD, OTHER_EMBEDDING));
    assertLogits(expected, without);
  }

  @Test
  void withoutItTheHeadKeepsTheBasesMatrix() throws IOException {
    write(true);
    float[] without = files.logits();
    float[] expected = onBaseWith(OTHER_EMBEDDING, files.ofBase(EMBEDDING));
    save("[\"embed_tokens\"]");
    add(Map.of(EMBEDDING, OTHER_EMBEDDING));
    assertLogits(expected, without);
  }

  /** As PEFT does where the base ties nothing: the setting has no effect. */
  @Test
  void tyingHasNoEffectOnABaseWithTwoMatrices() throws IOException {
    write(false);
    float[] without = files.logits();
    float[] expected = onBaseWith(Map.of(EMBEDDING, OTHER_EMBEDDING));
    save("[\"embed_tokens\"], \"ensure_weight_tying\": true");
    add(Map.of(EMBEDDING, OTHER_EMBEDDING));
    assertLogits(expected, without);
  }

  @Test
  void aTiedMatrixIsWrittenUnderBothNamesAsPeftExpects() throws IOException {
    write(true);
    files.save(
        LoraConfig.builder()
            .rank(2)
            .targetModules("q_proj")
            .modulesToSave("embed_tokens")
            .ensureWeightTying(true));
    try (TensorSource file = SafetensorsFile.open(folder.resolve("adapter_model.safetensors"))) {
      assertThat(file.names()).contains(P + EMBEDDING, P + HEAD);
    }
    files.on(
        model -> {
          try (LoraAdapter adapter = PeftFolder.load(folder, model)) {
            assertThat(adapter.config().ensureWeightTying()).isTrue();
            assertThat(adapter.replaced().keySet()).containsExactly(EMBEDDING);
            return PeftFiles.logits(model, s -> adapter.deltas(DataType.FLOAT32, s));
          }
        });
  }
}
