package io.telecomllm.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.telecomllm.TelecomLlmException;
import io.telecomllm.data.Question;
import io.telecomllm.data.Split;
import io.telecomllm.lora.LoraAdapter;
import io.telecomllm.lora.LoraInitialization;
import io.telecomllm.lora.peft.PeftFolder;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.tensor.Threads;
import io.telecomllm.testing.Reliability;
import io.telecomllm.testing.SampleQuestions;
import io.telecomllm.testing.TinyModel;
import io.telecomllm.training.checkpoint.Checkpoint;
import io.telecomllm.training.checkpoint.Checkpoints;
import io.telecomllm.training.disk.FaultyDisk;
import io.telecomllm.training.progress.TrainingListener;
import io.telecomllm.training.tracking.HtmlReport;
import io.telecomllm.training.tracking.MetricsFile;
import io.telecomllm.training.tracking.TensorBoardFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A whole run with all that it writes, on a disk that fails at one operation or is full. It ends in
 * a typed error; started again on a sound disk it ends as the run that nothing befell.
 */
class FailingDiskTest {
  private static final int STEPS = 2;

  /** Whether every operation fails in every way, which takes fifteen times as long. */
  private static final boolean ALL = Boolean.getBoolean("faults.all");

  /** Every fifth operation fails, each in turn in another way. */
  private static final int STRIDE = ALL ? 1 : 5;

  @TempDir static Path temporary;
  private static LanguageModel model;
  private static Map<String, float[]> expected;

  /** What the checkpoint of each step holds, state.json aside, which knows the time. */
  private static final Map<Long, Map<String, String>> CHECKPOINTS = new TreeMap<>();

  private static Split split() {
    List<Question> questions = SampleQuestions.of(3);
    return new Split(questions.subList(0, 2), questions.subList(2, 3));
  }

  private static QLoraTrainer trainer() {
    return ResumeTest.trainer(model, LoraInitialization.KAIMING)
        .prompt(TinyModel.prompt())
        .with(c -> c.epochs(1).batchSize(1).gradientAccumulation(1).accuracyQuestions(0))
        .with(c -> c.evalSteps(1).saveSteps(1).saveTotalLimit(1));
  }

  /** Trains as {@code FineTuneOnTeleQnA --run} does, and gives the adapter's values. */
  private static Map<String, float[]> train(Path run) {
    return train(run, TrainingListener.NONE);
  }

  private static Map<String, float[]> train(Path run, TrainingListener last) {
    try (MetricsFile metrics = MetricsFile.in(run);
        TensorBoardFile board = TensorBoardFile.in(run);
        QLoraTrainer.Result result =
            trainer()
                .checkpoints(run.resolve("checkpoints"))
                .listener(TrainingListener.all(metrics, board, last))
                .run(split())) {
      HtmlReport.write(run.resolve("report.html"), result.report(), Optional.of(result.lineage()));
      result.save(run.resolve("adapter"), "tiny");
      assertThat(result.report().steps()).hasSize(STEPS);
      return ResumeTest.values(result.adapter());
    }
  }

  private static Map<String, String> contents(Checkpoint checkpoint) {
    Map<String, String> contents = new LinkedHashMap<>();
    checkpoint.files().forEach((name, file) -> contents.put(name, digest(file)));
    contents.remove("state.json");
    return contents;
  }

