package io.telecomllm.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;

/**
 * The folder of reference data that this run of the tests reads.
 *
 * <p>By default it is the repository's own, {@code testing/reference}, whose README says what each
 * file holds. Tests tagged {@code shared} pass on every folder of that layout: the build runs them a
 * second time with the system property {@code telecomllm.reference} naming another one. A test that
 * reads it without the tag fails.
 */
public final class Shared {
  private static final String TAG = "shared";

  private Shared() {}

  /** The file or folder of this relative name. */
  public static Path path(String relative) {
    boolean tagged =
        StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE)
            .walk(frames -> frames.anyMatch(Shared::isTagged));
    assertThat(tagged).as("a test that reads reference data has @Tag(\"%s\")", TAG).isTrue();
    return root().resolve(relative);
  }

  /** The names within a folder, sorted; at least one. */
  public static Stream<String> names(String relative) {
    return list(path(relative)).stream().map(entry -> entry.getFileName().toString());
  }

  /** The zip of questions, encrypted with the password that TeleQnA has. */
  public static Path questions() {
    return first(".zip");
  }

  /** The instruct model in GGUF, with its tokenizer inside. */
  public static Path gguf() {
    return first(".gguf");
  }

  private static Path first(String ending) {
    Path folder = path("data");
    return list(folder).stream()
        .filter(file -> file.toString().endsWith(ending))
        .findFirst()
        .orElseThrow(() -> new AssertionError(folder + " has no file that ends in " + ending));
  }

  private static List<Path> list(Path folder) {
    try (Stream<Path> entries = Files.list(folder)) {
      List<Path> sorted = entries.sorted().toList();
      assertThat(sorted).as("entries of %s", folder).isNotEmpty();
      return sorted;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Whether the frame is of a tagged method, or of any method of a tagged class. */
  private static boolean isTagged(StackWalker.StackFrame frame) {
    Class<?> type = frame.getDeclaringClass();
    return type.getName().startsWith("io.telecomllm.")
        && Stream.concat(
                Stream.of(type),
                Arrays.stream(type.getDeclaredMethods())
                    .filter(method -> method.getName().equals(frame.getMethodName())))
            .flatMap(element -> Arrays.stream(element.getAnnotationsByType(Tag.class)))
            .anyMatch(tag -> tag.value().equals(TAG));
  }

  private static Path root() {
    String named = System.getProperty("telecomllm.reference", "");
    return Path.of(named.isBlank() ? "../testing/reference" : named).toAbsolutePath().normalize();
  }
}
