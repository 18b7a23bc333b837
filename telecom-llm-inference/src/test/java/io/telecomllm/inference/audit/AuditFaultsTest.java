package io.telecomllm.inference.audit;

import static io.telecomllm.inference.audit.AuditTesting.SETTINGS;
import static io.telecomllm.inference.audit.AuditTesting.choice;
import static io.telecomllm.inference.audit.AuditTesting.read;
import static io.telecomllm.inference.audit.AuditTesting.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.telecomllm.InvalidDataException;
import io.telecomllm.StorageException;
import io.telecomllm.inference.audit.AuditTesting.Faults;
import io.telecomllm.testing.Reliability;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files and disks that are not as they must be. */
@Timeout(60)
class AuditFaultsTest {
  @TempDir private Path temporary;
  private Path folder;

  @BeforeEach
  void resolve() throws IOException {
    folder = temporary.toRealPath().resolve("log");
  }

  private Path file(int number) {
    return folder.resolve("audit-00000" + number + ".jsonl");
  }

  private List<Path> setAside() throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return all.filter(path -> path.toString().contains(".torn-")).sorted().toList();
    }
  }

  private void assertRefused(String place, String what) throws IOException {
    List<String> before = names();
    assertThatThrownBy(() -> AuditLog.open(folder))
        .isInstanceOf(InvalidDataException.class)
        .hasMessageStartingWith(place)
        .hasMessageContaining(what);
    assertThat(names()).isEqualTo(before);
    // it has freed the lock
    assertThatThrownBy(() -> AuditLog.open(folder)).isInstanceOf(InvalidDataException.class);
  }

  private List<String> names() throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return all.map(path -> path.getFileName() + " " + path.toFile().length())
          .filter(name -> !name.startsWith("audit.lock"))
          .sorted()
          .toList();
    }
  }

  @Test
  void aLineThatIsTornAnywhereIsSetAsideAndTheChainGoesOn() throws IOException {
    write(folder, 3, 10);
    byte[] whole = Files.readAllBytes(file(1));
    int last = new String(whole, 0, whole.length - 1, StandardCharsets.UTF_8).lastIndexOf('\n');
    int start =
        new String(whole, StandardCharsets.UTF_8)
            .substring(0, last + 1)
            .getBytes(StandardCharsets.UTF_8)
            .length;
    try (Reliability torn = Reliability.of("an audit log that ends in the middle of a line")) {
      for (int end = start + 1; end < whole.length; end += 97) {
        torn.begins();
        Files.write(file(1), Arrays.copyOf(whole, end));
        try (AuditLog log = AuditLog.open(folder, SETTINGS)) {
          assertThat(log.append(choice(9)).sequence()).isEqualTo(2);
        }
        assertThat(AuditLog.verify(folder).records()).isEqualTo(3);
        assertThat(AuditLog.verify(folder).intact()).isTrue();
        assertThat(setAside()).hasSize(1);
        Path side = setAside().get(0);
        assertThat(side.toString()).startsWith(file(1) + ".torn-" + start + "-");
        assertThat(Files.readAllBytes(side)).isEqualTo(Arrays.copyOfRange(whole, start, end));
        Files.delete(side);
        torn.passed();
      }
    }
  }

  @Test
  void twoTornLinesAtOnePlaceAreBothKept() throws IOException {
    write(folder, 1, 10);
    byte[] whole = Files.readAllBytes(file(1));
    for (String begun : List.of("{\"audit\":1,\"a", "{\"au", "\0\0\0", "{\"audit\":1,\"a")) {
      Files.write(file(1), whole);
      Files.writeString(file(1), begun, StandardOpenOption.APPEND);
      AuditLog.open(folder).close();
      assertThat(Files.readAllBytes(file(1))).isEqualTo(whole);
    }
    assertThat(setAside()).hasSize(3);
  }

  @Test
  void aProcessThatDiedWhileItBeganAFileIsContinued() throws IOException {
    List<AuditRecord> records = write(folder, 4, 4);
    for (String begun : List.of("", "{\"audit\":1,\"seq")) {
      Files.writeString(file(2), begun);
      try (AuditLog log = AuditLog.open(folder, SETTINGS)) {
        assertThat(log.head()).isEqualTo(records.get(3).hash());
        assertThat(log.append(choice(4)).sequence()).isEqualTo(4);
      }
      assertThat(Files.readAllLines(file(2))).hasSize(1);
      assertThat(AuditLog.verify(folder).records()).isEqualTo(5);
      assertThat(AuditLog.verify(folder).intact()).isTrue();
    }
    assertThat(setAside()).hasSize(1);
    Files.writeString(file(1), "");
    Files.writeString(file(2), "");
    try (AuditLog log = AuditLog.open(folder)) {
      assertThat(log.head()).isEqualTo(AuditRecord.START);
    }
  }

  @Test
  void aFileThatIsNoneOfALogIsRefusedAndNotChanged() throws IOException {
    List<AuditRecord> records = write(folder, 4, 2);
    byte[] second = Files.readAllBytes(file(2));
    byte[] garbage = new byte[5_000];
    new Random(3).nextBytes(garbage);
    Files.write(file(3), garbage);
    assertRefused(file(3) + ", line ", "");
    for (int i = 0; i < garbage.length; i++) {
      garbage[i] = garbage[i] == '\n' ? 0 : garbage[i];
    }
    Files.write(file(3), garbage);
    assertRefused(file(3) + ", line 1: ", "no audit record, nor the beginning of one");
    Files.delete(file(3));

    String text = new String(second, StandardCharsets.UTF_8);
    Files.writeString(file(2), text.replace("{\"audit\":1,", "{\"audit\":7,"));
    assertRefused(file(2) + ", line 2: ", "is of version 7 of the format, expected 1");
    Files.writeString(file(2), text.replace("\"sequence\":3", "\"sequence\":4"));
    assertRefused(file(2) + ", line 2: ", "was changed: its hash is not that of its content");
    Files.writeString(file(2), text + "{\"audit\":1}\n");
    assertRefused(file(2) + ", line 3: ", "does not end with its hash");
    Files.writeString(file(2), text + "null\n");
    assertRefused(file(2) + ", line 3: ", "expected a JSON object");
    Files.writeString(file(2), "");
    Files.writeString(file(1), "{\"audit\":1", StandardOpenOption.APPEND);
    assertRefused(file(1) + ", line 3: ", "is not complete, and another file follows");
    Files.delete(file(1));
    Files.createDirectory(file(1));
    assertRefused(file(1) + ": ", "expected a file of an audit log");
    Files.delete(file(1));
    // a number written otherwise is no second file of that number, and the log begins at the third
    Files.write(folder.resolve("audit-0000002.jsonl"), second);
    Files.delete(file(2));
    assertThat(AuditLog.verify(folder).records()).isZero();
    assertThat(records).hasSize(4);
  }

  @Test
  void readingNamesTheLineThatIsDamaged() throws IOException {
    write(folder, 3, 10);
    String text = Files.readString(file(1));
    Files.writeString(file(1), text.replace("\"sequence\":1", "\"sequence\":8"));
    assertThatThrownBy(() -> read(folder))
        .isInstanceOf(InvalidDataException.class)
        .hasMessage(file(1) + ", line 2: was changed: its hash is not that of its content");
    Files.writeString(file(1), text.substring(0, text.length() - 5));
    assertThat(read(folder)).hasSize(2);
    assertThatThrownBy(() -> AuditLog.verify(folder.resolve("absent")))
        .isInstanceOf(StorageException.class)
        .hasMessageContaining("absent: cannot be listed");
  }

  @Test
  void aFolderThatCannotBeWrittenIsNamed() throws IOException {
    Path occupied = Files.writeString(temporary.resolve("occupied"), "");
    assertThatThrownBy(() -> AuditLog.open(occupied.resolve("log")))
        .isInstanceOf(StorageException.class)
        .hasMessageContaining("occupied");
    for (String refused :
        List.of("createFolders", "openLock", "list", "append", "truncate", "kind")) {
      Faults faults = new Faults();
      faults.refused = refused;
      assertThatThrownBy(() -> AuditLog.open(folder, SETTINGS, faults.disk()))
          .as(refused)
          .isInstanceOf(StorageException.class)
          .hasMessageStartingWith(folder.toString())
          .hasMessageContaining("AccessDenied");
      AuditLog.open(folder).close();
    }
    // what is torn is not cut off before it is safe
    Files.writeString(file(1), "{\"audit");
    for (String refused : List.of("write", "force", "truncate")) {
      Faults faults = new Faults();
      faults.refused = refused;
      assertThatThrownBy(() -> AuditLog.open(folder, SETTINGS, faults.disk()))
          .as(refused)
          .isInstanceOf(StorageException.class);
      assertThat(file(1)).hasContent("{\"audit");
    }
    AuditLog.open(folder).close();
    assertThat(setAside()).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 300})
  void aFullDiskLosesTheRecordAndNoOther(int left) {
    Faults faults = new Faults();
    AuditRecord first;
    try (AuditLog log = AuditLog.open(folder, SETTINGS, faults.disk())) {
      first = log.append(choice(0));
      faults.space = left;
      assertThatThrownBy(() -> log.append(choice(1)))
          .isInstanceOf(StorageException.class)
          .hasMessageStartingWith(folder + ": the audit log cannot be written")
          .hasMessageContaining("No space left");
      assertThat(log.head()).isEqualTo(first.hash());
      // nothing of it stays
      assertThat(AuditLog.verify(folder)).isEqualTo(new AuditReport(1, Optional.empty()));
      // the disk does not even take a file's new end
      faults.space = left;
      faults.refused = "truncate";
      assertThatThrownBy(() -> log.append(choice(1))).isInstanceOf(StorageException.class);
      assertThatThrownBy(() -> log.append(choice(1))).isInstanceOf(StorageException.class);
      faults.refused = "";
      faults.space = Long.MAX_VALUE;
      assertThat(log.append(choice(2)).sequence()).isEqualTo(1);
      assertThat(AuditLog.verify(folder, log.head()).intact()).isTrue();
    }
    assertThat(AuditLog.verify(folder).records()).isEqualTo(2);
  }

  @Test
  void aFileThatCannotBeBegunIsTriedAgain() {
    Faults faults = new Faults();
    try (AuditLog log = AuditLog.open(folder, SETTINGS.withBytesPerFile(10), faults.disk())) {
      log.append(choice(0));
      faults.refused = "append";
      for (int i = 0; i < 2; i++) {
        assertThatThrownBy(() -> log.append(choice(1)))
            .isInstanceOf(StorageException.class)
            .hasMessageContaining("AccessDenied");
      }
      faults.refused = "";
      log.append(choice(2));
      assertThat(AuditLog.verify(folder, log.head()).records()).isEqualTo(2);
    }
    assertThat(file(2)).exists();
    assertThat(file(3)).doesNotExist();
  }

  @Test
  void recordsReachTheDiskWhenTheSettingsSay() throws Exception {
    Faults never = new Faults();
    try (AuditLog log = AuditLog.open(folder, SETTINGS, never.disk())) {
      log.append(choice(0));
    }
    assertThat(never.forced).isEmpty();

    Faults each = new Faults();
    AuditSettings small = SETTINGS.withBytesPerFile(10);
    try (AuditLog log = AuditLog.open(folder, small.withForce(Duration.ZERO), each.disk())) {
      log.append(choice(1));
      assertThat(each.forced).containsExactly(folder, file(2));
      log.append(choice(2));
      assertThat(each.forced).containsExactly(folder, file(2), folder, file(3));
    }

    Faults later = new Faults();
    AuditSettings often = small.withForce(Duration.ofMillis(5));
    try (AuditLog log = AuditLog.open(folder, often, later.disk())) {
      log.append(choice(3));
      for (boolean done = false; !done; Thread.sleep(2)) {
        synchronized (later.forced) {
          done = later.forced.containsAll(List.of(folder, file(4)));
        }
      }
    }

    Faults closing = new Faults();
    AuditSettings seldom = small.withForce(Duration.ofHours(1));
    try (AuditLog log = AuditLog.open(folder, seldom, closing.disk())) {
      log.append(choice(4));
      log.append(choice(5));
      assertThat(closing.forced).isEmpty();
    }
    assertThat(closing.forced).containsExactly(folder, file(5), file(6));
  }

  @Test
  void aForceThatFailsIsTold() throws Exception {
    Faults faults = new Faults();
    AuditSettings each = SETTINGS.withForce(Duration.ZERO);
    try (AuditLog log = AuditLog.open(folder, each, faults.disk())) {
      faults.refused = "force";
      assertThatThrownBy(() -> log.append(choice(0)))
          .isInstanceOf(StorageException.class)
          .hasMessageContaining(file(1) + ": cannot be forced to the disk");
      faults.refused = "";
      // the record is in the file, though perhaps not on the disk
      assertThat(log.append(choice(1)).sequence()).isEqualTo(1);
    }
    AuditSettings often = SETTINGS.withForce(Duration.ofMillis(5));
    try (AuditLog log = AuditLog.open(folder, often, faults.disk())) {
      faults.refused = "force";
      StorageException told = null;
      for (int i = 0; told == null; i++) {
        Thread.sleep(2);
        try {
          log.append(choice(i));
        } catch (StorageException e) {
          told = e;
        }
      }
      assertThat(told).hasMessageContaining("earlier audit records are not on the disk");
      faults.refused = "";
      Thread.sleep(20);
      try {
        log.append(choice(2));
      } catch (StorageException e) {
        assertThat(e).hasMessageContaining("earlier audit records");
      }
    }
    assertThat(AuditLog.verify(folder).intact()).isTrue();
  }

  @Test
  void whatCouldNotBeForcedIsForcedWithTheNextRecord() {
    Faults faults = new Faults();
    AuditSettings small = SETTINGS.withBytesPerFile(10).withForce(Duration.ZERO);
    try (AuditLog log = AuditLog.open(folder, small, faults.disk())) {
      log.append(choice(0));
      faults.refused = "force";
      // the folder has a new file
      assertThatThrownBy(() -> log.append(choice(1)))
          .isInstanceOf(StorageException.class)
          .hasMessageStartingWith(folder + ": cannot be forced");
      faults.refused = "";
      faults.forced.clear();
      assertThat(log.append(choice(2)).sequence()).isEqualTo(1);
      assertThat(faults.forced).containsExactly(folder, file(2));
    }
  }

  @Test
  void aRecordThatIsTooLongIsRefused() {
    try (AuditLog log = AuditLog.open(folder, SETTINGS)) {
      AuditEntry whole = choice(0);
      AuditEntry huge =
          AuditEntry.of(
              whole.setup(),
              AuditEntry.Text.of("x".repeat(AuditLine.MAX_BYTES)),
              whole.prompt(),
              List.of(),
              AuditTesting.text(1).written().orElseThrow());
      assertThatThrownBy(() -> log.append(huge))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("at most 16777216 are written");
      assertThat(log.append(whole).sequence()).isZero();
    }
    assertThat(AuditLog.verify(folder).records()).isEqualTo(1);
  }
}
