package io.telecomllm.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import io.telecomllm.DeviceException;
import io.telecomllm.StorageException;
import io.telecomllm.testing.ChildJvm;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NativeLibraryTest {
  @TempDir private Path folder;

  /** Loads the library in a process of its own and prints what it throws. */
  static final class Loads {
    public static void main(String[] args) {
      try {
        System.out.println("loaded " + NativeLibrary.versions());
      } catch (RuntimeException e) {
        System.out.println(e.getClass().getSimpleName() + ": " + e.getMessage());
      }
    }
  }

  @Test
  void aFolderThatCannotBeWrittenIsNamedWithItsVariable() throws Exception {
    // a file where the folder must be: nobody can write below it, not even the superuser
    Path file = Files.writeString(folder.resolve("home"), "");
    ChildJvm.Ended ended = ChildJvm.run(List.of("-DENGINE_CACHE_DIR=" + file), Loads.class);
    assertThat(ended.output())
        .contains("StorageException: libtorch cannot be unpacked into " + file.resolve("pytorch"))
        .contains("ENGINE_CACHE_DIR");
  }

  @Test
  void aLibraryThatIsNotThereIsSaidWithoutADownload() throws Exception {
    String without = ChildJvm.classPathWithout("pytorch-native");
    ChildJvm.Ended ended = ChildJvm.run(List.of("-cp", without), Loads.class);
    assertThat(ended.output())
        .contains("DeviceException: there is no libtorch for")
        .contains("ai.djl.pytorch:pytorch-native-cpu:2.7.1")
        .contains("PYTORCH_LIBRARY_PATH");
  }

  @Test
  void theCauseDecidesWhatHelps() {
    Exception denied =
        new IllegalStateException("no", new AccessDeniedException("/home/x/.djl.ai"));
    assertThat(NativeLibrary.failure("libtorch", "pytorch", denied))
        .isInstanceOf(StorageException.class)
        .hasMessageContaining("AccessDeniedException: /home/x/.djl.ai")
        .hasCause(denied);
    Error link = new UnsatisfiedLinkError("failed to map segment");
    assertThat(NativeLibrary.failure("libtorch", "pytorch", link))
        .isInstanceOf(DeviceException.class)
        .hasMessageContaining("failed to map segment");
  }
}
