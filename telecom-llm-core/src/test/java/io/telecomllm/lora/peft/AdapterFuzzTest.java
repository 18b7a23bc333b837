package io.telecomllm.lora.peft;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.telecomllm.InvalidDataException;
import io.telecomllm.lora.FakeModel;
import io.telecomllm.lora.LoraAdapter;
import io.telecomllm.lora.LoraConfig;
import io.telecomllm.lora.PythonPattern;
import io.telecomllm.testing.Fuzzing;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** Adapter folders one of whose files holds any bytes. */
class AdapterFuzzTest {
  private static final String CONFIG = "adapter_config.json";
  private static final String WEIGHTS = "adapter_model.safetensors";
  private static final List<String> TEXTS =
      List.of("", "model.layers.0.mlp.down_proj", "q_proj", "aaaaaaaaaaaaaaaaaaaaaaaa!");

  @TempDir static Path folder;
  private static Path whole;
  private static FakeModel model;

  @BeforeAll
  static void save() {
    whole = folder.resolve("whole");
    model = FakeModel.phi3(1, 6, 8);
    LoraConfig config =
        LoraConfig.builder().rank(2).alpha(4).targetModules("down_proj", "o_proj").build();
    try (LoraAdapter adapter = LoraAdapter.create(config, model, 1)) {
      PeftFolder.save(whole, adapter, "base");
    }
  }

  private static Path folderWith(String name, byte[] data) throws IOException {
    Path changed = Files.createDirectories(folder.resolve("changed"));
    for (String file : List.of(CONFIG, WEIGHTS)) {
      if (file.equals(name)) {
        Files.write(changed.resolve(file), data);
      } else {
        Files.copy(whole.resolve(file), changed.resolve(file), StandardCopyOption.REPLACE_EXISTING);
      }
    }
    return changed;
  }

  private static void load(Path changed, int bytes) {
    Fuzzing.read(
        changed.toString(),
        bytes,
        () -> {
          try (LoraAdapter adapter = PeftFolder.load(changed, model)) {
            return adapter.config();
          }
        });
  }

  @FuzzTest
  void adapterConfig(byte[] data) throws IOException {
    load(folderWith(CONFIG, data), data.length);
  }

  @FuzzTest
  void adapterTensors(byte[] data) throws IOException {
    load(folderWith(WEIGHTS, data), data.length);
  }

  /** An expression of target_modules: compiled and matched within the budget, or refused. */
  @FuzzTest
  void targetPattern(byte[] data) {
    String expression = new String(data, StandardCharsets.UTF_8);
    Fuzzing.read(
        "pattern",
        // the budget is fixed: 50 million steps, each with its place in a set
        1 << 20,
        () -> {
          try {
            PythonPattern pattern = PythonPattern.compile(expression);
            PythonPattern.Budget budget = new PythonPattern.Budget();
            return TEXTS.stream().filter(text -> pattern.matches(text, budget)).toList();
          } catch (IllegalArgumentException e) {
            // what its caller, the reader of adapter_config.json, makes of it
            throw new InvalidDataException("pattern", e);
          }
        });
  }
}
