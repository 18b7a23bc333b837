package io.telecomllm.knowledge;

import static org.assertj.core.api.Assertions.assertThat;

import io.telecomllm.InvalidDataException;
import io.telecomllm.StorageException;
import io.telecomllm.testing.Reliability;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FilterDirectory;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.IndexOutput;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a disk does to a knowledge base is an error, or changes nothing. */
class DamagedSnapshotTest {
  private static final int FLIPS = 200;

  @TempDir private Path temporary;

  private static List<Clause> state(int number) {
    List<Clause> clauses = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      // ten clauses change from state to state
      Clause random = Corpus.random(30, i / 10 < number ? 40 + number : 40).get(i);
      clauses.add(Corpus.clause(random.clause(), random.text()));
    }
    return clauses;
  }

  @Test
  void aFlippedByteIsAnErrorOrInASnapshotThatIsNotOpened() throws IOException {
    Path folder = temporary.resolve("base");
    List<KnowledgeBase> expected = new ArrayList<>();
    try (KnowledgeBaseWriter writer = KnowledgeBaseWriter.open(folder)) {
      for (int i = 0; i < 3; i++) {
        writer.putAll(state(i));
        writer.commit();
        expected.add(KnowledgeBase.open(folder));
      }
    }
    List<Path> files;
    try (Stream<Path> all = Files.list(folder)) {
      files = all.filter(f -> !f.endsWith("writer.lock")).sorted().toList();
    }
    Random random = new Random(95);
    int errors = 0;
    int unharmed = 0;
    try (Reliability survived = Reliability.of("a flipped byte in a knowledge base")) {
      for (int flip = 0; flip < FLIPS; flip++) {
        survived.begins();
        Path file = files.get(flip % files.size());
        byte[] good = Files.readAllBytes(file);
        byte[] bad = good.clone();
        bad[random.nextInt(bad.length)] ^= (byte) (1 << random.nextInt(8));
        Files.write(file, bad);
        for (KnowledgeBase snapshot : expected) {
          try (KnowledgeBase opened = KnowledgeBase.open(folder, snapshot.id())) {
            assertSame(opened, snapshot);
            unharmed++;
          } catch (InvalidDataException e) {
            errors++;
          }
        }
        Files.write(file, good);
        survived.passed();
      }
      survived.note(errors + " snapshots refused, " + unharmed + " unharmed");
      assertThat(errors).isGreaterThanOrEqualTo(FLIPS);
      assertThat(unharmed).isPositive();
    } finally {
      expected.forEach(KnowledgeBase::close);
    }
  }

  private static void assertSame(KnowledgeBase base, KnowledgeBase expected) {
    assertThat(base.id()).isEqualTo(expected.id());
    for (Clause query : Corpus.random(2, 46)) {
      assertThat(base.search(query.text(), 40)).isEqualTo(expected.search(query.text(), 40));
    }
  }

  /** A disk whose n-th operation and all later ones fail. */
  private static final class FailingDirectory extends FilterDirectory {
    private int left;

    FailingDirectory(Directory disk, int left) {
      super(disk);
      this.left = left;
    }

    private void operation() throws IOException {
      if (left-- <= 0) {
        throw new IOException("No space left on device");
      }
    }

    @Override
    public IndexOutput createOutput(String name, IOContext context) throws IOException {
      operation();
      return super.createOutput(name, context);
    }

    @Override
    public void sync(Collection<String> names) throws IOException {
      operation();
      super.sync(names);
    }

    @Override
    public void rename(String from, String to) throws IOException {
      operation();
      super.rename(from, to);
    }

    @Override
    public void syncMetaData() throws IOException {
      operation();
      super.syncMetaData();
    }
  }

  @Test
  void afterAFailureOfTheDiskTheLastSnapshotOpens() throws IOException {
    int failures = 0;
    try (KnowledgeBase before = KnowledgeBase.of(state(0));
        KnowledgeBase after = KnowledgeBase.of(state(2))) {
      for (int operations = 0; failures == operations; operations++) {
        try (Directory disk = new ByteBuffersDirectory()) {
          write(disk, 0);
          try {
            write(new FailingDirectory(disk, operations), 2);
          } catch (StorageException e) {
            assertThat(e).hasMessageStartingWith("base: the index cannot be written: ");
            failures++;
          }
          String id = ClauseReader.newestId(disk, "base");
          assertThat(id).isIn(before.id(), after.id());
          if (failures == operations) {
            assertThat(id).isEqualTo(after.id());
          }
          write(disk, 2);
          assertThat(ClauseReader.newestId(disk, "base")).isEqualTo(after.id());
        }
      }
    }
    assertThat(failures).isGreaterThan(5);
  }

  private static void write(Directory disk, int state) {
    try (ClauseWriter writer = new ClauseWriter(disk, "base", 2)) {
      state(state).forEach(writer::put);
      writer.commit();
    }
  }
}
