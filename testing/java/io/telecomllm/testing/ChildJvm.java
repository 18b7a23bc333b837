package io.telecomllm.testing;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** A process of its own with the tests' class path, to be killed or to be competed with. */
public final class ChildJvm {
  private ChildJvm() {}

  /** Ready to start: quick to come up, slow in the long run. */
  public static ProcessBuilder of(Class<?> main, Object... arguments) {
    return of(List.of(), main, arguments);
  }

  /** With options of the virtual machine, which win over the usual ones. */
  public static ProcessBuilder of(List<String> options, Class<?> main, Object... arguments) {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xshare:auto",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                classPath()));
    command.addAll(options);
    command.add(main.getName());
    for (Object argument : arguments) {
      command.add(argument.toString());
    }
    return new ProcessBuilder(command);
  }

  /** How a process ended, and what it printed to both streams. */
  public record Ended(int status, String output) {}

  /** Starts a process, and waits for its end. */
  public static Ended run(List<String> options, Class<?> main, Object... arguments)
      throws IOException, InterruptedException {
    Process process = of(options, main, arguments).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Ended(process.waitFor(), output);
  }

  /** The tests' class path. */
  public static String classPath() {
    return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
  }

  /** The tests' class path without the jars whose names hold this. */
  public static String classPathWithout(String name) {
    return Arrays.stream(classPath().split(File.pathSeparator))
        .filter(entry -> !entry.contains(name))
        .collect(Collectors.joining(File.pathSeparator));
  }
}
