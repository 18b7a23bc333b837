package io.telecomllm.lora.peft;

import static io.telecomllm.testing.Vectors.assertClose;
import static io.telecomllm.testing.Vectors.maxDifference;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.telecomllm.InvalidDataException;
import io.telecomllm.UnsupportedModelException;
import io.telecomllm.lora.LoraAdapter;
import io.telecomllm.lora.LoraConfig;
import io.telecomllm.weights.SafetensorsWriter.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Adapter folders as other programs leave them: keys of a live model, pickles, LoRA on the head.
 */
class OddFilesTest {
  private static final String Q = "base_model.model.model.layers.0.self_attn.q_proj.";

  @TempDir Path base;
  @TempDir Path folder;
  private PeftFiles files;

  @BeforeEach
  void write() throws IOException {
    files = new PeftFiles(base, folder);
    files.writeBase(true);
    files.save(LoraConfig.builder().rank(2).alpha(4).dora(true).targetModules("q_proj", "v_proj"));
  }

  private static String inserted(String key, String adapter) {
    return key.replaceAll("(lora_[AB])\\.weight$", "$1." + adapter + ".weight");
  }

  private static String spelled(String key, String adapter, String magnitude) {
    return inserted(key, adapter).replaceAll("(magnitude_vector)$", "$1" + magnitude);
  }

  @ParameterizedTest
  @CsvSource({
    "default, .default.weight",
    "default, .default",
    "default, .weight",
    "default, ''",
    "telecom-2, .telecom-2.weight",
  })
  void theNameOfTheAdapterInTheKeysChangesNothing(String adapter, String magnitude) {
    float[] expected = files.logits();
    assertThat(maxDifference(expected, files.baseLogits())).isGreaterThan(0.01);
    assertThat(files.rename(key -> spelled(key, adapter, magnitude))).isGreaterThan(1);
    assertClose(adapter + magnitude, files.logits(), expected, 0);
  }

  @Test
  void twoAdaptersInOneFileAreRefused() {
    String key = Q + "lora_A.weight";
    for (String name : List.of("first", "default")) {
      files.change(tensors -> tensors.put(inserted(key, name), Tensor.ofFloats(List.of(2L), 1, 2)));
    }
    files.refused(
        InvalidDataException.class,
        "adapter_model.safetensors",
        "the tensors " + inserted(key, "default") + " and " + inserted(key, "first"),
        "are the same matrix of two adapters");
  }

  @Test
  void aMissingMatrixIsNamed() {
    files.rename(key -> inserted(key, "default"));
    files.change(tensors -> tensors.remove(Q + "lora_B.default.weight"));
    files.refused(InvalidDataException.class, Q + "lora_B.weight");
  }

  @Test
  void aPickleIsRefusedWithTheWayOut() throws IOException {
    Path weights = folder.resolve("adapter_model.safetensors");
    Path pickle =
        Files.write(folder.resolve("adapter_model.bin"), new byte[] {(byte) 0x80, 2, '.'});
    // next to safetensors it does not matter
    assertThat(files.logits()).isNotEmpty();
    Files.delete(weights);
    files.refused(
        InvalidDataException.class,
        pickle + ": a pickle file is a program and is not read",
        "save_pretrained(folder, safe_serialization=True)");
  }

  @ParameterizedTest
  @CsvSource({
    "lm_head.lora_A.weight, head",
    "lm_head.lora_B.default.weight, head",
    "lm_head.lora_magnitude_vector, head",
    "model.embed_tokens.lora_embedding_A, embedding",
    "model.embed_tokens.lora_embedding_B.default, embedding",
  })
  void loraOnTheVocabularyIsRefusedWithTheTrueReason(String key, String role) {
    String name = "base_model.model." + key;
    files.change(
        tensors -> {
          tensors.put(
              "base_model.model.lm_head.base_layer.weight", Tensor.ofFloats(List.of(1L), 1));
          tensors.put(name, Tensor.ofFloats(List.of(1L), 1));
        });
    files.refused(
        UnsupportedModelException.class,
        "adapter_model.safetensors: tensor base_model.model."
            + key
            + " is LoRA on the "
            + role
            + ", which is not supported; modules_to_save trains it whole");
  }

  @Test
  void trainingLoraOnTheHeadIsRefusedWithTheTrueReason() {
    files.on(
        model -> {
          for (String target : List.of("lm_head", "embed_tokens")) {
            LoraConfig config = LoraConfig.builder().targetModules("q_proj", target).build();
            assertThatThrownBy(() -> LoraAdapter.create(config, model, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(
                    "target module " + target + " is the model's embedding or head;")
                .hasMessageContaining("LoRA on it is not supported, modulesToSave trains it whole");
          }
          return new float[0];
        });
  }
}
