package io.telecomllm.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.google.common.hash.Hashing;
import io.telecomllm.StorageException;
import io.telecomllm.data.Question;
import io.telecomllm.generation.FinishReason;
import io.telecomllm.generation.GenerationConfig;
import io.telecomllm.generation.GenerationListener;
import io.telecomllm.inference.audit.AuditEntry;
import io.telecomllm.inference.audit.AuditLog;
import io.telecomllm.inference.audit.AuditRecord;
import io.telecomllm.inference.audit.AuditSettings;
import io.telecomllm.inference.audit.Replay;
import io.telecomllm.knowledge.Clause;
import io.telecomllm.knowledge.KnowledgeBase;
import io.telecomllm.lineage.AdapterFingerprint;
import io.telecomllm.lineage.Lineage;
import io.telecomllm.lineage.Versions;
import io.telecomllm.lora.LoraAdapter;
import io.telecomllm.lora.LoraConfig;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.prompt.Message;
import io.telecomllm.testing.Adapters;
import io.telecomllm.testing.TinyModel;
import io.telecomllm.tokenizer.Tokenizer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every answer leaves one record, from which it can be given again. */
class AuditedAnswersTest {
  private static final List<Question> QUESTIONS = TelecomAnswererTest.questions(12);
  private static final Clause CLAUSE =
      new Clause("TS 23.501", "", "18", "6.2.1", "AMF", "The AMF manages mobility.", "");
  private static LanguageModel model;

  @TempDir private Path folder;

  @BeforeAll
  static void load() {
    model = TinyModel.load(1000);
  }

  @AfterAll
  static void close() {
    model.close();
  }

  private static AnswererBuilder builder() {
    return TelecomAnswerer.on(model).prompt(TinyModel.prompt());
  }

  private List<AuditRecord> records() {
    List<AuditRecord> records = new ArrayList<>();
    AuditLog.read(folder, records::add);
    return records;
  }

  private static void assertIsOf(AuditRecord record, String question, Answer answer) {
    AuditEntry entry = record.entry();
    assertThat(entry.question().text()).contains(question);
    assertThat(entry.options().stream().map(option -> option.text().orElseThrow()))
        .isEqualTo(answer.options());
    AuditEntry.Choice choice = entry.choice().orElseThrow();
    assertThat(choice.chosen()).isEqualTo(OptionalInt.of(answer.choice().option()));
    double sum = choice.scores().stream().mapToDouble(Math::exp).sum();
    for (int i = 0; i < answer.options().size(); i++) {
      assertThat(Math.exp(choice.scores().get(i)) / sum)
          .isCloseTo(answer.probabilities().get(i), within(1e-9));
    }
  }

  @Test
  void eachChoiceLeavesOneRecordHoweverItIsAsked() throws Exception {
    List<Answer> answers = new ArrayList<>();
    Question first = QUESTIONS.get(0);
    try (AuditLog log = AuditLog.open(folder);
        TelecomAnswerer answerer = builder().batchSize(5).audit(log).build()) {
      answers.addAll(answerer.answer(QUESTIONS));
      answers.add(answerer.answer(first));
      answers.add(answerer.answer(first.text(), first.options()));
      answers.add(answerer.answerAsync(first).get());
      answers.add(answerer.answerAsync(first.text(), first.options()).get());
      assertThat(AuditLog.verify(folder, log.head()).intact()).isTrue();
    }
    List<AuditRecord> records = records();
    assertThat(records).hasSameSizeAs(answers);
    for (int i = 0; i < records.size(); i++) {
      assertIsOf(records.get(i), (i < 12 ? QUESTIONS.get(i) : first).text(), answers.get(i));
    }
    AuditEntry entry = records.get(3).entry();
    assertThat(entry.setup())
        .isEqualTo(
            new AuditEntry.Setup(
                Lineage.Base.of(model).fingerprint(),
                Optional.empty(),
                TinyModel.prompt().template().name(),
                Versions.library(),
                Optional.empty()));
    try (Tokenizer tokenizer = Tokenizer.load(model.files())) {
      Question asked = QUESTIONS.get(3);
      assertThat(entry.prompt())
          .isEqualTo(
              AuditEntry.Prompt.of(
                  TinyModel.prompt().ask(tokenizer, asked.text(), asked.options()).promptIds()));
    }
  }

