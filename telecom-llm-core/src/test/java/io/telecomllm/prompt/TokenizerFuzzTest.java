package io.telecomllm.prompt;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.telecomllm.testing.Fuzzing;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** A tokenizer.json of any bytes, down to the native library that runs it. */
class TokenizerFuzzTest {
  @TempDir static Path folder;

  @FuzzTest
  void tokenizerJson(byte[] data) {
    Path file = Fuzzing.write(folder.resolve("tokenizer.json"), data);
    Fuzzing.read(
        file.toString(),
        data.length,
        () -> {
          try (Tokenizer tokenizer = Tokenizer.load(file)) {
            return tokenizer.encode("option 12");
          }
        });
  }

  /** The settings beside a tokenizer that is right. */
  @FuzzTest
  void tokenizerConfig(byte[] data) {
    Path beside = folder.resolve("settings");
    Path file = beside.resolve("tokenizer.json");
    Path settings = beside.resolve("tokenizer_config.json");
    String tiny = VocabularyDefinition.of(Tiny.byteLevel("smollm")).complete().toString();
    beside.toFile().mkdirs();
    Fuzzing.write(file, tiny.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    Fuzzing.write(settings, data);
    Fuzzing.read(
        beside.toString(), tiny.length() + data.length, () -> TokenizerFile.read(file).bos());
  }
}
