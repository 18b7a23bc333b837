package io.telecomllm.training.checkpoint;

import static io.telecomllm.training.checkpoint.CheckpointTesting.contents;
import static io.telecomllm.training.checkpoint.CheckpointTesting.names;
import static io.telecomllm.training.checkpoint.CheckpointTesting.save;
import static io.telecomllm.training.checkpoint.CheckpointTesting.steps;
import static io.telecomllm.training.checkpoint.CheckpointTesting.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.telecomllm.StorageException;
import io.telecomllm.TelecomLlmException;
import io.telecomllm.files.ContentWriter;
import io.telecomllm.files.FileOperations;
import io.telecomllm.testing.Reliability;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Each operation fails once; the folder holds the old or the new checkpoint, never a mixture. */
class CheckpointFaultsTest {
  @TempDir Path temporary;

  /** The words whose save returned, and after them the one under way if it failed. */
  private static final class Run {
    final List<String> saved = new ArrayList<>();
    String attempted = "";

    /** A step anew, one saved twice, one after it; each save after the first removes something. */
    void go(Path folder, FileOperations operations, boolean again) {
      try (Checkpoints checkpoints = Checkpoints.open(folder, 1, operations)) {
        checkpoints.newest();
        try {
          save(checkpoints, 2, "again");
          checkpoints.protect(3);
          save(checkpoints, 3, "best");
          save(checkpoints, 4, "last");
        } catch (StorageException e) {
          assertThat(e).hasMessageContaining(": cannot be ").hasMessageContaining(" fails");
          if (again) {
            save(checkpoints, 5, "same object");
          }
          throw e;
        }
      }
    }

    private void save(Checkpoints checkpoints, long step, String word) {
      attempted = word;
      CheckpointTesting.save(checkpoints, step, word);
      saved.add(word);
      attempted = "";
    }

    String last() {
      return saved.isEmpty() ? "old" : saved.get(saved.size() - 1);
    }
  }

  private Path fresh(String name) {
    Path folder = temporary.resolve(name);
    try (Checkpoints checkpoints = Checkpoints.open(folder, 1, Faults.none().operations())) {
      save(checkpoints, 2, "old");
      return checkpoints.folder();
    }
  }

  @ParameterizedTest
  @EnumSource
  void theOldOrTheNewOpens(Faults.Mode mode) {
    int operation = 0;
    try (Reliability survived =
        Reliability.of("the n-th file operation of checkpoints fails, " + mode)) {
      for (boolean clean = false; !clean; operation++) {
        survived.begins();
        Path folder = fresh(mode + "-" + operation);
        Faults faults = Faults.at(operation, mode);
        Run run = new Run();
        try {
          run.go(folder, faults.operations(), mode != Faults.Mode.DEAD);
          clean = true;
        } catch (StorageException e) {
          assertThat(e).hasMessageContaining("operation " + operation + " fails");
        }
        try (Checkpoints checkpoints = Checkpoints.open(folder, 1, Faults.none().operations())) {
          Checkpoint newest = checkpoints.newest().orElseThrow();
          assertThat(text(newest)).as("operation " + operation).isIn(run.last(), run.attempted);
          checkpoints.all().forEach(CheckpointTesting::text);
          assertThat(checkpoints.skipped()).isEmpty();
          save(checkpoints, 6, "afterwards");
          assertThat(text(checkpoints.newest().orElseThrow())).isEqualTo("afterwards");
          assertThat(steps(checkpoints)).isIn(List.of(6L), List.of(6L, 3L));
          assertThat(names(folder)).hasSize(1 + steps(checkpoints).size());
        }
        survived.passed();
      }
    }
    assertThat(operation).isGreaterThan(100);
  }

