package io.telecomllm.tokenizer;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.telecomllm.testing.Fuzzing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** A tokenizer.json of any bytes, down to the native library that runs it. */
class TokenizerFuzzTest {
  @TempDir static Path folder;
  private static Path beside;
  private static int tinyBytes;

  @BeforeAll
  static void writeATokenizer() throws IOException {
    beside = Files.createDirectories(folder.resolve("settings"));
    String tiny = VocabularyDefinition.of(Tiny.byteLevel("smollm")).complete().toString();
    tinyBytes = tiny.length();
    Files.writeString(beside.resolve("tokenizer.json"), tiny);
  }

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
    Fuzzing.write(beside.resolve("tokenizer_config.json"), data);
    Fuzzing.read(
        beside.toString(), tinyBytes + data.length, () -> TokenizerFile.read(beside).bos());
  }
}
