package io.telecomllm.testing;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/** Where the reference data lies: the system property {@code telecomllm.shared} names its folder. */
public final class Shared {
  private Shared() {}

  /** The file or folder below the shared folder; a test without the shared folder is skipped aloud. */
  public static Path path(String relative) {
    Path root = Path.of(System.getProperty("telecomllm.shared", "../../shared")).normalize();
    Assumptions.assumeTrue(
        Files.isDirectory(root), () -> "skipped: the shared folder is absent at " + root);
    return root.resolve(relative);
  }
}
