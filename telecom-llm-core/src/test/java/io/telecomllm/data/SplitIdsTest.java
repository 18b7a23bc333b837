package io.telecomllm.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.telecomllm.InvalidDataException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SplitIdsTest {
  private static final Question A = Question.of("question 1", "Which?", List.of("a", "b"), 0);
  private static final Question B = Question.of("question 2", "Who?", List.of("a", "b"), 1);

  @TempDir Path folder;

  @Test
  void thePublishedSplitHasTheSizesOfThePapers() {
    SplitIds published = SplitIds.published3gpp();
    assertThat(published.training()).hasSize(1461).startsWith("question 0", "question 4");
    assertThat(published.validation()).hasSize(366).startsWith("question 8138");
  }

  /** The split is by number: the first 80 % are for training. */
  @Test
  void thePublishedSplitIsInOrder() {
    SplitIds published = SplitIds.published3gpp();
    List<Integer> numbers =
        Stream.concat(published.training().stream(), published.validation().stream())
            .map(id -> Integer.parseInt(id.substring("question ".length())))
            .toList();
    assertThat(numbers).isSorted().doesNotHaveDuplicates().allMatch(n -> n < 10_000);
    SplitIds.Selection selection = published.select(List.of(A, B));
    assertThat(selection.split().training()).isEmpty();
    assertThat(selection.missing()).hasSize(1827);
  }

  @Test
  void readsFilesOfIds() throws IOException {
    Path numbers = Files.writeString(folder.resolve("a"), "1\n\n 3 \n");
    Path csv = Files.writeString(folder.resolve("b"), "Question_ID,Answer_ID,,\n2,4,,\n");
    SplitIds ids = SplitIds.read(numbers, csv);
    assertThat(ids)
        .isEqualTo(new SplitIds(List.of("question 1", "question 3"), List.of("question 2")));
    SplitIds.Selection selection = ids.select(List.of(B, A));
    assertThat(selection.split()).isEqualTo(new Split(List.of(A), List.of(B)));
    assertThat(selection.missing()).containsExactly("question 3");
    assertThatThrownBy(() -> SplitIds.read(numbers, numbers))
        .isInstanceOf(InvalidDataException.class)
        .hasMessage(numbers + ", line 1: \"question 1\" appears twice");
    assertThatThrownBy(() -> new SplitIds(List.of("x"), List.of("x")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("id \"x\" appears twice");
  }

  @Test
  void aManifestSelectsItsQuestionsOrSaysWhyNot() throws IOException {
    Split split = new Split(List.of(B), List.of(A));
    Path file = folder.resolve("split.json");
    split.manifest().write(file);
    SplitManifest manifest = SplitManifest.read(file);
    assertThat(manifest).isEqualTo(split.manifest());
    assertThat(manifest.select(List.of(A, B))).isEqualTo(split);
    assertThatThrownBy(() -> manifest.select(List.of(A)))
        .isInstanceOf(InvalidDataException.class)
        .hasMessage("1 questions of the split manifest are missing, the first is \"question 2\"");
    Question changed = Question.of("question 2", "Who?", List.of("a", "b"), 0);
    assertThatThrownBy(() -> manifest.select(List.of(A, changed)))
        .isInstanceOf(InvalidDataException.class)
        .hasMessageStartingWith("the questions of the split manifest were changed: their digest is")
        .hasMessageEndingWith("expected " + manifest.sha256());
    Files.writeString(file, "{\"training\": [\"a\"], \"validation\": 3, \"sha256\": \"x\"}");
    assertThatThrownBy(() -> SplitManifest.read(file))
        .isInstanceOf(InvalidDataException.class)
        .hasMessageContaining("validation");
    String twice = "{\"training\": [\"a\"], \"validation\": [\"a\"], \"sha256\": \"x\"}";
    Files.writeString(file, twice);
    assertThatThrownBy(() -> SplitManifest.read(file).select(List.of(A, B)))
        .isInstanceOf(InvalidDataException.class);
  }
}
