package io.telecomllm.lora.peft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.telecomllm.IncompatibleException;
import io.telecomllm.InvalidDataException;
import io.telecomllm.TelecomLlmException;
import io.telecomllm.UnsupportedModelException;
import io.telecomllm.lora.AdaptableModel;
import io.telecomllm.lora.Bias;
import io.telecomllm.lora.FakeModel;
import io.telecomllm.lora.LoraAdapter;
import io.telecomllm.lora.LoraConfig;
import io.telecomllm.lora.TargetModule;
import io.telecomllm.weights.SafetensorsFile;
import io.telecomllm.weights.SafetensorsWriter;
import io.telecomllm.weights.TensorInfo;
import io.telecomllm.weights.TensorSource;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Adapter folders that are damaged or lie: a typed error that names file and field or tensor. */
class HostileAdapterTest {
  private static final String WEIGHTS = "adapter_model.safetensors";
  private static final String CONFIG = "adapter_config.json";
  private static final String P = "base_model.model.model.layers.0.";

  @TempDir Path folder;

  private final FakeModel phi3 = FakeModel.phi3(1, 6, 8);
  private final FakeModel phi2 = FakeModel.phi2(1, 4, 8, 512);

  private void write(AdaptableModel model, UnaryOperator<LoraConfig.Builder> with) {
    LoraConfig config = with.apply(LoraConfig.builder().rank(2).alpha(4)).build();
    try (LoraAdapter adapter = LoraAdapter.create(config, model, 1)) {
      PeftFolder.save(folder, adapter, "base");
    }
  }

  /** Reads the weights, lets them be changed, and writes them again. */
  private void changeWeights(
      Consumer<Map<String, SafetensorsWriter.Tensor>> change, UnaryOperator<String> metadata) {
    Path file = folder.resolve(WEIGHTS);
    Map<String, SafetensorsWriter.Tensor> tensors = new LinkedHashMap<>();
    Map<String, String> texts = new LinkedHashMap<>();
    try (TensorSource source = SafetensorsFile.open(file)) {
      for (String name : source.names()) {
        TensorInfo info = source.info(name);
        float[] values = new float[(int) info.elements()];
        source.readFloats(name, FloatBuffer.wrap(values));
        tensors.put(name, SafetensorsWriter.Tensor.ofFloats(info.shape(), values));
      }
      source.metadata().forEach((key, value) -> texts.put(key, metadata.apply(value)));
    }
    change.accept(tensors);
    SafetensorsWriter.write(file, tensors, texts);
  }

  private void changeConfig(String from, String to) throws IOException {
    Path config = folder.resolve(CONFIG);
    String text = Files.readString(config);
    assertThat(text).contains(from);
    Files.writeString(config, text.replace(from, to));
  }