  private static String digest(Path file) {
    try {
      return com.google.common.hash.Hashing.sha256().hashBytes(Files.readAllBytes(file)).toString();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @BeforeAll
  static void trainUndisturbed() {
    Threads.use(1);
    model = TinyModel.load(512);
    TrainingListener keeps =
        new TrainingListener() {
          @Override
          public void saved(CheckpointRecord saved) {
            CHECKPOINTS.put(saved.step(), contents(Checkpoint.read(saved.folder())));
          }
        };
    try (QLoraTrainer.Result whole =
        trainer().checkpoints(temporary.resolve("whole")).listener(keeps).run(split())) {
      expected = ResumeTest.values(whole.adapter());
    }
    assertThat(CHECKPOINTS).hasSize(STEPS);
  }

  @AfterAll
  static void close() {
    model.close();
  }

  /** The old or the new opens, each as the undisturbed run wrote it; then the run goes on. */
  private static void assertGoesOn(Path run) throws IOException {
    try (Checkpoints checkpoints = Checkpoints.open(run.resolve("checkpoints"), 1)) {
      for (Checkpoint checkpoint : checkpoints.all()) {
        assertThat(contents(checkpoint)).isEqualTo(CHECKPOINTS.get(checkpoint.step()));
      }
      assertThat(checkpoints.skipped()).isEmpty();
    }
    ResumeTest.assertSame(train(run), expected);
    assertWhole(run);
  }

  private static void assertWhole(Path run) throws IOException {
    List<Long> steps = new ArrayList<>();
    for (String line : Files.readAllLines(run.resolve("metrics.jsonl"))) {
      JsonObject event = JsonParser.parseString(line).getAsJsonObject();
      if (event.get("event").getAsString().equals("step")) {
        steps.add(event.get("step").getAsLong());
      }
    }
    assertThat(steps).containsExactly(1L, 2L);
    assertThat(run.resolve("report.html")).content().endsWith("</html>\n");
    try (LoraAdapter saved = PeftFolder.load(run.resolve("adapter"), model)) {
      ResumeTest.assertSame(ResumeTest.values(saved), expected);
    }
  }

  /** A run that died in its second step, which metrics.jsonl knows and no checkpoint. */
  private static Path dead(Path run) {
    TrainingListener dies =
        new TrainingListener() {
          @Override
          public void step(StepRecord step) {
            if (step.step() == 2) {
              throw new IllegalStateException("died");
            }
          }
        };
    assertThatThrownBy(() -> train(run, dies)).hasMessage("died");
    return run;
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> all = Files.walk(from)) {
      for (Path path : all.toList()) {
        Files.copy(path, to.resolve(from.relativize(path).toString()));
      }
    }
  }

  private static List<FaultyDisk.Mode> modes(int operation) {
    List<FaultyDisk.Mode> all = List.of(FaultyDisk.Mode.values());
    return ALL ? all : List.of(all.get(operation / STRIDE % all.size()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"begins", "goes on"})
  void whicheverOperationFails(String how) throws IOException {
    boolean begins = how.equals("begins");
    Path before = temporary.resolve(how);
    if (!begins) {
      dead(before);
    }
    int operation = 0;
    try (Reliability survived =
        Reliability.of("the n-th file operation of a run that " + how + " fails")) {
      for (boolean clean = false; !clean; operation += STRIDE) {
        for (FaultyDisk.Mode mode : modes(operation)) {
          survived.begins();
          Path run = temporary.resolve(how + "-" + mode + "-" + operation);
          if (!begins) {
            copy(before, run);
          }
          FaultyDisk disk = FaultyDisk.at(operation, mode);
          try {
            ResumeTest.assertSame(train(disk.path(run)), expected);
            assertWhole(run);
            clean = disk.failed().isEmpty();
          } catch (TelecomLlmException e) {
            assertThat(disk.failed()).isNotEmpty();
            assertThat(e).hasMessageContaining(temporary.toString());
          }
          assertGoesOn(run);
          survived.passed();
        }
      }
      survived.note(
          String.format(
              Locale.ROOT,
              "the adapter of the run started again has the same bits; %d operations, of which one"
                  + " in %d failed",
              operation,
              STRIDE));
    }
    assertThat(operation).isGreaterThan(300);
  }

  @Test
  void aDiskThatFillsUp() throws IOException {
    FaultyDisk all = FaultyDisk.none();
    train(all.path(temporary.resolve("counted")));
    long step = Math.max(1, all.written() / 40);
    int runs = 0;
    try (Reliability survived = Reliability.of("a disk that fills up during a run")) {
      for (long bytes = 0; bytes < all.written() + step; bytes += step) {
        survived.begins();
        Path run = temporary.resolve("full-" + bytes);
        FaultyDisk disk = FaultyDisk.full(bytes);
        try {
          ResumeTest.assertSame(train(disk.path(run)), expected);
          assertThat(disk.failed()).isEmpty();
        } catch (TelecomLlmException e) {
          assertThat(e)
              .hasMessageContaining(run.toString())
              .hasMessageContaining("No space left on device");
        }
        assertGoesOn(run);
        survived.passed();
        runs++;
      }
      survived.note("every " + step + " bytes of " + all.written());
    }
    assertThat(runs).isGreaterThan(40);
  }

  @Test
  void aDiskThatIsFull() throws Exception {
    Path disk = Files.createDirectory(temporary.resolve("disk"));
    int runs = 0;
    boolean clean = false;
    try (Reliability survived = Reliability.of("a full tmpfs during a run")) {
      for (int kilobytes = 4; !clean; kilobytes += 24) {
        Assumptions.assumeTrue(
            command("mount", "-t", "tmpfs", "-o", "size=" + kilobytes + "k", "tmpfs", "" + disk),
            "skipped: this user may not mount a tmpfs");
        survived.begins();
        try {
          Path run = disk.resolve("run");
          try {
            ResumeTest.assertSame(train(run), expected);
            clean = true;
          } catch (TelecomLlmException e) {
            assertThat(e).hasMessageContaining(disk.toString());
            assertThat(e.getMessage()).containsAnyOf("No space left on device", "the disk has");
          }
          assertThat(command("mount", "-o", "remount,size=16m", disk.toString())).isTrue();
          assertGoesOn(run);
          survived.passed();
          runs++;
        } finally {
          command("umount", disk.toString());
        }
      }
    }
    assertThat(runs).isGreaterThan(4);
  }

  private static boolean command(String... command) throws Exception {
    try {
      return new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (IOException e) {
      return false;
    }
  }
}
