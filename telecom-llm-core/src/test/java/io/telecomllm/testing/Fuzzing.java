package io.telecomllm.testing;

import com.sun.management.ThreadMXBean;
import io.telecomllm.IncompatibleException;
import io.telecomllm.InvalidDataException;
import io.telecomllm.TelecomLlmException;
import io.telecomllm.UnsupportedModelException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** What fuzz targets demand of every reader of a stranger's bytes. */
public final class Fuzzing {
  private static final Set<Class<?>> TYPED =
      Set.of(
          InvalidDataException.class, UnsupportedModelException.class, IncompatibleException.class);

  /** Buffers of a fixed size, and what the largest record of a small file may take. */
  private static final long FIXED_BYTES = 4L << 20;

  private static final long BYTES_PER_BYTE = 1_000;
  private static final int MESSAGE_CHARACTERS = 2_000;
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private Fuzzing() {}

  /**
   * Reads, and returns what was read; empty if it was refused as it shall be: by a typed error that
   * names the file, in one line that is not endless. Everything else is thrown on.
   *
   * @param bytes how long the input is; the reader may allocate in proportion to it
   */
  public static <T> Optional<T> read(String file, int bytes, Supplier<T> reader) {
    long limit = FIXED_BYTES + BYTES_PER_BYTE * bytes;
    long before = THREADS.getCurrentThreadAllocatedBytes();
    Optional<T> result = attempt(file, reader);
    if (THREADS.getCurrentThreadAllocatedBytes() - before > limit) {
      // the first time classes are loaded too
      before = THREADS.getCurrentThreadAllocatedBytes();
      result = attempt(file, reader);
      long allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
      if (allocated > limit) {
        throw new AssertionError(allocated + " bytes allocated for an input of " + bytes);
      }
    }
    return result;
  }

  private static <T> Optional<T> attempt(String file, Supplier<T> reader) {
    try {
      return Optional.of(reader.get());
    } catch (TelecomLlmException e) {
      String message = String.valueOf(e.getMessage());
      boolean told =
          TYPED.contains(e.getClass())
              && message.contains(file)
              && message.length() <= MESSAGE_CHARACTERS
              && message.chars().noneMatch(Character::isISOControl);
      if (!told) {
        throw new AssertionError("refused otherwise than by a typed error naming " + file, e);
      }
      return Optional.empty();
    }
  }

  /** Demands that what was read and written again is read as the same. */
  public static void same(Object again, Object first) {
    if (!again.equals(first)) {
      throw new AssertionError("read as " + first + ", written and read again as " + again);
    }
  }

  /** Puts the input into a file. */
  public static Path write(Path file, byte[] bytes) {
    try {
      return Files.write(file, bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
