package io.telecomllm.inference.audit;

import static io.telecomllm.inference.audit.AuditTesting.CLOCK;
import static io.telecomllm.inference.audit.AuditTesting.choice;
import static io.telecomllm.inference.audit.AuditTesting.text;
import static io.telecomllm.inference.audit.AuditTesting.write;
import static org.assertj.core.api.Assertions.assertThat;

import io.telecomllm.inference.audit.AuditReport.Break;
import io.telecomllm.inference.audit.AuditReport.Fault;
import io.telecomllm.testing.Reliability;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What was done to the files of a log is found, and where. */
class AuditVerifierTest {
  private static final int RECORDS = 11;
  private static final int PER_FILE = 4;

  @TempDir private Path folder;
  private List<AuditRecord> records;

  @BeforeEach
  void fill() {
    records = write(folder, RECORDS, PER_FILE);
    assertThat(AuditLog.verify(folder, head()).intact()).isTrue();
  }

  private String head() {
    return records.get(RECORDS - 1).hash();
  }

  private Path file(int number) {
    return folder.resolve("audit-00000" + number + ".jsonl");
  }

  private List<String> lines(int number) throws IOException {
    return new ArrayList<>(Files.readAllLines(file(number)));
  }

  private void rewrite(int number, List<String> lines) throws IOException {
    Files.writeString(file(number), String.join("\n", lines) + (lines.isEmpty() ? "" : "\n"));
  }

  private Break found() {
    AuditReport report = AuditLog.verify(folder);
    assertThat(report.intact()).isFalse();
    Break found = report.firstBreak().orElseThrow();
    assertThat(report.records()).isEqualTo(found.sequence());
    assertThat(found.message()).startsWith(found.file() + ", line " + found.line() + ": ");
    return found;
  }

  private void assertFound(Fault fault, int number, int line) {
    Break found = found();
    assertThat(found.fault()).as(found.message()).isEqualTo(fault);
    assertThat(found.file()).isEqualTo(file(number));
    assertThat(found.line()).isEqualTo(line);
  }

  @Test
  void everyChangedByteIsFoundInItsLine() throws IOException {
    Random random = new Random(41);
    try (Reliability flips = Reliability.of("a changed byte of an audit log")) {
      for (int i = 0; i < 200; i++) {
        flips.begins();
        int number = 1 + random.nextInt(3);
        byte[] original = Files.readAllBytes(file(number));
        byte[] changed = original.clone();
        // also the line break at the very end
        int at = i < 3 ? original.length - 1 : random.nextInt(original.length);
        changed[at] ^= (byte) (1 + random.nextInt(255));
        Files.write(file(number), changed);
        int line = 1;
        for (int k = 0; k < at; k++) {
          line += original[k] == '\n' ? 1 : 0;
        }
        Break found = found();
        assertThat(found.file()).as("byte %s", at).isEqualTo(file(number));
        assertThat(found.line()).as("byte %s", at).isEqualTo(line);
        assertThat(found.fault())
            .as(found.message())
            .isIn(
                at == original.length - 1
                    ? List.of(Fault.TORN)
                    : List.of(Fault.CHANGED, Fault.ANOTHER_VERSION));
        Files.write(file(number), original);
        flips.passed();
      }
    }
  }

  @Test
  void everyRemovedLineIsFound() throws IOException {
    for (int sequence = 0; sequence < RECORDS; sequence++) {
      int number = 1 + sequence / PER_FILE;
      List<String> original = lines(number);
      List<String> fewer = new ArrayList<>(original);
      fewer.remove(sequence % PER_FILE);
      rewrite(number, fewer);
      if (sequence == RECORDS - 1) {
        assertThat(AuditLog.verify(folder).intact()).isTrue();
        Break found = AuditLog.verify(folder, head()).firstBreak().orElseThrow();
        assertThat(found.fault()).isEqualTo(Fault.REMOVED);
        assertThat(found.file()).isEqualTo(folder);
        assertThat(found.sequence()).isEqualTo(sequence);
        assertThat(found.message()).contains(head());
      } else {
        boolean lastOfFile = sequence % PER_FILE == PER_FILE - 1;
        assertFound(
            Fault.REMOVED,
            lastOfFile ? number + 1 : number,
            lastOfFile ? 1 : 1 + sequence % PER_FILE);
        assertThat(found().sequence()).isEqualTo(sequence);
      }
      rewrite(number, original);
    }
  }

