package io.telecomllm.training.checkpoint;

import static io.telecomllm.training.checkpoint.CheckpointTesting.names;
import static io.telecomllm.training.checkpoint.CheckpointTesting.save;
import static io.telecomllm.training.checkpoint.CheckpointTesting.steps;
import static io.telecomllm.training.checkpoint.CheckpointTesting.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.telecomllm.InvalidDataException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A checkpoint that is damaged or hostile is passed over, and nothing outside it is read. */
@Timeout(60)
class DamagedCheckpointTest {
  @TempDir Path temporary;
  private Path run;
  private Path two;

  @BeforeEach
  void saveTwo() throws IOException {
    run = temporary.toRealPath().resolve("run");
    try (Checkpoints checkpoints = Checkpoints.open(run, 3)) {
      save(checkpoints, 1, "one");
      checkpoints.protect(2);
      two = save(checkpoints, 2, "two").folder();
    }
  }

  private void assertPassedOver(String reason) {
    try (Checkpoints checkpoints = Checkpoints.open(run, 3)) {
      assertThat(text(checkpoints.newest().orElseThrow())).isEqualTo("one");
      assertThat(checkpoints.at(2)).isEmpty();
      assertThat(checkpoints.best()).isEmpty();
      assertThat(steps(checkpoints)).containsExactly(1L);
      assertThat(checkpoints.skipped())
          .singleElement()
          .satisfies(
              skipped -> {
                assertThat(skipped.folder()).isEqualTo(two);
                assertThat(skipped.reason()).startsWith(two.toString()).contains(reason);
              });
    }
    assertThatThrownBy(() -> Checkpoint.read(two))
        .isInstanceOf(InvalidDataException.class)
        .hasMessageStartingWith(two.toString())
        .hasMessageContaining(reason);
  }

  private static void manifest(Path folder, String from, String to) throws IOException {
    Path file = folder.resolve("manifest.json");
    String text = Files.readString(file);
    assertThat(text).contains(from);
    Files.writeString(file, text.replace(from, to));
  }

  @Test
  void aFlippedBitAnywhere() throws IOException {
    Checkpoint whole = Checkpoint.read(two);
    for (Path file : files()) {
      byte[] bytes = Files.readAllBytes(file);
      for (int i = 0; i < bytes.length; i++) {
        byte[] flipped = bytes.clone();
        flipped[i] ^= (byte) (1 << (i % 8));
        Files.write(file, flipped);
        try {
          // what still reads differs in nothing that counts: a space became a tab
          Checkpoint read = Checkpoint.read(two);
          assertThat(file).hasFileName("manifest.json");
          assertThat(bytes[i]).isIn((byte) ' ', (byte) '\n');
          assertThat(read.facts()).isEqualTo(whole.facts());
          assertThat(read.files()).isEqualTo(whole.files());
          assertThat(read.step()).isEqualTo(2);
        } catch (InvalidDataException e) {
          assertThat(e).hasMessageStartingWith(file.toString());
        }
      }
      Files.write(file, bytes);
    }
  }

