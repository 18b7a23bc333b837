package io.telecomllm.inference.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.telecomllm.BusyException;
import io.telecomllm.testing.ChildJvm;
import io.telecomllm.testing.Reliability;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Processes that write a log are killed; nothing that they had told of is lost. */
@Timeout(120)
class KilledAuditTest {
  private static final int KILLS = 12;

  /** A few records, so that files often follow one another. */
  private static final int BYTES = 4_000;

  @TempDir private Path temporary;

  /** Appends one record after the other, telling the hash of each. */
  static final class Child {
    /** So that a child whose parent died does not stay. */
    private static final long MOST_NANOS = TimeUnit.SECONDS.toNanos(20);

    private Child() {}

    public static void main(String[] args) {
      PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
      long start = System.nanoTime();
      try (AuditLog log =
          AuditLog.open(Path.of(args[0]), AuditSettings.defaults().withBytesPerFile(BYTES))) {
        out.println(log.head());
        for (int i = 0; System.nanoTime() - start < MOST_NANOS; i++) {
          out.println(log.append(AuditTesting.choice(i)).hash());
        }
      }
    }
  }

  private Process child(Path log) throws IOException {
    return ChildJvm.of(Child.class, log)
        .redirectError(temporary.resolve("errors.log").toFile())
        .start();
  }

  @Test
  void whatWasAppendedBeforeAKillStays() throws Exception {
    Path folder = temporary.toRealPath().resolve("log");
    Random random = new Random(93);
    String told = AuditRecord.START;
    try (Reliability survived = Reliability.of("kill -9 while writing an audit log")) {
      for (int kill = 0; kill < KILLS; kill++) {
        survived.begins();
        Process child = child(folder);
        try (BufferedReader lines = child.inputReader(StandardCharsets.UTF_8)) {
          assertThat(lines.readLine()).as(errors()).isNotNull();
          told = lines.readLine();
          Thread killer = killer(child, random.nextInt(60));
          for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            // the last one may be cut
            told = line.length() == told.length() ? line : told;
          }
          killer.join();
        } finally {
          child.destroyForcibly().waitFor();
        }
        AuditReport before = AuditLog.verify(folder);
        assertThat(before.firstBreak().map(found -> found.fault()))
            .as("%s", before)
            .isIn(List.of(Optional.empty(), Optional.of(AuditReport.Fault.TORN)));
        try (AuditLog log = AuditLog.open(folder, AuditSettings.defaults())) {
          AuditReport report = AuditLog.verify(folder, told);
          assertThat(report.intact()).as("%s", report).isTrue();
          assertThat(report.records()).isEqualTo(before.records());
          assertThat(log.append(AuditTesting.text(kill)).sequence()).isEqualTo(report.records());
        }
        survived.passed();
      }
      long files = files(folder, ".jsonl");
      survived.note(AuditLog.verify(folder).records() + " records in " + files + " files");
      assertThat(files).isGreaterThan(KILLS);
    }
    assertThat(AuditLog.verify(folder, told).intact()).isTrue();
  }

  private static Thread killer(Process child, int millis) {
    Thread killer =
        new Thread(
            () -> {
              try {
                Thread.sleep(millis);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
              child.toHandle().destroyForcibly();
            });
    killer.start();
    return killer;
  }

  private static long files(Path folder, String end) throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return all.filter(path -> path.toString().endsWith(end)).count();
    }
  }

  private String errors() throws IOException {
    return Files.readString(temporary.resolve("errors.log"));
  }

  @Test
  void anotherProcessIsKeptOut() throws Exception {
    Path folder = temporary.toRealPath().resolve("log");
    Process child = child(folder);
    try (BufferedReader lines = child.inputReader(StandardCharsets.UTF_8)) {
      assertThat(lines.readLine()).as(errors()).isNotNull();
      assertThatThrownBy(() -> AuditLog.open(folder))
          .isInstanceOf(BusyException.class)
          .hasMessageStartingWith(folder + ": another audit log of another process writes here");
    } finally {
      child.destroyForcibly().waitFor();
    }
    AuditLog.open(folder).close();
  }
}