  private void refused(
      AdaptableModel model, Class<? extends TelecomLlmException> type, String... parts) {
    assertThatThrownBy(() -> PeftFolder.load(folder, model).close())
        .isExactlyInstanceOf(type)
        .hasMessageContainingAll(parts);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        P + "mlp.down_proj.lora_A.weight",
        P + "mlp.down_proj.lora_B.weight",
        P + "mlp.down_proj.lora_magnitude_vector"
      })
  void aMissingTensor(String name) {
    write(phi3, c -> c.dora(true));
    changeWeights(t -> t.remove(name), m -> m);
    refused(phi3, InvalidDataException.class, WEIGHTS, name);
  }

  @Test
  void missingBiasesAndSavedModules() {
    write(phi2, c -> c.bias(Bias.LORA_ONLY).targetModules("fc1").modulesToSave("lm_head"));
    changeWeights(t -> t.remove("base_model.model.lm_head.weight"), m -> m);
    refused(phi2, InvalidDataException.class, WEIGHTS, "base_model.model.lm_head.weight");
    changeWeights(t -> t.remove(P + "mlp.fc1.base_layer.bias"), m -> m);
    refused(phi2, InvalidDataException.class, WEIGHTS, P + "mlp.fc1.base_layer.bias");
  }

  @Test
  void tensorsThatWouldBePassedOver() throws IOException {
    write(phi2, c -> c.targetModules("fc1", "q_proj"));
    SafetensorsWriter.Tensor one =
        SafetensorsWriter.Tensor.ofFloats(java.util.List.of(4L), 1, 2, 3, 4);
    for (String[] extra :
        new String[][] {
          {"lora_A.weight", "does not begin with base_model.model."},
          {P + "mlp.fc1.lora_magnitude_vector", "is there although use_dora is false"},
          {P + "mlp.fc2.lora_A.weight", "belongs to a layer that target_modules does not match"},
          {P + "mlp.fc1.base_layer.bias", "that neither bias nor modules_to_save matches"},
        }) {
      changeWeights(t -> t.put(extra[0], one), m -> m);
      refused(phi2, InvalidDataException.class, WEIGHTS, "tensor " + extra[0], extra[1]);
      changeWeights(t -> t.remove(extra[0]), m -> m);
    }
    changeWeights(t -> t.put("base_model.model.wte.lora_embedding_A", one), m -> m);
    refused(
        phi2,
        IncompatibleException.class,
        "wte.lora_embedding_A",
        "is neither an adapter's matrix");
    changeWeights(t -> t.clear(), m -> m);
    refused(phi2, InvalidDataException.class, WEIGHTS, "holds no adapter matrix");
  }

  @Test
  void ranksThatAreNotTheFiles() throws IOException {
    write(phi3, c -> c.targetModules("o_proj"));
    changeConfig("\"rank_pattern\": {}", "\"rank_pattern\": {\"o_proj\": 5}");
    refused(
        phi3,
        IncompatibleException.class,
        "tensor " + P + "self_attn.o_proj.lora_A.weight has shape [2, 6]",
        "need [5, 6]");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"rank_pattern\": {} | \"rank_pattern\": {\"q\": 0} | rank_pattern.q: expected an integer",
        "\"rank_pattern\": {} | \"rank_pattern\": [] | field rank_pattern: expected an object",
        "\"alpha_pattern\": {} | \"alpha_pattern\": {\"q\": -2} | alphaPattern 'q' is -2.0",
        "\"alpha_pattern\": {} | \"alpha_pattern\": {\"q\": \"2\"} | alpha_pattern.q: expected",
        "\"alpha_pattern\": {} | \"alpha_pattern\": {\"(\": 2} | pattern '(.*\\.)?(()'",
        "\"bias\": \"none\" | \"bias\": 1 | field bias: expected a string",
        "\"use_dora\": false | \"use_dora\": \"yes\" | field use_dora: expected true or false",
        "\"r\": 2 | \"r\": 2, \"layers_to_transform\": [-1] | layers_to_transform[0]: expected",
        "\"r\": 2 | \"r\": 2, \"layers_to_transform\": \"1\" | layers_to_transform: expected",
        "\"r\": 2 | \"r\": 2, \"modules_to_save\": [\".*\"] | modulesToSave holds '.*'",
        "\"r\": 2 | \"r\": 2, \"exclude_modules\": \"(a\" | pattern '(a', at character 2: missing",
        "\"r\": 2 | \"r\": 2, \"exclude_modules\": 3 | field exclude_modules: expected an array",
      })
  void fieldsOutOfTheirRange(String from, String to, String message) throws IOException {
    write(phi3, c -> c.targetModules("o_proj"));
    changeConfig(from, to);
    refused(phi3, InvalidDataException.class, CONFIG, message);
  }

  /** Beyond what Python's own syntax allows, or what is done of it here. */
  @Test
  void aPatternThatAsksTooMuch() throws IOException {
    write(phi3, c -> c.targetPattern(".*o_proj"));
    changeConfig("\".*o_proj\"", "\"" + "(a*)*".repeat(300) + "\"");
    refused(phi3, InvalidDataException.class, CONFIG, "1500 characters, at most 1000 are allowed");
    changeConfig("(a*)*".repeat(300), "(.*a*)*".repeat(100) + "x");
    refused(
        phi3,
        InvalidDataException.class,
        WEIGHTS,
        "belongs to a layer that target_modules does not match");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"r\":2 | \"r\":3 | have rank 9 together, the matrices 6",
        "\"lora_alpha\":4.0 | \"lora_alpha\":5.0 | are scaled by 2.5, the matrices by 2.0",
        "[\"Q\",\"K\",\"V\"] | [\"Q\",\"K\"] | have rank 4 together, the matrices 6",
        "[\"Q\",\"K\",\"V\"] | [\"Q\",\"K\",\"O\"] | adapts the layers"
            + " [model.layers.0.self_attn.o_proj,",
        "[\"Q\",\"K\",\"V\"] | [\"Q\",\"K\",\"X\"] | TargetModule.X",
        "[\"Q\",\"K\",\"V\"] | [] | no role is targeted",
        "\"KAIMING\" | \"PISSA\" | have rank 12 together, the matrices 6",
        "\"KAIMING\" | \"ZERO\" | LoraInitialization.ZERO",
        "\"r\":2 | \"r\":true | field r: expected an integer",
        "{ | [ | metadata telecomllm.adapter",
      })
  void metadataThatLies(String from, String to, String message) {
    write(phi3, c -> c.targetModules(TargetModule.Q, TargetModule.K, TargetModule.V));
    changeWeights(t -> {}, m -> m.replace(from, to));
    refused(phi3, InvalidDataException.class, WEIGHTS, "metadata telecomllm.adapter", message);
  }

  @Test
  void aPartThatReachesOutsideItsRows() {
    write(phi3, c -> c.targetModules(TargetModule.Q, TargetModule.K));
    String b = P + "self_attn.qkv_proj.lora_B.weight";
    float[] values = new float[18 * 4];
    values[6 * 4 + 1] = 0.5f;
    changeWeights(
        t -> t.put(b, SafetensorsWriter.Tensor.ofFloats(java.util.List.of(18L, 4L), values)),
        m -> m);
    refused(
        phi3,
        InvalidDataException.class,
        "the part Q of model.layers.0.self_attn.qkv_proj has the rows 0 to 5, but lora_B holds 0.5"
            + " in row 6");
    values[6 * 4 + 1] = Float.NaN;
    changeWeights(
        t -> t.put(b, SafetensorsWriter.Tensor.ofFloats(java.util.List.of(18L, 4L), values)),
        m -> m);
    refused(phi3, InvalidDataException.class, "tensor " + b + " holds NaN at element 25");
  }

  @Test
  void withoutItsMetadataItIsOnePair() throws IOException {
    write(phi3, c -> c.targetModules(TargetModule.Q, TargetModule.K));
    changeWeights(t -> {}, m -> m.startsWith("{") ? "{}" : m);
    refused(phi3, InvalidDataException.class, "metadata telecomllm.adapter", "field r: missing");
    Path file = folder.resolve(WEIGHTS);
    Map<String, SafetensorsWriter.Tensor> kept = new LinkedHashMap<>();
    changeWeights(kept::putAll, m -> m);
    SafetensorsWriter.write(file, kept, Map.of("format", "pt"));
    try (LoraAdapter adapter = PeftFolder.load(folder, phi3)) {
      assertThat(adapter.config().rank()).isEqualTo(4);
      assertThat(adapter.trainableParameters()).isEqualTo(4 * (6 + 18));
    }
  }

  @Test
  void anotherMethodIsRefusedByName() throws IOException {
    write(phi3, c -> c);
    changeConfig("\"peft_type\": \"LORA\"", "\"peft_type\": \"VERA\"");
    refused(phi3, UnsupportedModelException.class, "peft_type is VERA, only LORA is supported");
  }

  @Test
  void dropoutIsReadAndMustBeAProbability() throws IOException {
    write(phi3, c -> c.dropout(0.5));
    try (LoraAdapter adapter = PeftFolder.load(folder, phi3)) {
      assertThat(adapter.config().dropout()).isEqualTo(0.5);
    }
    changeConfig("\"lora_dropout\": 0.5,", "");
    try (LoraAdapter adapter = PeftFolder.load(folder, phi3)) {
      assertThat(adapter.config().dropout()).isZero();
    }
    write(phi3, c -> c);
    changeConfig("\"lora_dropout\": 0.0", "\"lora_dropout\": 1");
    refused(
        phi3,
        InvalidDataException.class,
        "adapter_config.json: dropout is 1.0, must be 0 to less than 1");
    changeConfig("\"lora_dropout\": 1", "\"lora_dropout\": \"much\"");
    refused(phi3, InvalidDataException.class, "lora_dropout");
  }

  /** A thousand times one byte of one of the files becomes another. */
  @Test
  void noMutantBringsAnythingButATypedError() throws IOException {
    write(
        phi2, c -> c.bias(Bias.ALL).dora(true).layersToTransform(0).rankPattern(Map.of("q.*", 3)));
    SplittableRandom random = new SplittableRandom(11);
    int accepted = 0;
    for (String name : new String[] {CONFIG, WEIGHTS}) {
      Path file = folder.resolve(name);
      byte[] bytes = Files.readAllBytes(file);
      // of the weights, the header: that a value is another cannot be seen
      int end = Math.min(bytes.length, 2000);
      for (int i = 0; i < 500; i++) {
        byte[] mutant = bytes.clone();
        mutant[random.nextInt(end)] = (byte) random.nextInt(name.equals(CONFIG) ? 128 : 256);
        Files.write(file, mutant);
        try (LoraAdapter adapter = PeftFolder.load(folder, phi2)) {
          accepted += adapter.modules().isEmpty() ? 0 : 1;
        } catch (TelecomLlmException e) {
          assertThat(e).hasMessageContaining(folder.toString());
        }
      }
      Files.write(file, bytes);
    }
    // such as another base_model_name_or_path
    assertThat(accepted).isBetween(1, 600);
  }
}
