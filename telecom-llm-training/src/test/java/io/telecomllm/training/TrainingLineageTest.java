package io.telecomllm.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.telecomllm.IncompatibleException;
import io.telecomllm.data.Question;
import io.telecomllm.data.Split;
import io.telecomllm.lineage.Accept;
import io.telecomllm.lineage.AdapterFolder;
import io.telecomllm.lineage.Lineage;
import io.telecomllm.lineage.Probe;
import io.telecomllm.lora.LoraConfig;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.prompt.QuestionPrompt;
import io.telecomllm.scoring.PromptedModel;
import io.telecomllm.testing.SampleQuestions;
import io.telecomllm.testing.TinyModel;
import io.telecomllm.tokenizer.Tokenizer;
import io.telecomllm.training.progress.Cancellation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainingLineageTest {
  private static final LoraConfig LORA = LoraConfig.builder().rank(4).alpha(8).build();

  @TempDir Path folder;

  private static List<Question> questions() {
    return SampleQuestions.of(16);
  }

  private static QLoraTrainer trainer(LanguageModel model) {
    return QLoraTrainer.on(model)
        .lora(LORA)
        .prompt(TinyModel.prompt())
        .with(c -> c.epochs(2).batchSize(4).gradientAccumulation(1).learningRate(1e-2));
  }

  private static AdapterFolder.Loaded load(
      Path folder, LanguageModel model, QuestionPrompt prompt, Accept... accepted) {
    try (Tokenizer tokenizer = Tokenizer.load(model.files())) {
      AdapterFolder.Loaded loaded =
          AdapterFolder.load(folder, new PromptedModel(model, tokenizer, prompt), accepted);
      loaded.adapter().close();
      return loaded;
    }
  }

  @Test
  void aTrainedAdapterIsSavedWithItsLineageAndReplays() throws IOException {
    Split split = new Split(questions().subList(0, 10), questions().subList(10, 16));
    try (LanguageModel model = TinyModel.load(512)) {
      QLoraTrainer.Result result = trainer(model).run(split);
      result.save(folder);
      result.adapter().close();
      AdapterFolder.Loaded loaded = load(folder, model, TinyModel.prompt());
      assertThat(loaded.differences()).isEmpty();
      assertThat(loaded.lineage()).contains(result.lineage());
      Lineage lineage = result.lineage();
      assertThat(lineage.data()).contains(new Lineage.Data(split.manifest().sha256(), 10, 6));
      assertThat(lineage.prompt()).isEqualTo(TinyModel.prompt().digest());
      assertThat(lineage.probes())
          .extracting(Probe::question)
          .containsExactly(
              "What is term 10?", "What is term 11?", "What is term 13?", "What is term 14?");
      assertThat(lineage.metrics().orElseThrow())
          .isEqualTo(result.report().metrics())
          .satisfies(
              metrics -> {
                assertThat(metrics.steps()).isEqualTo(6);
                assertThat(metrics.evaluations()).hasSize(2);
                assertThat(metrics.finalLoss()).hasValue(result.report().finalLoss());
              });
      assertThat(lineage.settings().get("training"))
          .isInstanceOfSatisfying(
              Map.class,
              training ->
                  assertThat(training.get("optimizer"))
                      .isInstanceOfSatisfying(
                          Map.class,
                          optimizer -> assertThat(optimizer.get("learningRate")).isEqualTo(1e-2)));
      assertThat(lineage.settings().get("lora"))
          .isInstanceOfSatisfying(Map.class, lora -> assertThat(lora.get("rank")).isEqualTo(4L));
      QuestionPrompt other = TinyModel.prompt().withInstruction("Guess.");
      assertThatThrownBy(() -> load(folder, model, other))
          .isInstanceOf(IncompatibleException.class)
          .hasMessageContaining("Accept.OTHER_PROMPT loads it nevertheless");
      assertThat(Files.readString(folder.resolve("adapter_config.json")))
          .contains("\"base_model_name_or_path\": \"" + lineage.base().name() + "\"");
    }
  }

  @Test
  void withoutValidationTheTrainingQuestionsAreAsked() throws IOException {
    try (LanguageModel model = TinyModel.load(512)) {
      QLoraTrainer.Result result =
          trainer(model)
              .with(c -> c.maxSteps(1).maxGradientNorm(Double.POSITIVE_INFINITY))
              .run(new Split(questions(), List.of()));
      result.save(folder, "some/base");
      result.adapter().close();
      assertThat(result.lineage().probes())
          .extracting(Probe::question)
          .containsExactly(
              "What is term 0?", "What is term 4?", "What is term 8?", "What is term 12?");
      assertThat(load(folder, model, TinyModel.prompt()).lineage().orElseThrow())
          .isEqualTo(result.lineage().withBaseName("some/base"));
      assertThat(Files.readString(folder.resolve("adapter_config.json")))
          .contains("\"base_model_name_or_path\": \"some/base\"");
    }
  }

  @Test
  void aRunCancelledBeforeItsFirstStepHasALineageToo() {
    try (LanguageModel model = TinyModel.load(512)) {
      Cancellation cancellation = new Cancellation();
      cancellation.cancel();
      QLoraTrainer.Result result =
          trainer(model).cancellation(cancellation).run(new Split(questions(), List.of()));
      result.save(folder);
      result.adapter().close();
      assertThat(result.lineage().metrics().orElseThrow().finalLoss()).isEmpty();
      assertThat(load(folder, model, TinyModel.prompt()).differences()).isEmpty();
    }
  }
}
