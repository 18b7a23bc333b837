package io.telecomllm.training.tracking;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.telecomllm.StorageException;
import io.telecomllm.data.Choices;
import io.telecomllm.training.progress.TrainingListener;
import io.telecomllm.training.progress.TrainingListener.EvaluationRecord;
import io.telecomllm.training.progress.TrainingListener.StepRecord;
import io.telecomllm.training.progress.TrainingReport.Ending;
import io.telecomllm.training.tracking.EventReader.Event;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TensorBoardFileTest {
  @TempDir Path folder;

  @Test
  void everyEventIsRead() throws IOException {
    try (TensorBoardFile board = TensorBoardFile.in(folder)) {
      assertThat(board.file()).isEmpty();
      board.started(Runs.run(300, 0));
      board.step(new StepRecord(1, 1, 1.5, 0, Choices.NONE, 0.25, 2e-4, 8, 1200, 700, 0.5));
      board.step(
          new StepRecord(
              300,
              1,
              Double.NaN,
              0,
              Choices.NONE,
              Double.POSITIVE_INFINITY,
              1e-4,
              8,
              1200,
              700,
              0.5));
      board.evaluated(
          new EvaluationRecord(300, 1, 0.75, 0, Choices.NONE, OptionalDouble.empty(), true));
      board.evaluated(
          new EvaluationRecord(300, 1, 0.5, 0, Choices.NONE, OptionalDouble.of(0.625), true));
      // before it is closed: TensorBoard reads along
      List<Event> events = EventReader.read(board.file().orElseThrow());
      double now = System.currentTimeMillis() / 1000.0;
      assertThat(events).allSatisfy(e -> assertThat(e.wallTime()).isBetween(now - 60, now));
      assertThat(events.get(0).version()).isEqualTo("brain.Event:2");
      assertThat(events.get(1).sessionStart()).isTrue();
      assertThat(events.get(1).step()).isZero();
      assertThat(events.get(2).texts()).containsOnlyKeys("settings");
      assertThat(events.get(3).step()).isEqualTo(1);
      assertThat(events.get(3).scalars())
          .containsExactly(
              Map.entry("train/loss", 1.5f),
              Map.entry("train/grad_norm", 0.25f),
              Map.entry("train/learning_rate", 2e-4f),
              Map.entry("train/tokens_per_second", 2400f));
      assertThat(events.get(4).step()).isEqualTo(300);
      assertThat(events.get(4).scalars())
          .containsEntry("train/loss", Float.NaN)
          .containsEntry("train/grad_norm", Float.POSITIVE_INFINITY);
      assertThat(events.get(5).scalars()).containsExactly(Map.entry("eval/loss", 0.75f));
      assertThat(events.get(6).scalars())
          .containsExactly(Map.entry("eval/loss", 0.5f), Map.entry("eval/accuracy", 0.625f));
      assertThat(events).hasSize(7);
    }
  }

  @Test
  void settingsAreATextAtTheStart() throws IOException {
    try (TensorBoardFile board = TensorBoardFile.in(folder)) {
      board.started(Runs.run(2, 0));
      List<Event> events = EventReader.read(board.file().orElseThrow());
      assertThat(events).hasSize(3);
      assertThat(events.get(2).texts()).containsOnlyKeys("settings");
      assertThat(events.get(2).texts().get("settings"))
          .startsWith("| setting | value |\n|---|---|\n| lora.alpha | ")
          .contains("| training.optimizer.learning\\_rate | 2.0E-4 |\n");
    }
  }

  @Test
  void aRunThatGoesOnSaysWhereInAFileThatSortsBehind() throws IOException {
    Path first;
    try (TensorBoardFile board = TensorBoardFile.in(folder)) {
      board.started(Runs.run(9, 0));
      first = board.file().orElseThrow();
    }
    try (TensorBoardFile board = TensorBoardFile.in(folder)) {
      board.started(Runs.run(9, 4));
      Path second = board.file().orElseThrow();
      assertThat(second.getFileName().toString())
          .matches("events\\.out\\.tfevents\\.\\d{10}\\.[A-Za-z0-9-]+\\.\\d+\\.\\d+")
          .isGreaterThan(first.getFileName().toString());
      Event start = EventReader.read(second).get(1);
      assertThat(start.sessionStart()).isTrue();
      assertThat(start.step()).isEqualTo(5);
    }
  }

  /** Written by the RecordWriter and the event_pb2 of tensorboard 2.21.0. */
  @Test
  void theBytesAreTensorBoards() {
    double time = 1_700_000_000.5;
    assertThat(hex(EventRecords.version(time)))
        .isEqualTo(
            "1800000000000000a37f4b220900002040fc54d9411a0d627261696e2e457665"
                + "6e743a322b353110");
    assertThat(hex(EventRecords.start(time, 300)))
        .isEqualTo("100000000000000095fbfe180900002040fc54d94110ac023a020801b94512a3");
    assertThat(hex(EventRecords.scalars(time, 300, Map.of("train/loss", 1.5))))
        .isEqualTo(
            "2100000000000000017becf60900002040fc54d94110ac022a130a110a0a7472"
                + "61696e2f6c6f7373150000c03fa5972584");
    assertThat(hex(EventRecords.text(time, 300, "settings", "a | b")))
        .isEqualTo(
            "3700000000000000e7e8ca590900002040fc54d94110ac022a290a270a087365"
                + "7474696e6773420f0807120412020801420561207c20624a0a0a060a04746578"
                + "742002bb84f4b5");
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }

  @Property(tries = 200)
  void anyStepAndValueComeBack(
      @ForAll @LongRange(min = 0, max = Long.MAX_VALUE) long step,
      @ForAll double value,
      @ForAll double wallTime,
      @ForAll String tag)
      throws IOException {
    Path file = Files.createTempFile("events", "");
    try {
      Files.write(file, EventRecords.scalars(wallTime, step, Map.of(tag, value)));
      Event event = EventReader.read(file).get(0);
      assertThat(event.step()).isEqualTo(step);
      assertThat(event.wallTime()).isEqualTo(wallTime);
      // a lone surrogate has no UTF-8
      String readable =
          new String(
              tag.getBytes(java.nio.charset.StandardCharsets.UTF_8),
              java.nio.charset.StandardCharsets.UTF_8);
      assertThat(event.scalars()).containsExactly(Map.entry(readable, (float) value));
    } finally {
      Files.delete(file);
    }
  }

  @Test
  void aFolderThatCannotBeMadeIsTold() throws IOException {
    Path file = Files.createFile(folder.resolve("file"));
    try (TensorBoardFile board = TensorBoardFile.in(file)) {
      assertThatThrownBy(() -> board.started(Runs.run(2, 0)))
          .isInstanceOf(StorageException.class)
          .hasMessage(
              file
                  + ": events cannot be written: java.nio.file.FileAlreadyExistsException: "
                  + file);
      assertThatThrownBy(() -> board.step(Runs.step(1)))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage(file + ": an event of a run that has not started or is closed");
    }
  }

  /** A run that was killed and went on, for tools/check_tensorboard.py. */
  @Test
  void leavesARunForTheRealTensorBoard() throws IOException {
    Path left = Path.of("target", "tracking", "run");
    if (Files.exists(left)) {
      try (Stream<Path> files = Files.list(left)) {
        for (Path file : files.toList()) {
          Files.delete(file);
        }
      }
    }
    run(left, 0, 1, 60);
    run(left, 40, 41, 100);
    try (Stream<Path> files = Files.list(left)) {
      assertThat(files).hasSize(3);
    }
  }

  private static void run(Path folder, long resumedAt, int from, int to) throws IOException {
    try (MetricsFile metrics = MetricsFile.in(folder);
        TensorBoardFile board = TensorBoardFile.in(folder)) {
      TrainingListener both = TrainingListener.all(metrics, board);
      both.started(Runs.run(100, resumedAt));
      for (int step = from; step <= to; step++) {
        both.step(Runs.step(step));
        if (step % 20 == 0) {
          both.evaluated(Runs.evaluation(step, step == 80 ? Double.NaN : 0.4 + 1.0 / step));
        }
      }
      if (to == 100) {
        both.finished(Runs.report(100, Ending.COMPLETED));
      }
    }
    if (to < 100) {
      // as a kill -9 may leave it
      Path events;
      try (Stream<Path> files = Files.list(folder)) {
        events = files.filter(f -> f.toString().contains("tfevents")).findFirst().orElseThrow();
      }
      byte[] bytes = Files.readAllBytes(events);
      Files.write(events, java.util.Arrays.copyOf(bytes, bytes.length - 7));
    }
  }
}
