package io.telecomllm.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.telecomllm.data.NoKnowledgeHeuristic;
import io.telecomllm.data.TeleQnADataset;
import io.telecomllm.examples.benchmarks.PlanBenchmark;
import io.telecomllm.examples.benchmarks.TrainingBenchmark;
import io.telecomllm.knowledge.Term;
import io.telecomllm.lineage.AdapterFolder;
import io.telecomllm.lineage.Probe;
import io.telecomllm.testing.Shared;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each program runs, and prints what it promises. */
class ExamplesTest {
  private interface Program {
    void run(String... args);
  }

  @Test
  void helpShowsDeclaredDefaultsAndTheVersionIsKnown() throws Exception {
    assertThat(output(FineTuneOnTeleQnA::main, "--help"))
        .contains("--model=<model>", "Default: 400")
        .doesNotContain("Optional");
    assertThat(output(LearningCurves::main, "-V"))
        .matches("telecom-llm \\d+\\.\\d+\\.\\d+\\S*\\s*");
  }

  private static String output(Program program, String... args) {
    PrintStream before = System.out;
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    System.setOut(new PrintStream(bytes, true, StandardCharsets.UTF_8));
    try {
      program.run(args);
    } finally {
      System.setOut(before);
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }

  @Test
  void theEmbeddedQuestionsAreFair() {
    TeleQnADataset questions = EmbeddedData.questions();
    assertThat(questions.rejections()).isEmpty();
    assertThat(questions.questions()).hasSizeGreaterThanOrEqualTo(300);
    assertThat(questions.byCategory().values()).hasSize(5).noneMatch(List::isEmpty);
    double chance =
        questions.questions().stream()
            .mapToDouble(q -> 1.0 / q.options().size())
            .average()
            .orElse(0);
    assertThat(NoKnowledgeHeuristic.accuracy(questions.questions()))
        .isBetween(chance - 0.06, chance + 0.06);
    for (int position = 0; position < 3; position++) {
      int place = position;
      long right = questions.questions().stream().filter(q -> q.answer() == place).count();
      assertThat((double) right / questions.questions().size()).isBetween(0.17, 0.33);
    }
    List<Term> terms = EmbeddedData.glossary().terms();
    assertThat(terms).hasSizeGreaterThanOrEqualTo(400);
  }

  @Test
  void theQuickstartGainsTwentyPointsAtLeast(@TempDir Path folder) throws IOException {
    Path json = folder.resolve("quickstart.json");
    String printed = output(Quickstart::main, "--output", json.toString());
    assertThat(printed).contains("before", "after", "option 1:", "[Glossary#");
    assertThat(printed).contains("not answered: the knowledge base does not support it");
    JsonObject result = JsonParser.parseString(Files.readString(json)).getAsJsonObject();
    double before = result.get("accuracyBefore").getAsDouble();
    double after = result.get("accuracyAfter").getAsDouble();
    assertThat(after - before).isGreaterThanOrEqualTo(0.2);
    assertThat(before).isLessThan(0.45);
    assertThat(result.get("heldOutQuestions").getAsInt()).isGreaterThan(90);
    assertThat(result.get("seconds").getAsDouble()).isPositive();
  }

  @Tag("shared")
  @Test
  void fineTuningOnTeleQnA(@TempDir Path folder) {
    String printed =
        output(
            FineTuneOnTeleQnA::main,
            "--model",
            Shared.gguf().toString(),
            "--questions",
            Shared.questions().toString(),
            "--train",
            "8",
            "--evaluate",
            "6",
            "--run",
            folder.resolve("run").toString(),
            "--output",
            folder.toString());
    assertThat(folder.resolve("run/report.html")).isNotEmptyFile();
    assertThat(folder.resolve("run/metrics.jsonl")).isNotEmptyFile();
    assertThat(folder.resolve("run/checkpoints")).isDirectoryContaining("glob:**checkpoint-1");
    assertThat(printed).contains("on 6 questions not trained on", "tokens/s in training");
    assertThat(AdapterFolder.lineage(folder).orElseThrow().probes()).hasSize(Probe.COUNT);
  }

  @Tag("shared")
  @Test
  void trainingBenchmark() {
    String printed =
        output(
            TrainingBenchmark::main,
            "--layers",
            "1",
            "--steps",
            "2",
            "--questions",
            Shared.questions().toString());
    List<String> lines = printed.lines().toList();
    JsonObject json = JsonParser.parseString(lines.get(lines.size() - 1)).getAsJsonObject();
    assertThat(json.keySet())
        .contains(
            "secondsPerStep",
            "questionsPerSecond",
            "tokensPerSecond",
            "peakRssGiB",
            "matmulBoundSeconds");
    assertThat(json.get("secondsPerStep").getAsDouble())
        .isGreaterThan(json.get("matmulBoundSeconds").getAsDouble() / 2);
  }

  @Tag("shared")
  @Test
  void planBenchmark() {
    String printed =
        output(
            PlanBenchmark::main,
            "--case",
            "tiny,1,8,4,FLOAT32",
            "--steps",
            "1",
            "--questions",
            Shared.questions().toString());
    List<String> lines = printed.lines().toList();
    JsonObject json =
        JsonParser.parseString(lines.get(lines.size() - 1))
            .getAsJsonArray()
            .get(0)
            .getAsJsonObject();
    assertThat(json.get("case").getAsString()).isEqualTo("tiny,1,8,4,FLOAT32");
    // a process without a model to speak of: what the plan takes for the rest is about right
    assertThat(json.get("memoryRatio").getAsDouble()).isBetween(0.5, 2.0);
    assertThat(json.get("plannedSeconds").getAsDouble()).isPositive();
  }

  @Test
  void aWrongArgumentIsAnErrorThatNamesIt() {
    assertThatThrownBy(
            () ->
                FineTuneOnTeleQnA.main(
                    new String[] {"--model", "absent", "--questions", "absent.zip"}))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("ended with status 1");
  }
}
