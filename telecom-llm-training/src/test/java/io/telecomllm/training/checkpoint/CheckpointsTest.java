package io.telecomllm.training.checkpoint;

import static io.telecomllm.training.checkpoint.CheckpointTesting.contents;
import static io.telecomllm.training.checkpoint.CheckpointTesting.names;
import static io.telecomllm.training.checkpoint.CheckpointTesting.save;
import static io.telecomllm.training.checkpoint.CheckpointTesting.steps;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.telecomllm.InvalidDataException;
import io.telecomllm.StorageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a run sees of its checkpoints when nothing fails. */
class CheckpointsTest {
  @TempDir Path temporary;

  private Checkpoints open(int keep) {
    return Checkpoints.open(temporary.resolve("run"), keep);
  }

  @Test
  void aNewFolderHoldsNone() {
    try (Checkpoints checkpoints = Checkpoints.open(temporary.resolve("a/b/run"), 1)) {
      assertThat(checkpoints.newest()).isEmpty();
      assertThat(checkpoints.at(0)).isEmpty();
      assertThat(checkpoints.best()).isEmpty();
      assertThat(checkpoints.all()).isEmpty();
      assertThat(checkpoints.skipped()).isEmpty();
      assertThat(names(checkpoints.folder())).containsExactly("checkpoints.lock");
    }
  }

  @Test
  void whatIsSavedIsReadInAnotherRun() throws IOException {
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("seed", "3407");
    facts.put("Straße \u0000\n\"\\</\ud83d\ude00", "");
    Checkpoint saved;
    try (Checkpoints checkpoints = open(2)) {
      saved = checkpoints.save(12, facts, contents("adapter", "moments"));
      assertThat(saved.folder()).isEqualTo(checkpoints.folder().resolve("checkpoint-12"));
    }
    try (Checkpoints checkpoints = open(2)) {
      Checkpoint read = checkpoints.newest().orElseThrow();
      assertThat(read.step()).isEqualTo(12);
      assertThat(read.facts()).isEqualTo(facts);
      assertThat(read.facts().keySet()).containsExactlyElementsOf(facts.keySet());
      assertThat(read.fact("seed")).isEqualTo("3407");
      assertThat(read.files()).isEqualTo(saved.files());
      assertThat(Files.readString(read.path("state"))).isEqualTo("moments");
      assertThat(Files.readString(read.path("adapter/weights.bin"))).isEqualTo("adapter");
      assertThat(read.path("adapter")).isDirectory();
      assertThat(read).hasToString(read.folder() + " of step 12");
      assertThatThrownBy(() -> read.fact("rank"))
          .isInstanceOf(InvalidDataException.class)
          .hasMessageStartingWith(
              read.folder().resolve("manifest.json") + ": expected a fact rank, found [seed, ");
      assertThatThrownBy(() -> read.path("adapte"))
          .isInstanceOf(InvalidDataException.class)
          .hasMessageContaining(": expected adapte, found [adapter/config.json, adapter/weights");
    }
    assertThat(Checkpoint.read(saved.folder()).facts()).isEqualTo(facts);
  }

  @Test
  void theNewestStayAndTheBest() {
    try (Checkpoints checkpoints = open(2)) {
      save(checkpoints, 1, "a");
      checkpoints.protect(2);
      save(checkpoints, 2, "b");
      save(checkpoints, 3, "c");
      save(checkpoints, 4, "d");
      save(checkpoints, 5, "e");
      assertThat(steps(checkpoints)).containsExactly(5L, 4L, 2L);
      checkpoints.protect(4);
      save(checkpoints, 6, "f");
      save(checkpoints, 7, "g");
      assertThat(steps(checkpoints)).containsExactly(7L, 6L, 4L);
      assertThat(names(checkpoints.folder()))
          .containsExactly("checkpoint-4", "checkpoint-6", "checkpoint-7", "checkpoints.lock");
    }
    try (Checkpoints checkpoints = open(1)) {
      assertThat(checkpoints.best().orElseThrow().step()).isEqualTo(4);
      save(checkpoints, 8, "h");
      assertThat(steps(checkpoints)).containsExactly(8L, 4L);
    }
  }

  @Test
  void aStepMayBeSavedAgain() {
    try (Checkpoints checkpoints = open(2)) {
      save(checkpoints, 1, "a");
      save(checkpoints, 2, "old");
      save(checkpoints, 2, "new");
      assertThat(CheckpointTesting.text(checkpoints.at(2).orElseThrow())).isEqualTo("new");
      assertThat(steps(checkpoints)).containsExactly(2L, 1L);
      assertThat(names(checkpoints.folder()))
          .containsExactly("checkpoint-1", "checkpoint-2.2", "checkpoints.lock");
      save(checkpoints, 2, "newest");
    }
    try (Checkpoints checkpoints = open(2)) {
      assertThat(CheckpointTesting.text(checkpoints.newest().orElseThrow())).isEqualTo("newest");
      assertThat(checkpoints.newest().orElseThrow().folder()).hasFileName("checkpoint-2.3");
    }
  }

