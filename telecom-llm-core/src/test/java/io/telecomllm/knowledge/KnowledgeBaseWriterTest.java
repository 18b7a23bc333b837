package io.telecomllm.knowledge;

import static io.telecomllm.knowledge.Corpus.clause;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.telecomllm.BusyException;
import io.telecomllm.IncompatibleException;
import io.telecomllm.InvalidDataException;
import io.telecomllm.knowledge.WriteReport.Rejected;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.lucene.document.Document;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.store.NIOFSDirectory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KnowledgeBaseWriterTest {
  @TempDir private Path temporary;
  private Path folder;

  @BeforeEach
  void folder() throws IOException {
    folder = temporary.toRealPath().resolve("base");
  }

  @Test
  void anEditionIsAddedReplacedOrLeft() {
    Clause first = clause("1", "Paging finds the terminal.");
    Clause second = clause("2", "A handover moves it.");
    Clause changed = clause("1", "Paging wakes the terminal.");
    String before;
    try (KnowledgeBaseWriter writer = KnowledgeBaseWriter.open(folder)) {
      writer.putAll(List.of(first, second));
      before = writer.commit();
      assertThat(writer.commit()).isEqualTo(before);
      assertThat(writer.report()).isEqualTo(new WriteReport(2, 0, 0, 0, List.of()));
    }
    String after;
    try (KnowledgeBaseWriter writer = KnowledgeBaseWriter.open(folder)) {
      writer.putAll(List.of(changed, second, clause("3", "A beam."), clause("3", "A cell.")));
      writer.put(clause("4", "A slice."));
      assertThat(writer.remove("TS 1#4")).isTrue();
      assertThat(writer.remove("TS 1#4")).isFalse();
      after = writer.commit();
      assertThat(writer.report())
          .isEqualTo(
              new WriteReport(
                  2,
                  1,
                  1,
                  1,
                  List.of(new Rejected("TS 1#3", "repeats an earlier one with other contents"))));
    }
    assertThat(KnowledgeBase.snapshots(folder)).containsExactly(after, before);
    try (KnowledgeBase newest = KnowledgeBase.open(folder);
        KnowledgeBase old = KnowledgeBase.open(folder, before)) {
      assertThat(newest.id()).isEqualTo(after);
      assertThat(newest.size()).isEqualTo(3);
      assertThat(newest.find("TS 1#1")).contains(changed);
      assertThat(newest.find("TS 1#3")).contains(clause("3", "A beam."));
      assertThat(old.find("TS 1#1")).contains(first);
      assertThat(old.id()).isEqualTo(before);
      assertThat(old.size()).isEqualTo(2);
    }
  }

  @Test
  void whatIsWrittenInStepsFindsWhatIsWrittenAtOnce() throws IOException {
    List<Clause> start = Corpus.random(120, 21);
    List<Clause> other = Corpus.random(120, 22);
    List<Clause> end = new ArrayList<>(start.subList(0, 100));
    try (KnowledgeBaseWriter writer = KnowledgeBaseWriter.open(folder)) {
      for (int i = 0; i < 120; i++) {
        writer.put(start.get(i));
        if (i % 50 == 49) {
          writer.commit();
        }
      }
      for (int i = 0; i < 120; i += 13) {
        Clause now = other.get(i);
        Clause old = start.get(i);
        Clause changed =
            new Clause(old.spec(), "", "", old.clause(), now.title(), now.text(), "changed");
        writer.put(changed);
        if (i < 100) {
          end.set(i, changed);
        }
        writer.commit();
      }
      start.subList(100, 120).forEach(clause -> writer.remove(clause.edition()));
      writer.putAll(end);
      assertThat(writer.report().unchanged()).isEqualTo(100);
      writer.commit();
    }
    try (KnowledgeBase inSteps = KnowledgeBase.open(folder);
        KnowledgeBase atOnce = KnowledgeBase.of(end)) {
      assertThat(inSteps.id()).isEqualTo(atOnce.id());
      for (Clause query : Corpus.random(40, 23)) {
        assertThat(inSteps.search(query.text(), 120)).isEqualTo(atOnce.search(query.text(), 120));
        assertThat(inSteps.search(query.title(), 120)).isEqualTo(atOnce.search(query.title(), 120));
      }
    }
    try (DirectoryReader reader = DirectoryReader.open(new NIOFSDirectory(folder))) {
      assertThat(reader.numDeletedDocs()).isZero();
    }
  }

  @Test
  void whatIsNotCommittedIsDropped() {
    String id = commit(clause("1", "Paging."));
    try (KnowledgeBaseWriter writer = KnowledgeBaseWriter.open(folder)) {
      writer.put(clause("2", "A beam."));
    }
    try (KnowledgeBase base = KnowledgeBase.open(folder);
        KnowledgeBaseWriter writer = KnowledgeBaseWriter.open(folder)) {
      assertThat(base.id()).isEqualTo(id);
      assertThat(writer.commit()).isEqualTo(id);
    }
    assertThat(KnowledgeBase.snapshots(folder)).containsExactly(id);
  }

  @Test
  void removesADocument() {
    Clause old = new Clause("TS 1", "17.1.0", "Rel-17", "1", "", "Paging finds it.", "");
    Clause newer = new Clause("TS 1", "18.1.0", "Rel-18", "1", "", "Paging finds it.", "");
    Clause other = new Clause("TS 11", "17.1.0", "Rel-17", "1", "", "Paging finds it.", "");
    try (KnowledgeBaseWriter writer = KnowledgeBaseWriter.open(folder)) {
      writer.putAll(List.of(old, newer, other));
      assertThat(writer.removeDocument("TS 1", "17")).isZero();
      assertThat(writer.removeDocument("TS 1", "17.1.0")).isEqualTo(1);
      writer.commit();
    }
    try (KnowledgeBase base = KnowledgeBase.open(folder)) {
      assertThat(base.search("paging", 9))
          .extracting(Passage::clause)
          .containsExactly(newer, other);
    }
  }

  @Test
  void keepsTheNewestSnapshots() {
    List<String> ids = new ArrayList<>();
    WriterSettings two = WriterSettings.defaults().withSnapshots(2);
    try (KnowledgeBaseWriter writer = KnowledgeBaseWriter.open(folder, two)) {
      for (int i = 0; i < 4; i++) {
        writer.put(clause("1", "Text " + i));
        ids.add(0, writer.commit());
      }
    }
    assertThat(KnowledgeBase.snapshots(folder)).isEqualTo(ids.subList(0, 2));
    assertThatThrownBy(() -> KnowledgeBase.open(folder, ids.get(3)))
        .isInstanceOf(InvalidDataException.class)
        .hasMessage(folder + ": has no snapshot " + ids.get(3) + ", only " + ids.subList(0, 2));
    assertThatThrownBy(() -> WriterSettings.defaults().withSnapshots(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("snapshots is 0, expected 1 to 1000");
  }

  @Test
  void aReaderKeepsItsSnapshotUntilItAsksForTheNewest() {
    commit(clause("1", "Paging."));
    try (KnowledgeBase first = KnowledgeBase.open(folder)) {
      assertThat(first.newest()).isSameAs(first);
      for (int i = 0; i < 9; i++) {
        commit(clause("1", "Text " + i));
      }
      assertThat(first.search("paging", 1)).hasSize(1);
      try (KnowledgeBase newest = first.newest()) {
        assertThat(newest.search("paging", 1)).isEmpty();
        assertThat(newest.search("text 8", 1)).hasSize(1);
        assertThat(newest.newest()).isSameAs(newest);
      }
    }
    try (KnowledgeBase memory = KnowledgeBase.of(List.of(clause("1", "Paging.")))) {
      assertThat(memory.newest()).isSameAs(memory);
    }
  }

  @Test
  void anIndexThatWasWrittenAtOnceIsContinued() {
    KnowledgeBase.index(Corpus.random(50, 24), folder);
    try (KnowledgeBaseWriter writer = KnowledgeBaseWriter.open(folder)) {
      writer.putAll(Corpus.random(60, 24));
      assertThat(writer.report()).isEqualTo(new WriteReport(10, 0, 50, 0, List.of()));
      writer.commit();
    }
    assertThat(KnowledgeBase.snapshots(folder)).hasSize(2);
  }

  @Test
  void aSecondWriterIsKeptOut() {
    KnowledgeBaseWriter writer = KnowledgeBaseWriter.open(folder);
    assertThatThrownBy(() -> KnowledgeBaseWriter.open(folder.resolve("../base")))
        .isInstanceOf(BusyException.class)
        .hasMessageEndingWith(
            "base: a knowledge base writer of this process has it open; close it or stop it");
    writer.close();
    writer.close();
    assertThatThrownBy(writer::commit)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(folder + ": the knowledge base writer is closed");
    KnowledgeBaseWriter.open(folder).close();
  }

  @Test
  void refusesFoldersOfOthers() throws IOException {
    Path files = Files.createDirectories(temporary.resolve("files"));
    Files.writeString(files.resolve("_config.yml"), "mine");
    assertThatThrownBy(() -> KnowledgeBaseWriter.open(files))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(files + " holds other files, expected an index of clauses or an empty folder");
    assertThat(names(files)).containsExactly("_config.yml");

    Path foreign = temporary.toRealPath().resolve("foreign");
    try (IndexWriter writer =
        new IndexWriter(new NIOFSDirectory(foreign), new IndexWriterConfig())) {
      writer.addDocument(new Document());
    }
    assertThatThrownBy(() -> KnowledgeBaseWriter.open(foreign))
        .isInstanceOf(IncompatibleException.class)
        .hasMessage(foreign + ": index format null, expected 4; index it again");
    assertThat(DirectoryReader.open(new NIOFSDirectory(foreign)).numDocs()).isEqualTo(1);
  }

  @Test
  void aDamagedIndexIsNotWrittenTo() throws IOException {
    commit(clause("1", "Paging."));
    Path data =
        folder.resolve(names(folder).stream().filter(n -> n.endsWith(".cfs")).findAny().get());
    byte[] bytes = Files.readAllBytes(data);
    bytes[bytes.length / 2] ^= 1;
    Files.write(data, bytes);
    assertThatThrownBy(() -> KnowledgeBaseWriter.open(folder))
        .isInstanceOf(InvalidDataException.class)
        .hasMessageStartingWith(folder + ": damaged or not an index of clauses: ");
    assertThatThrownBy(() -> KnowledgeBase.open(folder)).isInstanceOf(InvalidDataException.class);
  }

  @Test
  void tellsOfItsProgressAndIsCancelled() {
    List<WriteReport> told = new ArrayList<>();
    AtomicInteger asked = new AtomicInteger();
    WriterSettings settings =
        WriterSettings.defaults()
            .withListener(told::add)
            .withCancelWhen(() -> asked.incrementAndGet() > 2_500);
    try (KnowledgeBaseWriter writer = KnowledgeBaseWriter.open(folder, settings)) {
      assertThatThrownBy(() -> writer.putAll(Corpus.random(3_000, 25)))
          .isInstanceOf(CancellationException.class)
          .hasMessage(
              folder
                  + ": writing was cancelled after 2500 clauses; what was not committed is dropped"
                  + " when the writer is closed");
    }
    assertThat(told).extracting(WriteReport::added).containsExactly(1_000, 2_000);
    assertThatThrownBy(() -> KnowledgeBase.open(folder))
        .isInstanceOf(InvalidDataException.class)
        .hasMessageStartingWith(folder + ": holds no index of clauses");
  }

  @Test
  void anInterruptCancelsAndHarmsNothing() {
    try (KnowledgeBaseWriter writer = KnowledgeBaseWriter.open(folder)) {
      writer.putAll(Corpus.random(100, 26));
      Thread.currentThread().interrupt();
      assertThatThrownBy(() -> writer.put(clause("1", "Paging.")))
          .isInstanceOf(CancellationException.class);
      String id = writer.commit();
      assertThat(Thread.interrupted()).isTrue();
      try (KnowledgeBase base = KnowledgeBase.open(folder)) {
        assertThat(base.id()).isEqualTo(id);
      }
    }
  }

  @Test
  void readersSeeSnapshotsOnlyWhileAnotherWrites() throws Exception {
    List<Clause> queries = Corpus.random(3, 27);
    List<KnowledgeBase> states = new ArrayList<>();
    for (int state = 0; state < 12; state++) {
      states.add(KnowledgeBase.of(Corpus.random(40, state % 7)));
    }
    List<String> ids = states.stream().map(KnowledgeBase::id).toList();
    commit(Corpus.random(40, 0).toArray(Clause[]::new));
    AtomicBoolean done = new AtomicBoolean();
    ExecutorService threads = Executors.newFixedThreadPool(3);
    try {
      List<Future<Integer>> readers = new ArrayList<>();
      for (int t = 0; t < 3; t++) {
        readers.add(
            threads.submit(
                () -> {
                  int opened = 0;
                  KnowledgeBase base = KnowledgeBase.open(folder);
                  while (!done.get()) {
                    KnowledgeBase newest = base.newest();
                    opened += newest == base ? 0 : 1;
                    if (newest != base) {
                      base.close();
                    }
                    base = newest;
                    KnowledgeBase expected = states.get(ids.indexOf(base.id()));
                    for (Clause query : queries) {
                      assertThat(base.search(query.text(), 40))
                          .isEqualTo(expected.search(query.text(), 40));
                    }
                  }
                  base.close();
                  return opened;
                }));
      }
      WriterSettings one = WriterSettings.defaults().withSnapshots(1);
      try (KnowledgeBaseWriter writer = KnowledgeBaseWriter.open(folder, one)) {
        for (int state = 1; state < 12; state++) {
          List<Clause> clauses = Corpus.random(40, state % 7);
          Corpus.random(40, (state - 1) % 7).forEach(c -> writer.remove(c.edition()));
          writer.putAll(clauses);
          assertThat(writer.commit()).isEqualTo(ids.get(state));
        }
      }
      done.set(true);
      int opened = 0;
      for (Future<Integer> reader : readers) {
        opened += reader.get();
      }
      assertThat(opened).isPositive();
    } finally {
      done.set(true);
      threads.shutdownNow();
      states.forEach(KnowledgeBase::close);
    }
  }

  private String commit(Clause... clauses) {
    try (KnowledgeBaseWriter writer = KnowledgeBaseWriter.open(folder)) {
      writer.putAll(List.of(clauses));
      return writer.commit();
    }
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(f -> f.getFileName().toString()).sorted().collect(Collectors.toList());
    }
  }
}
