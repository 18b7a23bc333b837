package io.telecomllm.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.telecomllm.testing.Shared;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("shared")
class SweepOnTeleQnATest {
  private static String output(String... args) {
    PrintStream before = System.out;
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    System.setOut(new PrintStream(bytes, true, StandardCharsets.UTF_8));
    try {
      SweepOnTeleQnA.main(args);
    } finally {
      System.setOut(before);
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }

  @Test
  void triesEachRateAndSavesTheBest(@TempDir Path folder) {
    String printed =
        output(
            "--model",
            Shared.gguf().toString(),
            "--questions",
            Shared.questions().toString(),
            "--train",
            "4",
            "--evaluate",
            "2",
            "--rates",
            "1e-4,1e-3",
            "--batches",
            "4",
            "--ranks",
            "4",
            "--folder",
            folder.resolve("sweep").toString(),
            "--output",
            folder.resolve("adapter").toString());
    assertThat(printed)
        .contains("| 1 | 1e-4 | 4 | 4 | 1 |", "| 2 | 0.001 | 4 | 4 | 1 |", "completed, best");
    assertThat(folder.resolve("sweep/sweep.html")).isNotEmptyFile();
    assertThat(folder.resolve("adapter/adapter_config.json")).isNotEmptyFile();
  }
}
