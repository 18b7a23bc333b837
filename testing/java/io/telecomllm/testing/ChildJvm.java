package io.telecomllm.testing;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A process of its own with the tests' class path, to be killed or to be competed with. */
public final class ChildJvm {
  private ChildJvm() {}

  /** Ready to start: quick to come up, slow in the long run. */
  public static ProcessBuilder of(Class<?> main, Object... arguments) {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xshare:auto",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty(
                    "surefire.test.class.path", System.getProperty("java.class.path")),
                main.getName()));
    for (Object argument : arguments) {
      command.add(argument.toString());
    }
    return new ProcessBuilder(command);
  }
}
