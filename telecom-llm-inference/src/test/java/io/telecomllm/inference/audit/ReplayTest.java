package io.telecomllm.inference.audit;

import static io.telecomllm.inference.audit.AuditTesting.SETUP;
import static io.telecomllm.inference.audit.AuditTesting.choice;
import static io.telecomllm.inference.audit.AuditTesting.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.telecomllm.inference.audit.AuditEntry.Choice;
import io.telecomllm.inference.audit.AuditEntry.Prompt;
import io.telecomllm.inference.audit.AuditEntry.Setup;
import io.telecomllm.inference.audit.AuditEntry.Text;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReplayTest {
  private static final AuditEntry ENTRY = choice(5);
  private static final String QUESTION = ENTRY.question().text().orElseThrow();
  private static final List<String> OPTIONS =
      ENTRY.options().stream().map(option -> option.text().orElseThrow()).toList();

  @TempDir private Path folder;

  private AuditRecord record(AuditSettings settings, AuditEntry entry) {
    try (AuditLog log = AuditLog.open(folder, settings)) {
      return log.append(entry);
    }
  }

  private String replayed(AuditEntry now) {
    AuditRecord record = record(AuditSettings.defaults(), ENTRY);
    return Replay.by((question, options) -> now).replay(record).toString();
  }

  private static AuditEntry with(Setup setup) {
    return new AuditEntry(
        setup,
        ENTRY.question(),
        ENTRY.options(),
        ENTRY.prompt(),
        ENTRY.references(),
        ENTRY.choice(),
        ENTRY.written());
  }

  private static AuditEntry with(Prompt prompt, List<Double> scores, OptionalInt chosen) {
    return AuditEntry.of(
        SETUP,
        ENTRY.question(),
        ENTRY.options(),
        prompt,
        ENTRY.references(),
        new Choice(scores, chosen));
  }

  private static Choice recorded() {
    return ENTRY.choice().orElseThrow();
  }

  private static Prompt prompt(int index, int id, int length) {
    List<Integer> ids = new ArrayList<>(ENTRY.prompt().ids().orElseThrow());
    ids.set(index, id);
    return Prompt.of(ids.subList(0, length).stream().mapToInt(i -> i).toArray());
  }

  private static List<Double> scores(int option, double change) {
    List<Double> scores = new ArrayList<>(recorded().scores());
    scores.set(option, scores.get(option) + change);
    return scores;
  }

  @Test
  void theQuestionIsAskedAgainAsItWas() {
    AuditRecord record = record(AuditSettings.defaults(), ENTRY);
    Replay.Result result =
        Replay.by(
                (question, options) -> {
                  assertThat(question).isEqualTo(QUESTION);
                  assertThat(options).isEqualTo(OPTIONS);
                  return ENTRY;
                })
            .replay(record);
    assertThat(result.same()).isTrue();
    assertThat(result).hasToString("the same");
  }

  @Test
  void theFirstDifferenceIsNamedWithBothValues() {
    Setup s = SETUP;
    String other = "f".repeat(64);
    assertThat(replayed(with(new Setup(other, s.adapter(), "llama", s.library(), s.calibration()))))
        .isEqualTo("model: recorded " + s.model() + ", now " + other);
    assertThat(
            replayed(
                with(
                    new Setup(s.model(), Optional.empty(), "llama", s.library(), s.calibration()))))
        .isEqualTo("adapter: recorded " + "b".repeat(64) + ", now none");
    assertThat(replayed(with(new Setup(s.model(), s.adapter(), "llama", "2.0", s.calibration()))))
        .isEqualTo("template: recorded chatml, now llama");
    assertThat(replayed(with(new Setup(s.model(), s.adapter(), "chatml", "2.0", Optional.empty()))))
        .isEqualTo("library version: recorded 1.2.3, now 2.0");
    assertThat(
            replayed(
                with(new Setup(s.model(), s.adapter(), "chatml", "1.2.3", Optional.of(other)))))
        .isEqualTo("calibration: recorded " + "c".repeat(64) + ", now " + other);
    int id = ENTRY.prompt().ids().orElseThrow().get(7);
    assertThat(replayed(with(prompt(7, 123_456, 20), scores(0, 1), OptionalInt.empty())))
        .isEqualTo("prompt id 7: recorded " + id + ", now 123456");
    assertThat(replayed(with(prompt(7, id, 19), scores(0, 1), recorded().chosen())))
        .isEqualTo("number of prompt ids: recorded 20, now 19");
    double score = recorded().scores().get(1);
    assertThat(replayed(with(ENTRY.prompt(), scores(1, 0.5), OptionalInt.empty())))
        .isEqualTo("score of option 2: recorded " + score + ", now " + (score + 0.5));
    assertThat(replayed(with(ENTRY.prompt(), recorded().scores(), OptionalInt.of(0))))
        .isEqualTo("chosen option: recorded option 3, now option 1");
    assertThat(replayed(with(ENTRY.prompt(), recorded().scores(), OptionalInt.empty())))
        .isEqualTo("chosen option: recorded option 3, now none");
  }

  @Test
  void scoresMayDifferByRounding() {
    AuditRecord record = record(AuditSettings.defaults(), ENTRY);
    Replay replay = Replay.by((q, o) -> with(ENTRY.prompt(), scores(0, 5e-5), recorded().chosen()));
    assertThat(replay.replay(record).same()).isTrue();
    assertThat(replay.within(0).replay(record).difference().orElseThrow().what())
        .isEqualTo("score of option 1");
    assertThat(Replay.by((q, o) -> ENTRY).within(0).replay(record).same()).isTrue();
    assertThatThrownBy(() -> replay.within(-1)).hasMessageContaining("difference is -1.0");
  }

  @Test
  void textsThatWereLeftOutArePassedAndChecked() {
    Replay replay = Replay.by((question, options) -> ENTRY);
    for (AuditSettings settings :
        List.of(
            AuditSettings.defaults().withoutTexts(),
            AuditSettings.defaults().withRedaction(String::strip))) {
      AuditRecord record = record(settings, ENTRY);
      assertThatThrownBy(() -> replay.replay(record))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("does not keep the question")
          .hasMessageContaining("pass question and options");
      assertThat(replay.replay(record, QUESTION, OPTIONS).same()).isTrue();
      assertThatThrownBy(() -> replay.replay(record, QUESTION + " ", OPTIONS))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("the question is not that of record " + record.sequence());
      assertThatThrownBy(() -> replay.replay(record, QUESTION, List.of("A 5", "B", "D")))
          .hasMessage("option 3 is not that of record " + record.sequence());
      assertThatThrownBy(() -> replay.replay(record, QUESTION, List.of("A 5")))
          .hasMessageContaining("1 options, record " + record.sequence() + " has 3");
      // of ids that were left out the digest differs
      AuditEntry other = with(prompt(7, 123_456, 20), recorded().scores(), recorded().chosen());
      assertThat(
              Replay.by((q, o) -> other)
                  .replay(record, QUESTION, OPTIONS)
                  .difference()
                  .orElseThrow()
                  .what())
          .isEqualTo("digest of the prompt ids");
    }
  }

  @Test
  void aTextIsNotReplayed() {
    AuditRecord record = record(AuditSettings.defaults(), text(1));
    Replay replay = Replay.by((question, options) -> ENTRY);
    assertThatThrownBy(() -> replay.replay(record))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("record 0 is of a text");
  }

  @Test
  void theReferencesAreComparedToo() {
    AuditEntry now =
        AuditEntry.of(
            SETUP,
            Text.of(QUESTION),
            ENTRY.options(),
            ENTRY.prompt(),
            List.of(),
            ENTRY.choice().orElseThrow());
    assertThat(replayed(now)).startsWith("references: recorded [").endsWith(", now []");
  }
}
