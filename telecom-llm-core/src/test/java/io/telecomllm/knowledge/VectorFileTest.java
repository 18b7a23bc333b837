package io.telecomllm.knowledge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.telecomllm.BusyException;
import io.telecomllm.IncompatibleException;
import io.telecomllm.InvalidDataException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Vectors on disk: kept, found again, never wrong. */
class VectorFileTest {
  private static final List<String> QUERIES = List.of("radio link", "beam of a cell", "NG-RAN");

  @TempDir private Path folder;

  private final KnowledgeBase base = KnowledgeBase.of(Corpus.random(60, 8));
  private final WordEmbedder embedder = new WordEmbedder(24, "words");

  @AfterEach
  void close() {
    base.close();
  }

  private DenseRetriever build(KnowledgeBase of) {
    return DenseRetriever.on(of, embedder).cache(folder).build();
  }

  private Path file() {
    return folder.resolve(embedder.id().substring(0, 16) + ".vectors");
  }

  private static List<List<Passage>> answers(DenseRetriever dense) {
    return QUERIES.stream().map(query -> dense.search(query, 10)).toList();
  }

  @Test
  void whatHasNotChangedIsNotEncodedAgain() {
    List<List<Passage>> expected = answers(build(base));
    assertThat(embedder.encoded()).isEqualTo(60);
    DenseRetriever again = build(base);
    assertThat(again.report()).isEqualTo(new EncodingProgress(60, 60, 0, 0));
    assertThat(answers(again)).isEqualTo(expected);
    List<Clause> more = new java.util.ArrayList<>(Corpus.random(60, 8));
    more.set(3, Corpus.clause("9.1", "an entirely new text"));
    more.add(Corpus.clause("9.2", "an entirely new text"));
    try (KnowledgeBase changed = KnowledgeBase.of(more)) {
      assertThat(build(changed).report()).isEqualTo(new EncodingProgress(61, 59, 2, 0));
    }
    // the two new clauses share a text
    assertThat(embedder.encoded()).isEqualTo(61);
  }

  @Test
  void embeddersShareAFolder() {
    build(base);
    WordEmbedder other = new WordEmbedder(24, "other");
    assertThat(DenseRetriever.on(base, other).cache(folder).build().report().stored()).isZero();
    assertThat(build(base).report().stored()).isEqualTo(60);
  }

  @Test
  void aFlippedByteIsFoundOrRefused() throws IOException {
    List<List<Passage>> expected = answers(build(base));
    byte[] whole = Files.readAllBytes(file());
    Random random = new Random(6);
    int refused = 0;
    int recomputed = 0;
    for (int i = 0; i < 200; i++) {
      byte[] bytes = whole.clone();
      int at = i < 48 ? i : random.nextInt(bytes.length);
      bytes[at] ^= (byte) (1 << random.nextInt(8));
      Files.write(file(), bytes);
      try {
        DenseRetriever dense = build(base);
        assertThat(answers(dense)).isEqualTo(expected);
        assertThat(dense.report().damaged()).isEqualTo(1);
        assertThat(dense.report().encoded()).isEqualTo(1);
        recomputed++;
      } catch (InvalidDataException e) {
        assertThat(e).hasMessageContaining(file().getFileName().toString());
        refused++;
      }
    }
    assertThat(refused).isBetween(48, 60);
    assertThat(refused + recomputed).isEqualTo(200);
  }

  @Test
  void aFileCutAnywhereKeepsWhatIsWhole() throws IOException {
    List<List<Passage>> expected = answers(build(base));
    byte[] whole = Files.readAllBytes(file());
    int record = (whole.length - 48) / 60;
    Random random = new Random(2);
    for (int i = 0; i < 60; i++) {
      int size = i < 50 ? i : random.nextInt(whole.length);
      Files.write(file(), java.util.Arrays.copyOf(whole, size));
      DenseRetriever dense = build(base);
      assertThat(dense.report().stored()).isEqualTo(Math.max(0, size - 48) / record);
      assertThat(dense.report().damaged()).isZero();
      assertThat(answers(dense)).isEqualTo(expected);
      assertThat(Files.size(file())).isEqualTo(whole.length);
    }
  }

  @Test
  void anotherEncodersVectorsAreRefused() throws IOException {
    WordEmbedder other = new WordEmbedder(24, "other");
    build(base);
    DenseRetriever.on(base, other).cache(folder).build();
    Files.copy(
        folder.resolve(other.id().substring(0, 16) + ".vectors"),
        file(),
        java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    assertThatThrownBy(() -> build(base))
        .isInstanceOf(IncompatibleException.class)
        .hasMessageContaining("holds vectors of another encoder; delete it");
    Files.writeString(file(), "x".repeat(200));
    assertThatThrownBy(() -> build(base))
        .isInstanceOf(InvalidDataException.class)
        .hasMessageContaining("it is no file of vectors");
  }

  @Test
  void oneWriterAtATime() {
    try (VectorFile held = VectorFile.open(folder, embedder)) {
      assertThat(held.read((digest, vector) -> {})).isZero();
      assertThatThrownBy(() -> build(base))
          .isInstanceOf(BusyException.class)
          .hasMessageContaining("this process is encoding clauses into it");
    }
    assertThat(build(base).report().encoded()).isEqualTo(60);
  }

  @Test
  void aListenerThatThrowsLeavesWhatIsStored() {
    try (KnowledgeBase large = KnowledgeBase.of(Corpus.random(1_500, 2))) {
      DenseBuilder builder =
          DenseRetriever.on(large, embedder)
              .cache(folder)
              .listener(
                  progress -> {
                    if (progress.encoded() > 0) {
                      throw new IllegalStateException("stop");
                    }
                  });
      assertThatThrownBy(builder::build).hasMessage("stop");
      assertThat(build(large).report().stored()).isBetween(1_000, 1_100);
    }
  }
}
