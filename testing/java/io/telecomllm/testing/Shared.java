package io.telecomllm.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** Where the reference data lies: the system property {@code telecomllm.shared} names its folder. */
public final class Shared {
  private Shared() {}

  /** The names within a folder of it, sorted; "absent" without the shared folder, for a test to skip. */
  public static Stream<String> names(String relative) {
    Path folder = root().resolve(relative);
    if (!Files.isDirectory(folder)) {
      return Stream.of("absent");
    }
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.map(entry -> entry.getFileName().toString()).sorted().toList().stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path root() {
    return Path.of(System.getProperty("telecomllm.shared", "../../shared")).normalize();
  }

  /** The file or folder below the shared folder; a test without the shared folder is skipped aloud. */
  public static Path path(String relative) {
    Path root = root();
    Assumptions.assumeTrue(
        Files.isDirectory(root), () -> "skipped: the shared folder is absent at " + root);
    return root.resolve(relative);
  }
}