  @Test
  void aRunThatWentBackKeepsItsOwn() {
    try (Checkpoints checkpoints = open(2)) {
      save(checkpoints, 8, "a");
      save(checkpoints, 9, "b");
      save(checkpoints, 5, "back");
      assertThat(steps(checkpoints)).containsExactly(5L, 9L);
    }
    try (Checkpoints checkpoints = open(2)) {
      assertThat(checkpoints.newest().orElseThrow().step()).isEqualTo(5);
      save(checkpoints, 6, "on");
      assertThat(steps(checkpoints)).containsExactly(6L, 5L);
    }
  }

  @Test
  void onlyWhatADeadRunLeftIsRemoved() throws IOException {
    Path run = Files.createDirectories(temporary.resolve("run"));
    Path elsewhere = Files.createDirectories(temporary.resolve("elsewhere/deep"));
    Files.writeString(elsewhere.resolve("kept"), "kept");
    Path dead = Files.createDirectories(run.resolve("checkpoint-3.tmp-17-a0f/adapter"));
    Files.writeString(dead.resolve("weights"), "half");
    Files.createSymbolicLink(dead.resolve("link"), elsewhere);
    Files.createSymbolicLink(run.resolve("checkpoint-4.2.tmp-17-1"), elsewhere);
    Files.writeString(run.resolve("notes.tmp-1-1"), "mine");
    Files.writeString(run.resolve("checkpoint-3.tmp-draft"), "mine");
    Files.createDirectory(run.resolve("checkpoint-007"));
    open(1).close();
    assertThat(names(run))
        .containsExactly(
            "checkpoint-007", "checkpoint-3.tmp-draft", "checkpoints.lock", "notes.tmp-1-1");
    assertThat(elsewhere.resolve("kept")).hasContent("kept");
  }

  @Test
  void aPathThatIsNoFolder() throws IOException {
    Path file = Files.writeString(temporary.resolve("file"), "text");
    assertThatThrownBy(() -> Checkpoints.open(file, 1))
        .isInstanceOf(StorageException.class)
        .hasMessage(file + ": expected a folder for checkpoints, found a file");
    assertThatThrownBy(() -> Checkpoints.open(file.resolve("run"), 1))
        .isInstanceOf(StorageException.class)
        .hasMessageStartingWith(file.resolve("run") + ": cannot be ");
    assertThat(file).hasContent("text");
  }

  @Test
  void mistakesOfTheCallersWriteNothing() {
    try (Checkpoints checkpoints = open(1)) {
      assertThatThrownBy(() -> checkpoints.save(-1, Map.of(), contents("a", "b")))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("step is -1, must be 0 to 1000000000000000");
      assertThatThrownBy(() -> checkpoints.protect(-1))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("step is -1, must be 0 to 1000000000000000");
      assertThatThrownBy(() -> checkpoints.save(1, Map.of(), Map.of()))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("contents is empty, must name at least one file");
      assertThatThrownBy(() -> checkpoints.save(1, Map.of("a", "\ud83d"), contents("a", "b")))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("the fact a holds half a surrogate pair");
      assertThatThrownBy(
              () -> checkpoints.save(1, Map.of("a", "x".repeat(1_000_000)), contents("a", "b")))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("the facts have 1000001 characters, must be at most 1000000");
      for (String name :
          List.of(
              "",
              ".",
              "..",
              "../a",
              "/a",
              "a/b",
              "a..b",
              ".a",
              "a.",
              "a b",
              "manifest.json",
              "MANIFEST.JSON",
              "a\u0000",
              "ä",
              "c:",
              "x".repeat(129))) {
        assertThatThrownBy(() -> checkpoints.save(1, Map.of(), Map.of(name, path -> {})))
            .as(name)
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessage("the name of a file is " + name + ", must be " + Manifest.A_NAME);
      }
      assertThat(names(checkpoints.folder())).containsExactly("checkpoints.lock");
    }
    assertThatThrownBy(() -> open(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("keep is 0, must be at least 1");
  }

  @Test
  void afterCloseNothingIsDone() {
    Checkpoints checkpoints = open(1);
    checkpoints.close();
    checkpoints.close();
    for (Runnable use :
        List.<Runnable>of(
            checkpoints::newest,
            checkpoints::all,
            () -> checkpoints.at(1),
            () -> checkpoints.protect(1),
            () -> save(checkpoints, 1, "a"))) {
      assertThatThrownBy(use::run)
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("the checkpoints of " + checkpoints.folder() + " are closed");
    }
  }
}