  @Test
  void aDiskThatFillsUpAtAnyByte() {
    boolean clean = false;
    try (Reliability survived = Reliability.of("a disk that fills up at any byte of a save")) {
      for (long bytes = 0; !clean; bytes++) {
        survived.begins();
        Path folder = fresh("full-" + bytes);
        Faults faults = Faults.full(bytes);
        try (Checkpoints checkpoints = Checkpoints.open(folder, 1, faults.operations())) {
          try {
            save(checkpoints, 3, "new");
            clean = true;
          } catch (TelecomLlmException e) {
            assertThat(e)
                .hasMessageStartingWith(folder.resolve("checkpoint-3.tmp-").toString())
                .hasMessageEndingWith(
                    ": cannot be written: java.io.IOException: No space left on device");
            assertThat(text(checkpoints.newest().orElseThrow())).isEqualTo("old");
            assertThat(names(folder)).containsExactly("checkpoint-2", "checkpoints.lock");
            faults.free();
            save(checkpoints, 3, "new");
          }
          assertThat(text(checkpoints.newest().orElseThrow())).isEqualTo("new");
          assertThat(names(folder)).containsExactly("checkpoint-3", "checkpoints.lock");
        }
        if (clean) {
          assertThat(bytes).isGreaterThan(500);
        }
        survived.passed();
      }
    }
  }

  @Test
  void aDiskThatIsFull() throws Exception {
    Path disk = Files.createDirectory(temporary.resolve("disk"));
    Assumptions.assumeTrue(
        run("mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", disk.toString()),
        "skipped: this user may not mount a tmpfs");
    try (Checkpoints checkpoints = Checkpoints.open(disk.resolve("run"), 1)) {
      int failures = 0;
      for (int step = 1; step <= 6; step++) {
        // two of 60 kB fit, a third or one of 200 kB does not
        int size = step % 2 == 1 ? 20_000 : 70_000;
        String word = Integer.toString(step).repeat(size);
        try {
          checkpoints.save(step, Map.of("word", "-"), contents(word, word));
          assertThat(checkpoints.newest().orElseThrow().step()).isEqualTo(step);
        } catch (TelecomLlmException e) {
          failures++;
          assertThat(e)
              .hasMessageStartingWith(checkpoints.folder() + "/checkpoint-" + step + ".tmp-")
              .hasMessageContaining(": cannot be written: ")
              .hasMessageContaining("No space left on device");
          assertThat(checkpoints.newest().orElseThrow().step()).isEqualTo(step - 1);
        }
      }
      assertThat(failures).isEqualTo(3);
      assertThat(names(checkpoints.folder())).containsExactly("checkpoint-5", "checkpoints.lock");
    } finally {
      run("umount", disk.toString());
    }
  }

