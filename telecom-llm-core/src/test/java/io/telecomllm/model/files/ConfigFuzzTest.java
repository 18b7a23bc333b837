package io.telecomllm.model.files;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.google.gson.GsonBuilder;
import io.telecomllm.json.StrictJson;
import io.telecomllm.model.ModelConfig;
import io.telecomllm.model.Rope;
import io.telecomllm.testing.Fuzzing;
import io.telecomllm.weights.GgufFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** Configurations of any bytes. */
class ConfigFuzzTest {
  private static final String FILE = "fuzzed/config.json";

  @TempDir static Path folder;

  private static ModelConfig read(byte[] json) {
    return HuggingFaceConfig.read(StrictJson.parseObject(FILE, json));
  }

  /** What is read is written so that the same is read again, and has finite frequencies. */
  @FuzzTest
  void configJson(byte[] data) {
    Fuzzing.read(FILE, data.length, () -> read(data))
        .ifPresent(
            config -> {
              check(config.rope(), config.contextLength());
              String text =
                  new GsonBuilder()
                      .serializeNulls()
                      .create()
                      .toJson(HuggingFaceConfig.write(config));
              Fuzzing.same(read(text.getBytes(StandardCharsets.UTF_8)), config);
            });
  }

  @FuzzTest
  void ggufConfig(byte[] data) {
    Path file = Fuzzing.write(folder.resolve("fuzzed.gguf"), data);
    Fuzzing.read(
            file.toString(),
            data.length,
            () -> {
              try (GgufFile gguf = GgufFile.open(file)) {
                return GgufConfig.read(gguf);
              }
            })
        .ifPresent(config -> check(config.rope(), config.contextLength()));
  }

  private static void check(Rope rope, int context) {
    for (int length : new int[] {1, context}) {
      for (float frequency : rope.frequencies(rope.scaling().regime(length))) {
        if (!Float.isFinite(frequency)) {
          throw new AssertionError("a frequency is " + frequency + " for " + rope);
        }
      }
    }
  }
}
