package io.telecomllm.knowledge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.telecomllm.IncompatibleException;
import io.telecomllm.InvalidDataException;
import io.telecomllm.StorageException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.lucene.document.Document;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.store.NIOFSDirectory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KnowledgeBaseFilesTest {
  private static final String GOOD = "{'spec':'TS 1','clause':'1','text':'Paging finds it.'}";

  @TempDir Path folder;

  @Test
  void readsEveryField() throws IOException {
    Clause full =
        new Clause(
            "TS 2", "18.1.0", "Rel-18", "5.3", "Paging", "It \"finds\"\nthe UE \u00e9.", "x.docx");
    Path file = write(line(full), json("{'spec':'TS 1','clause':'1','text':'Short.'}") + "\r");
    try (KnowledgeBase base = KnowledgeBase.read(file)) {
      assertThat(base.size()).isEqualTo(2);
      assertThat(base.find("TS 2#5.3")).contains(full);
      assertThat(base.find("TS 1#1")).contains(new Clause("TS 1", "", "", "1", "", "Short.", ""));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'' | not JSON: the text ends too early at line 1 column 1",
        "[] | expected a JSON object, found an array of 0",
        "\uFEFF{'spec':'TS 1'} | not JSON: begins with a byte order mark",
        "{'spec':'TS 1','clause':'2' | not JSON: the text ends too early at line 1 column 28",
        "{'spec':'TS 1','clause':'2','text':'x'} {} | not JSON: broken syntax at line 1",
        "{'spec':'TS 1','clause':'2','text':x} | not JSON: broken syntax at line 1",
        "{'spec':'TS 1','clause':'2','text':'x',} | not JSON: broken syntax at line 1",
        "{'spec':'TS 1','clause':'2'} | lacks the field 'text'",
        "{'spec':'TS 1','clause':2,'text':'x'}" + " |, field clause: expected a string, found 2",
        "{'spec':'TS 1','clause':null,'text':'x'}"
            + " |, field clause: expected a string, found null",
        "{'spec':'TS 1','clause':'2','text':'x','text':'y'} | not strict JSON: the key \"text\""
            + " appears twice at $.text",
        "{'spec':'TS 1','clause':'2','body':'x'} | has the unknown field 'body'",
        "{'spec':'TS 1','clause':' ','text':'x'} | clause is empty",
        "{'spec':'TS 1','clause':'2 ','text':'x'} | clause has space around it: '2 '",
        "{'spec':'TS #1','clause':'2','text':'x'}"
            + " | spec holds '#', which separates it in an id: TS #1",
        "{'spec':'TS 1','clause':'2','text':'\\n '} | text is empty",
        "{'spec':'TS 1','clause':'2','text':'a\\ud800b'}"
            + " | not strict JSON: a string holds an unpaired surrogate at $.text",
        "{'spec':'TS 1','clause':'2\\u0000','text':'x'} | clause holds a control character: 2",
        "{'spec':'TS 1','clause':'2','text':'x','sha256':'00'} | sha256 of the text is"
            + " 2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881, expected 00",
        "{'spec':'TS 1','clause':'1','text':'x'} | repeats TS 1#1 of line 1",
      })
  void refusesABadLineWithItsNumber(String line, String message) throws IOException {
    Path file = write(json(GOOD), json(line), "");
    assertThatThrownBy(() -> KnowledgeBase.read(file))
        .isInstanceOf(InvalidDataException.class)
        .hasMessageStartingWith(file + ", line 2")
        .hasMessageContaining(message);
    Path index = folder.resolve("index");
    assertThatThrownBy(() -> KnowledgeBase.index(file, index))
        .isInstanceOf(InvalidDataException.class)
        .hasMessageStartingWith(file + ", line 2")
        .hasMessageContaining(message);
    assertThat(names(folder)).containsExactly("clauses.jsonl");
  }

  @Test
  void refusesALongLineBeforeItIsRead() {
    AtomicInteger bytesRead = new AtomicInteger();
    InputStream endless =
        new InputStream() {
          @Override
          public int read() {
            bytesRead.incrementAndGet();
            return ' ';
          }

          @Override
          public int read(byte[] into, int offset, int length) {
            Arrays.fill(into, offset, offset + length, (byte) ' ');
            bytesRead.addAndGet(length);
            return length;
          }
        };
    assertThatThrownBy(() -> KnowledgeBase.read(endless, "endless"))
        .isInstanceOf(InvalidDataException.class)
        .hasMessage("endless, line 1: is longer than 1048576 bytes");
    assertThat(bytesRead.get()).isLessThan(1_048_576 + 100_000);
  }

  @Test
  void refusesBytesThatAreNoUtf8AndFilesThatAreNone() throws IOException {
    byte[] latin =
        (json(GOOD) + "\n" + json(GOOD.replace('P', '\u00e9')))
            .getBytes(StandardCharsets.ISO_8859_1);
    assertThatThrownBy(() -> KnowledgeBase.read(new ByteArrayInputStream(latin), "latin"))
        .isInstanceOf(InvalidDataException.class)
        .hasMessage("latin, line 2: not JSON: the bytes are not UTF-8");
    assertThatThrownBy(() -> KnowledgeBase.read(folder.resolve("none")))
        .isInstanceOf(InvalidDataException.class)
        .hasMessageStartingWith(folder.resolve("none") + ": no such file");
    assertThatThrownBy(() -> KnowledgeBase.read(InputStream.nullInputStream(), "empty"))
        .isInstanceOf(InvalidDataException.class)
        .hasMessage("empty: holds no line, expected one JSON object a line");
  }

  @Test
  void anIndexOnDiskFindsWhatTheOneInMemoryFinds() throws IOException {
    List<Clause> clauses = Corpus.random(301, 5);
    Path file = write(clauses.stream().map(KnowledgeBaseFilesTest::line).toArray(String[]::new));
    Path index = folder.resolve("deep/er/index");
    KnowledgeBase.index(file, index);
    assertThat(names(index.getParent())).containsExactly("index");
    try (KnowledgeBase memory = KnowledgeBase.of(clauses);
        KnowledgeBase disk = KnowledgeBase.open(index);
        KnowledgeBase again = KnowledgeBase.open(index)) {
      assertThat(disk.size()).isEqualTo(clauses.size());
      for (Clause query : Corpus.random(60, 6)) {
        List<Passage> expected = memory.search(query.text(), 25);
        assertThat(expected).isNotEmpty();
        assertThat(disk.search(query.text(), 25)).isEqualTo(expected);
        assertThat(again.search(query.text(), 25)).isEqualTo(expected);
      }
    }
  }

  @Test
  void threadsShareAnIndexOnDiskAndAnInterruptHarmsNone() throws Exception {
    List<Clause> clauses = Corpus.random(300, 13);
    Path index = folder.resolve("index");
    KnowledgeBase.index(clauses, index);
    List<String> queries = Corpus.random(30, 14).stream().map(Clause::text).toList();
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try (KnowledgeBase memory = KnowledgeBase.of(clauses);
        KnowledgeBase disk = KnowledgeBase.open(index)) {
      List<List<Passage>> expected = queries.stream().map(q -> memory.search(q, 10)).toList();
      List<Future<List<List<Passage>>>> found = new ArrayList<>();
      for (int t = 0; t < 8; t++) {
        boolean interrupted = t % 2 == 0;
        found.add(
            threads.submit(
                () -> {
                  if (interrupted) {
                    Thread.currentThread().interrupt();
                  }
                  return queries.stream().map(q -> disk.search(q, 10)).toList();
                }));
      }
      for (Future<List<List<Passage>>> some : found) {
        assertThat(some.get()).isEqualTo(expected);
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void aFileCutUnderAnOpenBaseIsATypedError() throws IOException {
    Path index = folder.resolve("index");
    KnowledgeBase.index(Corpus.random(300, 15), index);
    try (KnowledgeBase disk = KnowledgeBase.open(index)) {
      for (String name : names(index)) {
        Files.write(index.resolve(name), new byte[0]);
      }
      assertThatThrownBy(() -> disk.search("cell beam radio", 10))
          .isInstanceOf(StorageException.class)
          .hasMessageStartingWith(index + ": cannot be read: java.io.EOFException");
    }
  }

  @Test
  void neverWritesOverSomething() throws IOException {
    Path file = write(json(GOOD));
    Path there = Files.createDirectory(folder.resolve("there"));
    assertThatThrownBy(() -> KnowledgeBase.index(file, there))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(there + " exists already, expected the name of a new folder");
    assertThatThrownBy(() -> KnowledgeBase.index(file, file.resolve("below")))
        .isInstanceOf(StorageException.class)
        .hasMessageStartingWith(file.resolve("below") + ": the index cannot be written: ");
  }

  @Test
  void aFlippedByteOrACutAnywhereIsFound() throws IOException {
    Path index = folder.resolve("index");
    KnowledgeBase.index(Corpus.random(30, 11), index);
    int damaged = 0;
    for (String name : names(index)) {
      Path part = index.resolve(name);
      byte[] good = Files.readAllBytes(part);
      int step = Math.max(1, good.length / 40);
      for (int i = 0; i < good.length; i += step) {
        byte[] flipped = good.clone();
        flipped[i] ^= 0x10;
        Files.write(part, flipped);
        assertDamaged(index);
        Files.write(part, Arrays.copyOf(good, i));
        assertDamaged(index);
        damaged += 2;
      }
      Files.delete(part);
      assertThatThrownBy(() -> KnowledgeBase.open(index)).isInstanceOf(InvalidDataException.class);
      Files.write(part, good);
    }
    assertThat(damaged).isGreaterThan(100);
    KnowledgeBase.open(index).close();
  }

  @Test
  void refusesWhatIsNoIndexOfOurs() throws IOException {
    Path empty = Files.createDirectory(folder.resolve("empty"));
    Path file = Files.writeString(empty.resolve("clauses.jsonl"), "{}");
    assertThatThrownBy(() -> KnowledgeBase.open(empty))
        .isInstanceOf(InvalidDataException.class)
        .hasMessageStartingWith(empty + ": holds no index of clauses; KnowledgeBase.index writes");
    assertThatThrownBy(() -> KnowledgeBase.open(file))
        .hasMessage(file + ": not a folder, expected an index of clauses");
    assertThatThrownBy(() -> KnowledgeBase.open(folder.resolve("none")))
        .isInstanceOf(InvalidDataException.class)
        .hasMessage(folder.resolve("none") + ": no such folder, expected an index of clauses");
    Path foreign = folder.resolve("foreign");
    try (IndexWriter writer =
        new IndexWriter(new NIOFSDirectory(foreign), new IndexWriterConfig())) {
      writer.addDocument(new Document());
    }
    assertThatThrownBy(() -> KnowledgeBase.open(foreign))
        .isInstanceOf(IncompatibleException.class)
        .hasMessage(foreign + ": index format null, expected 4; index it again");
  }

  private static void assertDamaged(Path index) {
    assertThatThrownBy(() -> KnowledgeBase.open(index))
        .isInstanceOf(InvalidDataException.class)
        .hasMessageStartingWith(index + ": damaged or not an index of clauses: ");
  }

  private Path write(String... lines) throws IOException {
    return Files.write(
        folder.resolve("clauses.jsonl"), String.join("\n", lines).getBytes(StandardCharsets.UTF_8));
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(f -> f.getFileName().toString()).sorted().collect(Collectors.toList());
    }
  }

  private static String json(String withSingleQuotes) {
    return withSingleQuotes.replace("'", "\"");
  }

  private static String line(Clause c) {
    com.google.gson.JsonObject object = new com.google.gson.JsonObject();
    object.addProperty("spec", c.spec());
    object.addProperty("version", c.version());
    object.addProperty("release", c.release());
    object.addProperty("clause", c.clause());
    object.addProperty("title", c.title());
    object.addProperty("text", c.text());
    object.addProperty("source", c.source());
    object.addProperty("sha256", c.sha256());
    return object.toString();
  }
}