  private static boolean run(String... command) throws Exception {
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return process.waitFor() == 0;
    } catch (IOException e) {
      return false;
    }
  }

  /** What a power cut asks for: no name before what it names. */
  @Test
  void everythingIsForcedInOrder() {
    Path folder = temporary.resolve("run");
    Faults disk = Faults.none();
    try (Checkpoints checkpoints = Checkpoints.open(folder, 1, disk.operations())) {
      assertThat(disk.log).contains("force " + checkpoints.folder().getParent());
      save(checkpoints, 1, "a");
      disk.log.clear();
      save(checkpoints, 2, "b");
      String run = checkpoints.folder().toString();
      List<String> log =
          disk.log.stream()
              .filter(line -> line.matches("(write|force|rename|delete) .*"))
              .map(line -> line.replace(run + "/", "").replaceAll("\\.tmp-[0-9]+-[0-9a-f]+", "~"))
              .map(line -> line.replace(run, "."))
              .toList();
      assertThat(log)
          .containsExactly(
              "write checkpoint-2~/state",
              "write checkpoint-2~/adapter",
              "force checkpoint-2~/adapter/config.json",
              "force checkpoint-2~/adapter/weights.bin",
              "force checkpoint-2~/adapter",
              "force checkpoint-2~/state",
              "write checkpoint-2~/manifest.json",
              "force checkpoint-2~/manifest.json",
              "force checkpoint-2~",
              "rename checkpoint-2~ checkpoint-2",
              "force .",
              "rename checkpoint-1 checkpoint-1~",
              "force .",
              "delete checkpoint-1~/adapter/config.json",
              "delete checkpoint-1~/adapter/weights.bin",
              "delete checkpoint-1~/adapter",
              "delete checkpoint-1~/manifest.json",
              "delete checkpoint-1~/state",
              "delete checkpoint-1~");
    }
  }

  @Test
  void aFolderThatCannotBeWrittenIsRefusedAtOnce() {
    Path folder = fresh("run");
    Faults refusing = Faults.refusing("createFolder");
    assertThatThrownBy(() -> Checkpoints.open(folder, 1, refusing.operations()))
        .isExactlyInstanceOf(StorageException.class)
        .hasMessageStartingWith(folder + "/checkpoint-0.tmp-")
        .hasMessageContaining(": cannot be created: java.nio.file.AccessDeniedException: ");
    assertThat(names(folder)).containsExactly("checkpoint-2", "checkpoints.lock");
    Checkpoints.open(folder, 1).close();
  }

  @Test
  void aReadThatFailsIsNoProofOfDamage() {
    Path folder = fresh("run");
    Faults counting = Faults.none();
    try (Checkpoints checkpoints = Checkpoints.open(folder, 1, counting.operations())) {
      int opened = counting.count();
      checkpoints.newest();
      assertThat(counting.count()).isGreaterThan(opened);
      checkpoints.close();
      for (int at = 0; at < counting.count(); at++) {
        Faults faults = Faults.at(at, Faults.Mode.BEFORE);
        int operation = at;
        assertThatThrownBy(
                () -> {
                  try (Checkpoints failing = Checkpoints.open(folder, 1, faults.operations())) {
                    failing.newest();
                  }
                })
            .isExactlyInstanceOf(StorageException.class)
            .hasMessageStartingWith(temporary.toString())
            .hasMessageContaining(": cannot be ")
            .hasMessageEndingWith("java.io.IOException: operation " + operation + " fails");
      }
    }
  }

  @Test
  void writersThatFail() {
    Map<String, ContentWriter> writers = new LinkedHashMap<>();
    writers.put(": its writer wrote nothing there", path -> {});
    writers.put(
        ": cannot be written: java.io.IOException: the reason",
        path -> {
          Files.writeString(path, "half");
          throw new IOException("the reason");
        });
    writers.put(
        ": a writer left a link or a device",
        path -> Files.createSymbolicLink(path, temporary.resolve("elsewhere")));
    writers.put(": a folder at depth 4", path -> Files.createDirectories(path.resolve("b/c/d")));
    writers.put(
        "/b c: a writer's file must be called at most 128 letters",
        path -> Files.createDirectories(path.resolve("b c")));
    try (Checkpoints checkpoints = Checkpoints.open(fresh("run"), 1)) {
      writers.forEach(
          (text, writer) -> {
            assertThatThrownBy(() -> checkpoints.save(3, Map.of(), Map.of("a", writer)))
                .isExactlyInstanceOf(
                    text.contains("cannot be written")
                        ? StorageException.class
                        : TelecomLlmException.class)
                .hasMessageStartingWith(checkpoints.folder() + "/checkpoint-3.tmp-")
                .hasMessageContaining(text);
            assertThat(names(checkpoints.folder()))
                .containsExactly("checkpoint-2", "checkpoints.lock");
          });
      IllegalStateException own = new IllegalStateException("the writer's own");
      ContentWriter throwing =
          path -> {
            throw own;
          };
      assertThatThrownBy(() -> checkpoints.save(3, Map.of(), Map.of("a", throwing))).isSameAs(own);
      assertThat(text(checkpoints.newest().orElseThrow())).isEqualTo("old");
    }
  }

  @Test
  void anInterruptedThreadReadsAndDoesNotWrite() {
    try (Checkpoints checkpoints = Checkpoints.open(fresh("run"), 1)) {
      Thread.currentThread().interrupt();
      try {
        assertThatThrownBy(() -> save(checkpoints, 3, "new"))
            .isExactlyInstanceOf(TelecomLlmException.class)
            .hasMessageStartingWith(checkpoints.folder() + "/checkpoint-3.tmp-")
            .hasMessageEndingWith(": the thread was interrupted");
        assertThat(text(checkpoints.newest().orElseThrow())).isEqualTo("old");
        assertThat(checkpoints.skipped()).isEmpty();
      } finally {
        Thread.interrupted();
      }
      save(checkpoints, 3, "new");
      assertThat(text(checkpoints.newest().orElseThrow())).isEqualTo("new");
    }
  }
}