  @Test
  void anAnchorHoldsAllThatWasBeforeIt() throws IOException {
    assertThat(AuditLog.verify(folder, records.get(5).hash()).intact()).isTrue();
    assertThat(AuditLog.verify(folder, AuditRecord.START).intact()).isTrue();
    Files.delete(file(3));
    assertThat(AuditLog.verify(folder).intact()).isTrue();
    assertThat(AuditLog.verify(folder, records.get(7).hash()).intact()).isTrue();
    assertThat(AuditLog.verify(folder, records.get(8).hash()).records()).isEqualTo(8);
    assertThat(AuditLog.verify(folder, records.get(8).hash()).intact()).isFalse();
    Files.delete(file(2));
    Files.delete(file(1));
    assertThat(AuditLog.verify(folder).records()).isZero();
    assertThat(AuditLog.verify(folder, records.get(0).hash()).intact()).isFalse();
  }

  @Test
  void anyTwoLinesThatAreSwappedAreFound() throws IOException {
    List<String> all = new ArrayList<>();
    for (int number = 1; number <= 3; number++) {
      all.addAll(lines(number));
    }
    for (int i = 0; i < RECORDS; i++) {
      for (int j = i + 1; j < RECORDS; j++) {
        List<String> swapped = new ArrayList<>(all);
        Collections.swap(swapped, i, j);
        rewrite(1, swapped.subList(0, 4));
        rewrite(2, swapped.subList(4, 8));
        rewrite(3, swapped.subList(8, RECORDS));
        assertFound(Fault.REORDERED, 1 + i / PER_FILE, 1 + i % PER_FILE);
      }
    }
  }

  @Test
  void aFileThatIsMissingIsNamed() throws IOException {
    Files.delete(file(2));
    assertFound(Fault.REMOVED, 3, 1);
    assertThat(found().message())
        .endsWith("is record 8, expected 4, which is missing, as is audit-000002.jsonl");
  }

  @Test
  void filesThatAreSwappedOrEmptiedAreFound() throws IOException {
    List<String> second = lines(2);
    rewrite(2, lines(3));
    rewrite(3, second);
    assertFound(Fault.REORDERED, 2, 1);
    rewrite(2, List.of());
    rewrite(3, lines(1));
    assertFound(Fault.INSERTED, 3, 1);
    rewrite(1, List.of());
    rewrite(3, second);
    assertFound(Fault.REMOVED, 3, 1);
  }

  @Test
  void recordsThatWereHashedAgainAreFoundByTheNextOne() throws IOException {
    List<String> original = lines(1);
    AuditLine forged = AuditLine.of(2, CLOCK.instant(), text(2), records.get(1).hash());
    String line = new String(forged.utf8(), StandardCharsets.UTF_8).strip();

    List<String> replaced = new ArrayList<>(original);
    replaced.set(2, line);
    rewrite(1, replaced);
    assertFound(Fault.CHANGED, 1, 4);
    assertThat(found().message()).contains("does not continue the record before it");

    List<String> inserted = new ArrayList<>(original);
    inserted.add(2, line);
    rewrite(1, inserted);
    assertFound(Fault.INSERTED, 1, 4);

    List<String> twice = new ArrayList<>(original);
    twice.add(2, original.get(1));
    rewrite(1, twice);
    assertFound(Fault.INSERTED, 1, 3);

    AuditLine first = AuditLine.of(0, CLOCK.instant(), choice(0), "f".repeat(64));
    List<String> otherStart = new ArrayList<>(original);
    otherStart.set(0, new String(first.utf8(), StandardCharsets.UTF_8).strip());
    rewrite(1, otherStart);
    assertFound(Fault.CHANGED, 1, 1);
  }

  @Test
  void tornLinesAndOtherVersionsAreTold() throws IOException {
    byte[] whole = Files.readAllBytes(file(3));
    for (int cut : new int[] {1, 50, 500}) {
      Files.write(file(3), Arrays.copyOf(whole, whole.length - cut));
      assertFound(Fault.TORN, 3, 3);
      assertThat(found().sequence()).isEqualTo(10);
    }
    Files.write(file(3), whole);
    List<String> lines = lines(2);
    lines.set(1, lines.get(1).replace("{\"audit\":1,", "{\"audit\":2,"));
    rewrite(2, lines);
    assertFound(Fault.ANOTHER_VERSION, 2, 2);
    lines.set(1, "x".repeat(AuditLine.MAX_BYTES + 1));
    rewrite(2, lines);
    assertFound(Fault.CHANGED, 2, 2);
    lines.set(1, "[]");
    rewrite(2, lines);
    assertFound(Fault.CHANGED, 2, 2);
    lines.set(1, "");
    rewrite(2, lines);
    assertFound(Fault.CHANGED, 2, 2);
  }
}
