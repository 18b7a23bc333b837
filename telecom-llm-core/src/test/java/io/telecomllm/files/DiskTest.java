package io.telecomllm.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.telecomllm.BusyException;
import io.telecomllm.StorageException;
import io.telecomllm.TelecomLlmException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiskTest {
  @TempDir Path folder;

  @Test
  void aRefusalNamesPathAndOperation() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "x");
    assertThatThrownBy(() -> Disk.REAL.createFolder(file))
        .isInstanceOf(StorageException.class)
        .isInstanceOf(TelecomLlmException.class)
        .hasMessageStartingWith(file + ": cannot be created: ");
    assertThatThrownBy(() -> AtomicFiles.write(file.resolve("below"), new byte[1]))
        .isInstanceOf(StorageException.class)
        .hasMessageStartingWith(file.resolve("below") + ": cannot be written: ");
    assertThatThrownBy(() -> Disk.requireRoom(folder, Long.MAX_VALUE, "it takes"))
        .isInstanceOf(StorageException.class)
        .hasMessageMatching(".*: it takes 9223372036854775807 bytes, the disk has [0-9]+ free");
    AppendedFile appended = new AppendedFile(file, "events");
    assertThatThrownBy(() -> appended.open(() -> file.resolve("below")))
        .isInstanceOf(StorageException.class)
        .hasMessageStartingWith(file + ": events cannot be written: ");
  }

  @Test
  void anInterruptIsNoFailureOfTheDisk() {
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> AtomicFiles.write(folder.resolve("a"), new byte[1]))
        .isExactlyInstanceOf(TelecomLlmException.class)
        .hasMessage(folder.resolve("a") + ": cannot be written: the thread was interrupted");
    assertThat(Thread.currentThread().isInterrupted()).isTrue();
    String written =
        Disk.uninterrupted(
            () -> {
              AtomicFiles.write(folder.resolve("a"), new byte[1]);
              return "written";
            });
    assertThat(written).isEqualTo("written");
    assertThat(Thread.interrupted()).isTrue();
    assertThat(folder.resolve("a")).hasBinaryContent(new byte[1]);
  }

  @Test
  void aLockIsTakenOnce() throws Exception {
    Path file = folder.toRealPath().resolve("lock");
    CompletableFuture<String> second;
    try (LockFile first = LockFile.take(file, Disk.REAL, who -> "held by " + who)) {
      assertThat(first).isNotNull();
      assertThatThrownBy(() -> LockFile.take(file, Disk.REAL, who -> "held by " + who))
          .isInstanceOf(BusyException.class)
          .hasMessage("held by this process");
      second =
          CompletableFuture.supplyAsync(
              () -> {
                try (LockFile waited = LockFile.await(file)) {
                  return waited.getClass().getSimpleName();
                } catch (InterruptedException e) {
                  throw new IllegalStateException(e);
                }
              });
      Thread.sleep(100);
      assertThat(second).isNotDone();
    }
    assertThat(second.get(10, TimeUnit.SECONDS)).isEqualTo("LockFile");
  }
}