  @Test
  void recordsAreReplayed() {
    try (AuditLog log = AuditLog.open(folder);
        KnowledgeBase base = KnowledgeBase.of(List.of(CLAUSE));
        LoraAdapter adapter =
            LoraAdapter.create(LoraConfig.builder().rank(2).alpha(4).build(), model, 1)) {
      Adapters.randomise(adapter, 0.3);
      String question = "Which function manages the mobility of a UE?";
      List<String> options = List.of("The AMF", "The SMF", "The UPF");
      AuditRecord record;
      try (TelecomAnswerer answerer =
          builder().adapter(adapter).knowledge(base).audit(log).build()) {
        answerer.answer(question, options);
        record = records().get(0);
        assertThat(record.entry().references())
            .containsExactly(new AuditEntry.Reference("TS 23.501#6.2.1", CLAUSE.sha256()));
        assertThat(record.entry().setup().adapter()).contains(AdapterFingerprint.of(adapter));
        assertThat(answerer.replay().within(0).replay(record)).hasToString("the same");
        assertThat(answerer.replay().replay(record, question, options).same()).isTrue();
      }
      // a replay leaves no record
      assertThat(records()).hasSize(1);
      try (TelecomAnswerer other = builder().adapter(adapter).build()) {
        assertThat(other.replay().replay(record).toString()).startsWith("references: recorded");
      }
      try (TelecomAnswerer other = builder().knowledge(base).build()) {
        assertThat(other.replay().replay(record).difference().orElseThrow().what())
            .isEqualTo("adapter");
      }
      Adapters.randomise(adapter, 0.4);
      try (TelecomAnswerer other = builder().adapter(adapter).knowledge(base).build()) {
        assertThat(other.replay().replay(record).difference().orElseThrow().what())
            .isEqualTo("adapter");
      }
    }
  }

  @Test
  void batchesAreReplayedOneByOne() {
    try (AuditLog log = AuditLog.open(folder);
        TelecomAnswerer answerer = builder().audit(log).build()) {
      answerer.answer(QUESTIONS);
      Replay replay = answerer.replay();
      for (AuditRecord record : records()) {
        assertThat(replay.replay(record)).hasToString("the same");
      }
      TelecomAnswerer other =
          builder().prompt(TinyModel.prompt().withInstruction("Chooses.")).build();
      try (other) {
        assertThat(other.replay().replay(records().get(0)).difference().orElseThrow().what())
            .startsWith("prompt id ");
      }
    }
  }

  @Test
  void eachTextLeavesOneRecord() throws Exception {
    List<OpenAnswer> answers = new ArrayList<>();
    GenerationConfig four = GenerationConfig.with(settings -> settings.maxNewTokens(4));
    List<Message> messages =
        List.of(Message.user("Hello."), Message.assistant("Hi."), Message.user("What is a UE?"));
    try (AuditLog log = AuditLog.open(folder);
        KnowledgeBase base = KnowledgeBase.of(List.of(CLAUSE));
        TelecomAnswerer answerer = builder().knowledge(base).audit(log).build()) {
      answers.add(answerer.ask(messages, four, GenerationListener.NONE));
      answers.add(answerer.askAsync(List.of(Message.user("Mobility?")), four).get());
      answers.add(answerer.ask(messages, four, GenerationListener.NONE, () -> true));
    }
    List<AuditRecord> records = records();
    assertThat(records).hasSize(3);
    for (int i = 0; i < 3; i++) {
      AuditEntry entry = records.get(i).entry();
      OpenAnswer answer = answers.get(i);
      assertThat(entry.kind()).isEqualTo("text");
      assertThat(entry.question().text()).contains(answer.question());
      assertThat(entry.prompt().tokens()).isEqualTo(answer.generation().usage().prompt());
      assertThat(entry.references()).hasSameSizeAs(answer.references());
      AuditEntry.Written written = entry.written().orElseThrow();
      assertThat(written.finish()).isEqualTo(answer.generation().finishReason());
      assertThat(written.usage()).isEqualTo(answer.generation().usage());
      var hasher = Hashing.sha256().newHasher();
      answer.generation().tokens().forEach(token -> hasher.putInt(token.id()));
      assertThat(written.sha256()).isEqualTo(hasher.hash().toString());
    }
    assertThat(records.get(1).entry().references()).hasSize(1);
    assertThat(answers.get(0).generation().tokens()).isNotEmpty();
    assertThat(records.get(2).entry().written().orElseThrow().finish())
        .isEqualTo(FinishReason.CANCELLED);
  }

  @Test
  void whatCannotBeRecordedFailsUnlessTheCallerSaysOtherwise() {
    Question question = QUESTIONS.get(0);
    AuditLog log = AuditLog.open(folder, AuditSettings.defaults());
    log.close();
    try (TelecomAnswerer strict = builder().audit(log).build()) {
      assertThatThrownBy(() -> strict.answer(question))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("the audit log is closed");
      assertThatThrownBy(() -> strict.answerAsync(question).get())
          .isInstanceOf(ExecutionException.class)
          .hasStackTraceContaining("the audit log is closed");
      assertThatThrownBy(() -> strict.ask("Why?")).hasMessageContaining("the audit log is closed");
    }
    List<RuntimeException> told = new ArrayList<>();
    try (TelecomAnswerer lenient = builder().audit(log, told::add).build();
        TelecomAnswerer plain = builder().build()) {
      assertThat(lenient.answer(question)).isEqualTo(plain.answer(question));
      assertThat(told).hasSize(1);
      assertThat(told.get(0)).hasMessageContaining("the audit log is closed");
    }
    try (TelecomAnswerer own =
        builder()
            .audit(
                log,
                failure -> {
                  throw new StorageException("no record", failure);
                })
            .build()) {
      assertThatThrownBy(() -> own.answer(question)).hasMessage("no record");
    }
    assertThat(records()).isEmpty();
  }
}
