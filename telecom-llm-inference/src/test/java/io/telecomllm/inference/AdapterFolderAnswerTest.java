package io.telecomllm.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.telecomllm.IncompatibleException;
import io.telecomllm.InvalidDataException;
import io.telecomllm.data.Question;
import io.telecomllm.lineage.Accept;
import io.telecomllm.lineage.AdapterFolder;
import io.telecomllm.lineage.Lineage;
import io.telecomllm.lineage.Probe;
import io.telecomllm.lora.LoraAdapter;
import io.telecomllm.lora.LoraConfig;
import io.telecomllm.lora.peft.PeftFolder;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.prompt.QuestionPrompt;
import io.telecomllm.scoring.PromptedModel;
import io.telecomllm.testing.Adapters;
import io.telecomllm.testing.TinyModel;
import io.telecomllm.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AdapterFolderAnswerTest {
  private static final List<Question> QUESTIONS = TelecomAnswererTest.questions(5);

  @TempDir Path folder;
  private LanguageModel model;
  private LoraAdapter adapter;
  private Lineage saved;

  @BeforeEach
  void save() {
    model = TinyModel.load(600);
    adapter = LoraAdapter.create(LoraConfig.builder().rank(2).alpha(4).build(), model, 1);
    Adapters.randomise(adapter, 0.3);
    try (Tokenizer tokenizer = Tokenizer.load(model.files())) {
      saved =
          Lineage.of(new PromptedModel(model, tokenizer, TinyModel.prompt()))
              .withProbes(
                  Probe.ask(
                      QUESTIONS, new PromptedModel(model, tokenizer, TinyModel.prompt()), adapter));
    }
    AdapterFolder.save(folder, adapter, saved);
  }

  @AfterEach
  void close() {
    adapter.close();
    model.close();
  }

  private AnswererBuilder builder() {
    return TelecomAnswerer.on(model).prompt(TinyModel.prompt());
  }

  private static List<Answer> answers(AnswererBuilder builder) {
    try (TelecomAnswerer answerer = builder.build()) {
      return answerer.answer(QUESTIONS);
    }
  }

  @Test
  void aFolderAnswersAsTheAdapterInItDoes() {
    List<Answer> expected = answers(builder().adapter(adapter));
    assertThat(expected.get(0).probabilities())
        .isNotEqualTo(answers(builder()).get(0).probabilities());
    List<Answer> found = answers(builder().adapter(folder));
    for (int i = 0; i < expected.size(); i++) {
      assertThat(found.get(i).probabilities()).isEqualTo(expected.get(i).probabilities());
    }
    // the last one named counts
    assertThat(answers(builder().adapter(folder.resolve("absent")).adapter(adapter)).get(0))
        .isEqualTo(expected.get(0));
    try (TelecomAnswerer answerer = builder().adapter(adapter).adapter(folder).build()) {
      assertThat(answerer.lineage()).contains(saved);
    }
  }

  @Test
  void theAnswerersOwnPromptIsChecked() {
    QuestionPrompt other = TinyModel.prompt().withInstruction("Choose well.");
    AnswererBuilder builder = builder().prompt(other).adapter(folder);
    assertThatThrownBy(builder::build)
        .isInstanceOf(IncompatibleException.class)
        .hasMessageContainingAll(saved.prompt(), other.digest(), "Accept.OTHER_PROMPT");
    assertThatThrownBy(builder.adapter(folder, Accept.OTHER_BASE)::build)
        .isInstanceOf(IncompatibleException.class);
    assertThat(answers(builder.adapter(folder, Accept.OTHER_PROMPT))).hasSize(5);
  }

  @Test
  void aDamagedAdapterIsRefused() throws IOException {
    try (LoraAdapter zero = LoraAdapter.create(adapter.config(), model, 1)) {
      PeftFolder.save(folder, zero, "zero");
    }
    assertThatThrownBy(builder().adapter(folder)::build)
        .isInstanceOf(IncompatibleException.class)
        .hasMessageContaining("Accept.OTHER_SCORES loads it nevertheless");
    Files.delete(folder.resolve("lineage.json"));
    try (TelecomAnswerer answerer = builder().adapter(folder).build()) {
      assertThat(answerer.lineage()).isEmpty();
    }
    assertThatThrownBy(builder().adapter(folder.resolve("absent"))::build)
        .isInstanceOf(InvalidDataException.class)
        .hasMessageContaining("absent");
  }
}
