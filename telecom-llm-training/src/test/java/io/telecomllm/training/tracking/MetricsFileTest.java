package io.telecomllm.training.tracking;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.telecomllm.InvalidDataException;
import io.telecomllm.StorageException;
import io.telecomllm.data.Choices;
import io.telecomllm.training.progress.TrainingListener.Anomaly;
import io.telecomllm.training.progress.TrainingListener.AnomalyRecord;
import io.telecomllm.training.progress.TrainingListener.CheckpointRecord;
import io.telecomllm.training.progress.TrainingListener.EvaluationRecord;
import io.telecomllm.training.progress.TrainingListener.StepRecord;
import io.telecomllm.training.progress.TrainingReport;
import io.telecomllm.training.progress.TrainingReport.CategoryAccuracy;
import io.telecomllm.training.progress.TrainingReport.Ending;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MetricsFileTest {
  @TempDir Path folder;

  private static List<String> withoutTimes(Path file) throws IOException {
    return Files.readAllLines(file).stream()
        .map(
            line -> {
              JsonObject json = JsonParser.parseString(line).getAsJsonObject();
              Instant.parse(json.get("time").getAsString());
              return line.replaceFirst(",\"time\":\"[^\"]*\"", "")
                  .replaceFirst("\"settings\":\\{\"lora.alpha\".*\\}\\}", "\"settings\":{}}");
            })
        .toList();
  }

  @Test
  void everyEventIsALine() throws IOException {
    try (MetricsFile metrics = MetricsFile.in(folder.resolve("run"))) {
      metrics.started(Runs.run(2, 0));
      metrics.step(new StepRecord(1, 1, 1.5, 0, Choices.NONE, 0.25, 2e-4, 8, 1200, 700, 0.5));
      metrics.anomaly(
          new AnomalyRecord(2, Anomaly.LOSS_NOT_FINITE, "the \"loss\"\nis NaN & <b>", true));
      metrics.step(
          new StepRecord(
              2, 1, Double.NaN, 0, Choices.NONE, Double.POSITIVE_INFINITY, 1e-4, 8, 1200, 700, 0));
      metrics.evaluated(
          new EvaluationRecord(2, 1, 0.75, 0, Choices.NONE, OptionalDouble.empty(), true));
      metrics.evaluated(
          new EvaluationRecord(2, 1, Double.NaN, 0, Choices.NONE, OptionalDouble.of(0.5), false));
      metrics.saved(new CheckpointRecord(2, Path.of("run", "step-2")));
      metrics.finished(
          new TrainingReport(
              io.telecomllm.training.settings.TrainingConfig.defaults(),
              io.telecomllm.lora.LoraConfig.builder().build(),
              List.of(new StepRecord(2, 1, 1.25, 0, Choices.NONE, 1, 1e-4, 8, 1200, 700, 0.5)),
              List.of(),
              List.of(),
              List.of(),
              List.of(new CategoryAccuracy("Standards overview", 30, 12, 24)),
              3,
              Ending.STOPPED_EARLY));
      assertThat(withoutTimes(metrics.file()))
          .containsExactly(
              "{\"event\":\"run\",\"step\":0,\"max_steps\":2,\"questions\":80,\"skipped\":2,"
                  + "\"trainable_parameters\":8912896,\"micro_batch\":2,\"settings\":{}}",
              "{\"event\":\"step\",\"step\":1,\"epoch\":1,\"loss\":1.5,\"grad_norm\":0.25,"
                  + "\"learning_rate\":2.0E-4,\"questions\":8,\"tokens\":1200,\"rows\":700,"
                  + "\"seconds\":0.5,\"tokens_per_second\":2400.0}",
              "{\"event\":\"anomaly\",\"step\":2,\"kind\":\"loss_not_finite\","
                  + "\"message\":\"the \\\"loss\\\"\\nis NaN & <b>\",\"skipped\":true}",
              "{\"event\":\"step\",\"step\":2,\"epoch\":1,\"loss\":null,\"grad_norm\":null,"
                  + "\"learning_rate\":1.0E-4,\"questions\":8,\"tokens\":1200,\"rows\":700,"
                  + "\"seconds\":0.0,\"tokens_per_second\":null}",
              "{\"event\":\"evaluation\",\"step\":2,\"epoch\":1,\"eval_loss\":0.75,"
                  + "\"eval_accuracy\":null,\"best\":true}",
              "{\"event\":\"evaluation\",\"step\":2,\"epoch\":1,\"eval_loss\":null,"
                  + "\"eval_accuracy\":0.5,\"best\":false}",
              "{\"event\":\"checkpoint\",\"step\":2,\"folder\":\"run/step-2\"}",
              "{\"event\":\"end\",\"step\":2,\"ending\":\"stopped_early\",\"train_loss\":1.25,"
                  + "\"train_runtime\":0.5,\"train_tokens_per_second\":2400.0,\"skipped\":3,"
                  + "\"accuracy\":[{\"category\":\"Standards overview\",\"questions\":30,"
                  + "\"before\":12,\"after\":24}]}");
    }
  }

  @Test
  void aLineIsThereAsSoonAsItsEvent() throws IOException {
    try (MetricsFile metrics = MetricsFile.in(folder)) {
      metrics.started(Runs.run(3, 0));
      for (int step = 1; step <= 3; step++) {
        metrics.step(Runs.step(step));
        assertThat(Files.readString(metrics.file()).split("\n", -1)).hasSize(step + 2);
      }
    }
  }

  @Test
  void aRunThatWasKilledAtAnyByteGoesOn() throws IOException {
    byte[] whole = killedAfter(6);
    Path file = folder.resolve("metrics.jsonl");
    for (int length = 0; length <= whole.length; length++) {
      Files.write(file, Arrays.copyOf(whole, length));
      long complete =
          new String(whole, 0, length, java.nio.charset.StandardCharsets.UTF_8)
              .chars()
              .filter(c -> c == '\n')
              .count();
      try (MetricsFile metrics = MetricsFile.in(folder)) {
        metrics.started(Runs.run(9, 4));
        metrics.step(Runs.step(5));
      }
      // the run's own line and steps 1 to 4, as far as they were whole
      int kept = (int) Math.min(5, complete);
      List<String> lines = Files.readAllLines(file);
      assertThat(lines).hasSize(kept + 2);
      assertThat(String.join("\n", lines.subList(0, kept)))
          .isEqualTo(
              Arrays.stream(new String(whole, java.nio.charset.StandardCharsets.UTF_8).split("\n"))
                  .limit(kept)
                  .collect(java.util.stream.Collectors.joining("\n")));
      assertThat(lines.get(kept)).startsWith("{\"event\":\"run\",\"step\":4,");
      assertThat(lines.get(kept + 1)).startsWith("{\"event\":\"step\",\"step\":5,");
    }
  }

  private byte[] killedAfter(int steps) throws IOException {
    Path elsewhere = folder.resolve("elsewhere");
    MetricsFile metrics = MetricsFile.in(elsewhere);
    metrics.started(Runs.run(9, 0));
    Runs.steps(steps).forEach(metrics::step);
    return Files.readAllBytes(metrics.file());
  }

  @Test
  void aNewRunKeepsTheFileOfAnEarlierOneByAnotherName() throws IOException {
    for (int run = 0; run < 3; run++) {
      try (MetricsFile metrics = MetricsFile.in(folder)) {
        metrics.started(Runs.run(9, 0));
        Runs.steps(run + 1).forEach(metrics::step);
      }
    }
    assertThat(folder.resolve("metrics.jsonl.1")).isRegularFile();
    assertThat(Files.readAllLines(folder.resolve("metrics.jsonl.1"))).hasSize(2);
    assertThat(Files.readAllLines(folder.resolve("metrics.jsonl.2"))).hasSize(3);
    assertThat(Files.readAllLines(folder.resolve("metrics.jsonl"))).hasSize(4);
  }

  @Test
  void aFileOfAnotherKindIsRefusedAndLeftAsItIs() throws IOException {
    Path file = folder.resolve("metrics.jsonl");
    for (String foreign :
        List.of(
            "loss,step\n1,2\n",
            "{\"event\":\"step\"}\n",
            "[1]\n",
            "\n",
            "{\"event\":\"step\",\"step\":NaN}\n",
            "{\"step\":1}\n",
            "{\"event\":\"step\",\"step\":1} {}\n")) {
      Files.writeString(file, foreign);
      try (MetricsFile metrics = MetricsFile.in(folder)) {
        assertThatThrownBy(() -> metrics.started(Runs.run(9, 4)))
            .isInstanceOf(InvalidDataException.class)
            .hasMessage(
                file
                    + ", line 1: is '"
                    + foreign.lines().findFirst().orElse("")
                    + "', expected a JSON object with an event and its step; a run can go on in"
                    + " files of its own kind only");
      }
      assertThat(file).hasContent(foreign);
    }
  }

  @Test
  void theSettingsAreInTheLineOfTheRun() throws IOException {
    try (MetricsFile metrics = MetricsFile.in(folder)) {
      metrics.started(Runs.run(2, 0));
      JsonObject settings =
          JsonParser.parseString(Files.readString(metrics.file()))
              .getAsJsonObject()
              .getAsJsonObject("settings");
      assertThat(settings.get("lora.rank").getAsString()).isEqualTo("16");
      assertThat(settings.get("lora.exclude_modules").getAsString()).isEqualTo("none");
      assertThat(settings.keySet()).doesNotContain("lora.exclude_modules.names");
      assertThat(settings.get("training.optimizer.learning_rate").getAsString())
          .isEqualTo("2.0E-4");
    }
  }

  @Test
  void anInterruptedThreadGoesOn() throws IOException {
    try (MetricsFile metrics = MetricsFile.in(folder)) {
      metrics.started(Runs.run(3, 0));
      metrics.step(Runs.step(1));
      metrics.step(Runs.step(2));
      Thread.currentThread().interrupt();
      metrics.started(Runs.run(3, 1));
      assertThat(Thread.interrupted()).isTrue();
      assertThat(Files.readAllLines(metrics.file())).hasSize(3);
    }
  }

  @Test
  void anInterruptedThreadWritesOn() throws IOException {
    try (MetricsFile metrics = MetricsFile.in(folder)) {
      metrics.started(Runs.run(2, 0));
      Thread.currentThread().interrupt();
      metrics.step(Runs.step(1));
      metrics.finished(Runs.report(1, Ending.CANCELLED));
      assertThat(Thread.interrupted()).isTrue();
      assertThat(Files.readAllLines(metrics.file())).hasSize(3);
    }
  }

  @Test
  void aDiskThatIsFullIsTold() throws IOException {
    Path full = Path.of("/dev/full");
    Assumptions.assumeTrue(Files.exists(full), "there is no /dev/full here");
    Path file = Files.createSymbolicLink(folder.resolve("metrics.jsonl"), full);
    try (MetricsFile metrics = MetricsFile.in(folder)) {
      assertThatThrownBy(() -> metrics.started(Runs.run(2, 0)))
          .isInstanceOf(StorageException.class)
          .hasMessageStartingWith(file + ": metrics cannot be written: ");
    }
  }

  @Test
  void eventsNeedARun() {
    MetricsFile metrics = MetricsFile.in(folder);
    String message = metrics.file() + ": an event of a run that has not started or is closed";
    assertThatThrownBy(() -> metrics.step(Runs.step(1)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(message);
    metrics.started(Runs.run(2, 0));
    metrics.close();
    metrics.close();
    assertThatThrownBy(() -> metrics.finished(Runs.report(1, Ending.COMPLETED)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(message);
  }
}
