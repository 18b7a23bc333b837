package io.telecomllm.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the documents show is what is compiled, and their links lead somewhere. */
class DocumentsTest {
  private static final Pattern JAVA = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);
  private static final Pattern LINK = Pattern.compile("]\\(([^)#\\s]+)(?:#[^)]*)?\\)");

  /** Tests run in the module's folder, or in the repository's. */
  private static final Path ROOT =
      Files.exists(Path.of("docs/guide")) ? Path.of("") : Path.of("..");

  private static List<Path> files(Path folder, String ending) {
    try (Stream<Path> all = Files.walk(ROOT.resolve(folder))) {
      return all.filter(path -> path.toString().endsWith(ending)).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String withoutSpace(String text) {
    return text.replaceAll("\\s+", "");
  }

  private static Stream<Path> documents() {
    return Stream.concat(
        Stream.of("README.md", "CONTRIBUTING.md", "CHANGELOG.md").map(ROOT::resolve),
        files(Path.of("docs"), ".md").stream());
  }

  private static List<String> matches(Pattern pattern, String text) {
    return pattern.matcher(text).results().map(match -> match.group(1)).toList();
  }

  @Test
  void everyPieceOfJavaIsPartOfACompiledExample() {
    List<String> sources =
        files(Path.of("examples/src/main/java"), ".java").stream()
            .map(file -> withoutSpace(read(file)))
            .toList();
    documents()
        .forEach(
            document ->
                assertThat(matches(JAVA, read(document)))
                    .as("Java of %s", document)
                    .allMatch(
                        piece -> sources.stream().anyMatch(s -> s.contains(withoutSpace(piece)))));
    assertThat(matches(JAVA, read(ROOT.resolve("README.md")))).hasSize(1);
    assertThat(files(Path.of("docs/guide"), ".md"))
        .hasSizeGreaterThanOrEqualTo(10)
        .allMatch(guide -> !matches(JAVA, read(guide)).isEmpty());
  }

  @Test
  void everyLinkToAFileLeadsToOne() {
    documents()
        .forEach(
            document ->
                assertThat(matches(LINK, read(document)))
                    .as("links of %s", document)
                    .filteredOn(link -> !link.contains("://"))
                    .allMatch(link -> Files.exists(document.resolveSibling(link))));
  }

  @Test
  void theReadmeLinksEachGuide() {
    String readme = read(ROOT.resolve("README.md"));
    assertThat(files(Path.of("docs/guide"), ".md"))
        .allMatch(guide -> readme.contains("docs/guide/" + guide.getFileName()));
  }
}
