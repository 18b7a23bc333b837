package io.telecomllm.training.checkpoint;

import io.telecomllm.files.FileOperations;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** A disk that counts its operations and fails when asked; it forces nothing, which is faster. */
final class Faults {
  /** How an operation fails. */
  enum Mode {
    /** Nothing is done. */
    BEFORE,
    /** Of a file half is written; nothing else is done. */
    HALF,
    /** All is done, and then an error comes. */
    AFTER,
    /** As HALF, and every later one fails too: the process is dead. */
    DEAD
  }

  private final FileOperations disk = FileOperations.real();
  private final Mode mode;
  private final int failing;
  private long space = Long.MAX_VALUE;
  private int count;
  private String refused = "";

  /** What was done, such as {@code force state}, by names below the folder of the run. */
  final List<String> log = new ArrayList<>();

  private Faults(Mode mode, int failing) {
    this.mode = mode;
    this.failing = failing;
  }

  /** Counts only. */
  static Faults none() {
    return new Faults(Mode.BEFORE, Integer.MAX_VALUE);
  }

  /** Fails at an operation, counted from 0. */
  static Faults at(int operation, Mode mode) {
    return new Faults(mode, operation);
  }

  /** Writers fail after so many bytes, until {@link #free}. */
  static Faults full(long bytes) {
    Faults faults = none();
    faults.space = bytes;
    return faults;
  }

  /** Refuses every operation of that name, as a folder without the right to write does. */
  static Faults refusing(String operation) {
    Faults faults = none();
    faults.refused = operation;
    return faults;
  }

  void free() {
    space = Long.MAX_VALUE;
  }

  int count() {
    return count;
  }

  FileOperations operations() {
    return (FileOperations)
        Proxy.newProxyInstance(
            FileOperations.class.getClassLoader(),
            new Class<?>[] {FileOperations.class},
            (proxy, method, arguments) -> call(method, arguments));
  }

  private Object call(Method method, Object[] arguments) throws Throwable {
    int index = count++;
    Path path = (Path) arguments[0];
    boolean fails = mode == Mode.DEAD ? index >= failing : index == failing;
    if (method.getName().equals(refused)) {
      throw new AccessDeniedException(path.toString());
    }
    if (!fails) {
      return perform(method, arguments);
    }
    if (mode == Mode.AFTER) {
      Object result = perform(method, arguments);
      if (result instanceof FileChannel channel) {
        channel.close();
      }
    } else if (mode != Mode.BEFORE && index == failing && method.getName().equals("write")) {
      perform(method, arguments);
      for (Path file : files(path)) {
        cut(file, Files.size(file) / 2);
      }
    }
    throw new IOException("operation " + index + " fails");
  }

  private Object perform(Method method, Object[] arguments) throws Throwable {
    log.add(
        method.getName()
            + " "
            + String.join(
                " ",
                Stream.of(arguments)
                    .filter(a -> a instanceof Path)
                    .map(a -> ((Path) a).toString())
                    .toList()));
    if (method.getName().equals("force")) {
      return null;
    }
    Object result;
    try {
      result = method.invoke(disk, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
    if (method.getName().equals("write")) {
      fill((Path) arguments[0]);
    }
    return result;
  }

  private void fill(Path written) throws IOException {
    for (Path file : files(written)) {
      long size = Files.size(file);
      if (size > space) {
        cut(file, space);
        space = 0;
        throw new IOException("No space left on device");
      }
      space -= size;
    }
  }

  private static void cut(Path file, long size) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.truncate(size);
    }
  }

  private static List<Path> files(Path path) throws IOException {
    try (Stream<Path> all = Files.walk(path)) {
      return all.filter(Files::isRegularFile).sorted().toList();
    }
  }
}
