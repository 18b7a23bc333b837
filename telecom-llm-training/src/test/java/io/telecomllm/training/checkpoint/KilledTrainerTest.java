package io.telecomllm.training.checkpoint;

import static io.telecomllm.training.checkpoint.CheckpointTesting.names;
import static io.telecomllm.training.checkpoint.CheckpointTesting.save;
import static io.telecomllm.training.checkpoint.CheckpointTesting.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.telecomllm.BusyException;
import io.telecomllm.TelecomLlmException;
import io.telecomllm.testing.ChildJvm;
import io.telecomllm.testing.Reliability;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Trainers in processes of their own, which are killed, and the lock between them. */
@Timeout(120)
class KilledTrainerTest {
  private static final int KILLS = 20;
  private static final String OPENED = "opened at ";

  @TempDir Path temporary;

  /** Opens a folder and saves one checkpoint after the other, telling of each. */
  static final class Child {
    /** So that a child whose parent died does not stay. */
    private static final long MOST_NANOS = TimeUnit.SECONDS.toNanos(20);

    private Child() {}

    public static void main(String[] args) {
      PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
      long start = System.nanoTime();
      try (Checkpoints checkpoints = Checkpoints.open(Path.of(args[0]), 2)) {
        long step = checkpoints.newest().map(Checkpoint::step).orElse(0L);
        out.println(OPENED + step);
        while (System.nanoTime() - start < MOST_NANOS) {
          step++;
          save(checkpoints, step, word(step));
          out.println(step);
        }
      } catch (TelecomLlmException e) {
        out.println(e.getMessage());
      }
    }
  }

  private static String word(long step) {
    return (step + " ").repeat(10_000);
  }

  private Process child(Path run) throws IOException {
    return ChildJvm.of(Child.class, run)
        .redirectError(temporary.resolve("errors.log").toFile())
        .start();
  }

  @Test
  void aTrainerThatIsKilledLeavesWholeCheckpoints() throws Exception {
    Path run = temporary.resolve("run");
    Random random = new Random(3407);
    long last = 0;
    int halfWritten = 0;
    try (Reliability survived = Reliability.of("kill -9 while saving a checkpoint")) {
      for (int kill = 0; kill < KILLS; kill++) {
        survived.begins();
        Process child = child(run);
        try (BufferedReader told = child.inputReader(StandardCharsets.UTF_8)) {
          String first = told.readLine();
          assertThat(first).as(errors()).isEqualTo(OPENED + last);
          // by turns in the first save, and in a later one
          if (kill % 2 == 1) {
            last = Long.parseLong(told.readLine());
          }
          Thread.sleep(random.nextInt(120));
          // by its handle, as Process would close the stream too
          child.toHandle().destroyForcibly();
          child.waitFor();
          for (String line = told.readLine(); line != null; line = told.readLine()) {
            last = Long.parseLong(line);
          }
        } finally {
          child.destroyForcibly().waitFor();
        }
        halfWritten += names(run).stream().anyMatch(name -> name.contains(".tmp-")) ? 1 : 0;
        try (Checkpoints checkpoints = Checkpoints.open(run, 2)) {
          Checkpoint newest = checkpoints.newest().orElse(null);
          assertThat(checkpoints.skipped()).isEmpty();
          long step = newest == null ? 0 : newest.step();
          assertThat(step).isBetween(last, last + 1);
          for (Checkpoint checkpoint : checkpoints.all()) {
            assertThat(text(checkpoint)).isEqualTo(word(checkpoint.step()));
          }
          last = step;
          survived.passed();
        }
      }
      survived.note(halfWritten + " of them inside a save");
    }
    // else the moments were not inside a save
    assertThat(halfWritten).isPositive();
    assertThat(last).isGreaterThanOrEqualTo(KILLS / 2);
  }

  private String errors() throws IOException {
    return Files.readString(temporary.resolve("errors.log"));
  }

  @Test
  void aTrainerOfAnotherProcessKeepsOthersOutUntilItDies() throws Exception {
    Path run = temporary.toRealPath().resolve("run");
    Process child = child(run);
    try (Reliability refused = Reliability.of("a second trainer, in another process");
        BufferedReader told = child.inputReader(StandardCharsets.UTF_8)) {
      assertThat(told.readLine()).as(errors()).isEqualTo(OPENED + 0);
      for (int i = 0; i < 2; i++) {
        refused.begins();
        assertThatThrownBy(() -> Checkpoints.open(run, 2))
            .isInstanceOf(BusyException.class)
            .hasMessage(busy(run, "another process"));
        refused.passed();
      }
    } finally {
      child.destroyForcibly().waitFor();
    }
    try (Checkpoints mine = Checkpoints.open(run, 2)) {
      Process second = child(run);
      try (BufferedReader told = second.inputReader(StandardCharsets.UTF_8)) {
        assertThat(told.readLine()).as(errors()).isEqualTo(busy(run, "another process"));
      } finally {
        second.destroyForcibly().waitFor();
      }
      save(mine, 1_000_000, "mine");
    }
  }

  @Test
  void aTrainerOfThisProcessKeepsOthersOutUntilItCloses() throws Exception {
    Path run = temporary.toRealPath().resolve("run");
    Checkpoints first = Checkpoints.open(run, 2);
    save(first, 1, "first");
    Path link = Files.createSymbolicLink(temporary.resolve("link"), run);
    try (Reliability refused = Reliability.of("a second trainer, in the same process")) {
      for (Path same : new Path[] {run, link, run.resolve("../run")}) {
        refused.begins();
        assertThatThrownBy(() -> Checkpoints.open(same, 2))
            .isInstanceOf(BusyException.class)
            .hasMessage(busy(run, "this process"));
        refused.passed();
      }
    }
    // the refused ones did not end the lock that this process holds
    Process child = child(run);
    try (BufferedReader told = child.inputReader(StandardCharsets.UTF_8)) {
      assertThat(told.readLine()).as(errors()).isEqualTo(busy(run, "another process"));
    } finally {
      child.destroyForcibly().waitFor();
    }
    first.close();
    Checkpoints.open(link, 2).close();
  }

  private static String busy(Path run, String where) {
    return run
        + ": another trainer of "
        + where
        + " writes its checkpoints here; wait for its end, stop it, or take another folder";
  }
}
