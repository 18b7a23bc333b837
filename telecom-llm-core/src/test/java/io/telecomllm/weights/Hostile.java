package io.telecomllm.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.sun.management.ThreadMXBean;
import io.telecomllm.InvalidDataException;
import io.telecomllm.TelecomLlmException;
import io.telecomllm.UnsupportedModelException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.function.Function;

/**
 * One way to break a file.
 *
 * @param name what is wrong
 * @param bytes the file
 * @param type the error expected
 * @param text what the error must say besides the file
 */
@SuppressWarnings("ArrayRecordComponent")
record Hostile(String name, byte[] bytes, Class<? extends TelecomLlmException> type, String text) {
  /** What a refusal may allocate: a window and the header of these small files. */
  private static final long MAX_ALLOCATED = 2_000_000;

  static Hostile invalid(String name, byte[] bytes, String text) {
    return new Hostile(name, bytes, InvalidDataException.class, text);
  }

  static Hostile unsupported(String name, byte[] bytes, String text) {
    return new Hostile(name, bytes, UnsupportedModelException.class, text);
  }

  /** Opens the file and expects the error, and that little memory was taken until then. */
  void assertRefused(Path file, Function<Path, TensorSource> open) {
    SafetensorsBytes.write(file, bytes);
    assertRefused(file, open, type, text);
  }

  static void assertRefused(
      Path file,
      Function<Path, TensorSource> open,
      Class<? extends TelecomLlmException> type,
      String text) {
    refusal(file, open); // loads the classes
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    Throwable error = refusal(file, open);
    long allocated = threads.getCurrentThreadAllocatedBytes() - before;
    assertThat(error).isExactlyInstanceOf(type).hasMessageStartingWith(file.toString());
    assertThat(error).hasMessageContaining(text);
    assertThat(error.getMessage().length()).isLessThan(file.toString().length() + 500);
    assertThat(allocated).isLessThan(MAX_ALLOCATED);
  }

  private static Throwable refusal(Path file, Function<Path, TensorSource> open) {
    return catchThrowable(
        () -> {
          try (TensorSource source = open.apply(file)) {
            assertThat(source.names()).as("accepted by mistake").isNull();
          }
        });
  }

  @Override
  public String toString() {
    return name;
  }
}
