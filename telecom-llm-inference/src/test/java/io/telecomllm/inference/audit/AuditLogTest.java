package io.telecomllm.inference.audit;

import static io.telecomllm.inference.audit.AuditTesting.CLOCK;
import static io.telecomllm.inference.audit.AuditTesting.SETTINGS;
import static io.telecomllm.inference.audit.AuditTesting.choice;
import static io.telecomllm.inference.audit.AuditTesting.read;
import static io.telecomllm.inference.audit.AuditTesting.text;
import static io.telecomllm.inference.audit.AuditTesting.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.hash.Hashing;
import io.telecomllm.BusyException;
import io.telecomllm.inference.audit.AuditEntry.Choice;
import io.telecomllm.inference.audit.AuditEntry.Prompt;
import io.telecomllm.inference.audit.AuditEntry.Text;
import io.telecomllm.inference.audit.AuditEntry.Text.Form;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AuditLogTest {
  @TempDir private Path folder;

  private Path file(int number) {
    return folder.resolve("audit-00000" + number + ".jsonl");
  }

  private static String sha256(String text) {
    return Hashing.sha256().hashString(text, StandardCharsets.UTF_8).toString();
  }

  @Test
  void recordsAreReadAsTheyWereWrittenAndFormAChain() throws Exception {
    AuditRecord first;
    AuditRecord second;
    try (AuditLog log = AuditLog.open(folder, SETTINGS)) {
      assertThat(log.head()).isEqualTo("0".repeat(64));
      first = log.append(choice(0));
      second = log.append(text(1));
      assertThat(log.head()).isEqualTo(second.hash());
    }
    assertThat(first)
        .isEqualTo(new AuditRecord(0, CLOCK.instant(), choice(0), "0".repeat(64), first.hash()));
    assertThat(second)
        .isEqualTo(new AuditRecord(1, CLOCK.instant(), text(1), first.hash(), second.hash()));
    assertThat(read(folder)).containsExactly(first, second);
    assertThat(AuditLog.verify(folder)).isEqualTo(new AuditReport(2, Optional.empty()));
    // by hand what a reader of the format would do
    List<String> lines = Files.readAllLines(file(1));
    assertThat(lines.get(0)).startsWith("{\"audit\":1,\"sequence\":0,\"time\":\"2024-05-06T07:08");
    assertThat(lines.get(1)).contains("\"kind\":\"text\"", "\"choice\":null");
    for (AuditRecord record : List.of(first, second)) {
      String line = lines.get((int) record.sequence());
      String canonical = line.replaceFirst(",\"hash\":\"[0-9a-f]{64}\"}$", "}");
      assertThat(sha256(canonical)).isEqualTo(record.hash());
    }
  }

  @Test
  void scoresAreReadBitForBit() {
    List<Double> scores =
        List.of(-0.0, 0.0, Double.MIN_VALUE, -Double.MAX_VALUE, 0.1 + 0.2, 2e-3, Math.nextUp(1e7));
    try (AuditLog log = AuditLog.open(folder, SETTINGS)) {
      log.append(
          AuditEntry.of(
              AuditTesting.SETUP,
              Text.of("?"),
              scores.stream().map(score -> Text.of("option " + score)).toList(),
              Prompt.of(),
              List.of(),
              new Choice(scores, OptionalInt.empty())));
    }
    List<Double> found = read(folder).get(0).entry().choice().orElseThrow().scores();
    assertThat(found.stream().map(Double::doubleToRawLongBits))
        .isEqualTo(scores.stream().map(Double::doubleToRawLongBits).toList());
  }

  @Test
  void aFullFileIsFollowedByAnotherThatContinuesTheChain() throws Exception {
    List<AuditRecord> records = write(folder, 10, 4);
    assertThat(Files.readAllLines(file(1))).hasSize(4);
    assertThat(Files.readAllLines(file(2))).hasSize(4);
    assertThat(Files.readAllLines(file(3))).hasSize(2);
    assertThat(read(folder)).isEqualTo(records);
    assertThat(AuditLog.verify(folder).records()).isEqualTo(10);
    assertThat(AuditLog.verify(folder).intact()).isTrue();
    try (AuditLog log = AuditLog.open(folder, SETTINGS)) {
      assertThat(log.head()).isEqualTo(records.get(9).hash());
      assertThat(log.append(choice(10)).sequence()).isEqualTo(10);
    }
    assertThat(Files.readAllLines(file(3))).hasSize(3);
    // a record that is larger than a file has one of its own
    try (AuditLog log = AuditLog.open(folder, SETTINGS.withBytesPerFile(1))) {
      log.append(choice(11));
      log.append(choice(12));
    }
    assertThat(Files.readAllLines(file(5))).hasSize(1);
    assertThat(AuditLog.verify(folder)).isEqualTo(new AuditReport(13, Optional.empty()));
  }

  private AuditEntry written(AuditSettings settings) {
    try (AuditLog log = AuditLog.open(folder, settings)) {
      AuditRecord record = log.append(choice(2));
      List<AuditRecord> all = read(folder);
      assertThat(all.get(all.size() - 1)).isEqualTo(record);
      return record.entry();
    }
  }

  @Test
  void textsAreKeptOrLeftOutOrChanged() throws Exception {
    AuditEntry whole = choice(2);
    assertThat(written(SETTINGS)).isEqualTo(whole);
    Files.delete(file(1));

    AuditEntry digests = written(SETTINGS.withoutTexts());
    assertThat(digests.question())
        .isEqualTo(new Text(Optional.empty(), whole.question().sha256(), Form.DIGEST));
    assertThat(digests.question().isOf(whole.question().text().orElseThrow())).isTrue();
    assertThat(digests.options()).allMatch(option -> option.form() == Form.DIGEST);
    assertThat(digests.prompt()).isEqualTo(whole.prompt().withoutIds());
    assertThat(Files.readString(file(1))).doesNotContain("What is", "A 2");
    assertThat(written(SETTINGS.withoutTexts().withPromptIds(true)).prompt())
        .isEqualTo(whole.prompt());
    Files.delete(file(1));

    AuditEntry changed = written(SETTINGS.withRedaction(text -> text.replace('2', '#')));
    assertThat(changed.options().get(0))
        .isEqualTo(new Text(Optional.of("A #"), sha256("A 2"), Form.REDACTED));
    assertThat(changed.prompt().ids()).isEmpty();
    assertThat(Files.readString(file(1))).doesNotContain("A 2", "\\\"2\\\"");
  }

  @ParameterizedTest
  @ValueSource(strings = {"throws", "returns null", "overflows"})
  void aRedactionThatFailsLeavesTheDigest(String how) throws Exception {
    UnaryOperator<String> hook =
        text -> {
          if (!text.startsWith("A")) {
            return text;
          }
          if (how.equals("throws")) {
            throw new IllegalStateException("on purpose");
          }
          if (how.equals("overflows")) {
            throw new StackOverflowError();
          }
          return null;
        };
    AuditEntry entry = written(SETTINGS.withRedaction(hook));
    assertThat(entry.options().get(0))
        .isEqualTo(new Text(Optional.empty(), sha256("A 2"), Form.REDACTION_FAILED));
    assertThat(entry.options().get(1).form()).isEqualTo(Form.REDACTED);
    assertThat(Files.readString(file(1))).contains("REDACTION_FAILED").doesNotContain("A 2");
  }

  @Test
  void threadsShareALog() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try (AuditLog log = AuditLog.open(folder, SETTINGS.withBytesPerFile(20_000))) {
      List<Future<?>> all = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        int seed = i;
        all.add(threads.submit(() -> log.append(choice(seed))));
      }
      for (Future<?> one : all) {
        one.get();
      }
      assertThat(AuditLog.verify(folder, log.head()))
          .isEqualTo(new AuditReport(200, Optional.empty()));
    } finally {
      threads.shutdownNow();
    }
    assertThat(read(folder).stream().map(record -> record.entry().question()).distinct())
        .hasSize(200);
  }

  @Test
  void anInterruptedThreadLeavesItsRecord() {
    try (AuditLog log = AuditLog.open(folder, SETTINGS.withForce(Duration.ZERO))) {
      Thread.currentThread().interrupt();
      log.append(choice(0));
      log.append(choice(1));
      assertThat(Thread.interrupted()).isTrue();
    }
    assertThat(read(folder)).hasSize(2);
  }

  @Test
  void oneLogWritesInAFolder() {
    AuditLog log = AuditLog.open(folder, SETTINGS);
    assertThatThrownBy(() -> AuditLog.open(folder.resolve("../" + folder.getFileName())))
        .isInstanceOf(BusyException.class)
        .hasMessageContaining("another audit log of this process writes here");
    log.close();
    log.close();
    assertThatThrownBy(() -> log.append(choice(0)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("closed");
    AuditLog.open(folder).close();
  }

  @Test
  void settingsAndEntriesAreChecked() {
    assertThatThrownBy(() -> SETTINGS.withBytesPerFile(0)).hasMessageContaining("is 0, must be 1");
    assertThatThrownBy(() -> SETTINGS.withForce(Duration.ofNanos(5)))
        .hasMessageContaining("force is PT0.000000005S, must be 0, or 1 ms");
    assertThatThrownBy(() -> SETTINGS.withForce(Duration.ofMillis(-5)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(
            () ->
                new AuditSettings(
                    1, Optional.empty(), false, Optional.of(text -> text), true, CLOCK))
        .hasMessageContaining("redaction of texts that are not kept");
    assertThatThrownBy(() -> new Choice(List.of(1.0, Double.NaN), OptionalInt.empty()))
        .hasMessageContaining("must be finite");
    assertThatThrownBy(() -> new Choice(List.of(1.0), OptionalInt.of(1)))
        .hasMessageContaining("chosen is 1, must be 0 to 0");
    assertThatThrownBy(() -> new Prompt(2, sha256(""), Optional.of(List.of(1))))
        .hasMessageContaining("tokens is 2");
    assertThatThrownBy(() -> new Text(Optional.of("x"), sha256("x"), Form.DIGEST))
        .hasMessageContaining("form DIGEST that is there");
    assertThatThrownBy(() -> AuditLog.verify(folder, "abc"))
        .hasMessageContaining("anchor is 'abc'");
    AuditEntry whole = choice(0);
    assertThatThrownBy(
            () ->
                AuditEntry.of(
                    whole.setup(),
                    whole.question(),
                    whole.options().subList(0, 2),
                    whole.prompt(),
                    List.of(),
                    whole.choice().orElseThrow()))
        .hasMessageContaining("3 scores for 2 options");
  }
}