  @Test
  void aFileCutAnywhere() throws IOException {
    for (Path file : files()) {
      byte[] bytes = Files.readAllBytes(file);
      // the last byte of the manifest is a line feed, which nobody misses
      int last = file.endsWith("manifest.json") ? bytes.length - 1 : bytes.length;
      for (int length = 0; length < last; length++) {
        Files.write(file, Arrays.copyOf(bytes, length));
        assertThatThrownBy(() -> Checkpoint.read(two))
            .isInstanceOf(InvalidDataException.class)
            .hasMessageStartingWith(file.toString());
      }
      Files.write(file, bytes);
    }
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> all = Files.walk(two)) {
      List<Path> files = all.filter(Files::isRegularFile).sorted().toList();
      assertThat(files).hasSize(4);
      return files;
    }
  }

  @Test
  void aLongerFile() throws IOException {
    Files.writeString(two.resolve("state"), "twotwo");
    assertPassedOver("/state: expected 3 bytes, found more");
  }

  @Test
  void aShorterFile() throws IOException {
    Files.writeString(two.resolve("state"), "tw");
    assertPassedOver("/state: expected 3 bytes, found 2");
  }

  @Test
  void anotherFile() throws IOException {
    Files.writeString(two.resolve("adapter/weights.bin"), "one");
    assertPassedOver("/adapter/weights.bin: expected sha256 ");
  }

  @Test
  void aMissingFile() throws IOException {
    Files.delete(two.resolve("adapter/weights.bin"));
    assertPassedOver("/adapter/weights.bin: no such file");
  }

  @Test
  void aMissingManifest() throws IOException {
    Files.delete(two.resolve("manifest.json"));
    assertPassedOver("/manifest.json: no such file");
  }

  @Test
  void aFolderInsteadOfAFile() throws IOException {
    Files.delete(two.resolve("state"));
    Files.createDirectory(two.resolve("state"));
    assertPassedOver("/state: expected a file, found a folder");
  }

  @Test
  void aLinkInsteadOfAFile() throws IOException {
    Path copy = Files.copy(two.resolve("state"), temporary.resolve("copy"));
    Files.delete(two.resolve("state"));
    Files.createSymbolicLink(two.resolve("state"), copy);
    assertPassedOver("/state: expected a file, found a link or a device");
  }

  @Test
  void aLinkInsteadOfAFolder() throws IOException {
    Path copy = Files.move(two.resolve("adapter"), temporary.resolve("copy"));
    Files.createSymbolicLink(two.resolve("adapter"), copy);
    assertPassedOver("/adapter: expected a folder, found a link or a device");
  }

  @Test
  void aLinkInsteadOfTheManifest() throws IOException {
    Path copy = Files.move(two.resolve("manifest.json"), temporary.resolve("copy"));
    Files.createSymbolicLink(two.resolve("manifest.json"), copy);
    assertPassedOver("/manifest.json: expected a file, found a link or a device");
  }

  @Test
  void aLinkInsteadOfTheCheckpoint() throws IOException {
    Path copy = Files.move(two, temporary.resolve("copy"));
    Files.createSymbolicLink(two, copy);
    assertPassedOver(": expected a folder, found a link or a device");
    // neither is a stranger's link followed when the step is saved again
    try (Checkpoints checkpoints = Checkpoints.open(run, 1)) {
      save(checkpoints, 2, "again");
    }
    assertThat(text(Checkpoint.read(copy))).isEqualTo("two");
  }

  @Test
  void aFileInsteadOfTheCheckpoint() throws IOException {
    Files.move(two, temporary.resolve("copy"));
    Files.writeString(two, "notes");
    assertPassedOver(": expected a folder, found a file");
    try (Checkpoints checkpoints = Checkpoints.open(run, 1)) {
      save(checkpoints, 2, "again");
    }
    assertThat(two).hasContent("notes");
  }

  @Test
  void aPipeInsteadOfAFileOrTheLock() throws Exception {
    Files.delete(two.resolve("state"));
    Assumptions.assumeTrue(
        new ProcessBuilder("mkfifo", two.resolve("state").toString()).start().waitFor() == 0,
        "skipped: no pipe can be made");
    assertPassedOver("/state: expected a file, found a link or a device");
    Path other = Files.createDirectory(temporary.resolve("other"));
    Path lock = other.toRealPath().resolve("checkpoints.lock");
    assertThat(new ProcessBuilder("mkfifo", lock.toString()).start().waitFor()).isZero();
    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(() -> Checkpoints.open(other, 1))
          .isInstanceOf(InvalidDataException.class)
          .hasMessage(lock + ": expected a file, found a link or a device");
    }
  }

  @Test
  void anotherStepThanItsName() throws IOException {
    Path three = Files.move(two, run.resolve("checkpoint-3"));
    try (Checkpoints checkpoints = Checkpoints.open(run, 1)) {
      assertThat(steps(checkpoints)).containsExactly(1L);
      assertThat(checkpoints.skipped())
          .containsExactly(
              new Checkpoints.Skipped(
                  three,
                  three
                      + "/manifest.json, field step: expected 3 as in the folder's name, found 2"));
    }
    assertThat(Checkpoint.read(three).step()).isEqualTo(2);
  }

  @Test
  void aManifestThatWasEdited() throws IOException {
    manifest(two, "\"word\": \"two\"", "\"word\": \"owt\"");
    assertPassedOver("/manifest.json, field digest: expected ");
  }

  @Test
  void damagedOnesDoNotCountAndStayUntilTheirStepIsSaved() throws IOException {
    Files.writeString(two.resolve("state"), "owt");
    try (Checkpoints checkpoints = Checkpoints.open(run, 1)) {
      checkpoints.newest();
      save(checkpoints, 3, "three");
      assertThat(names(run)).containsExactly("checkpoint-2", "checkpoint-3", "checkpoints.lock");
      save(checkpoints, 2, "again");
      assertThat(names(run)).containsExactly("checkpoint-2.2", "checkpoints.lock");
      assertThat(checkpoints.skipped()).isEmpty();
      assertThat(text(checkpoints.best().orElseThrow())).isEqualTo("again");
    }
  }
}
