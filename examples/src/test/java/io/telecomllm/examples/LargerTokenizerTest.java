package io.telecomllm.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.telecomllm.IncompatibleException;
import io.telecomllm.data.Category;
import io.telecomllm.data.Question;
import io.telecomllm.data.Split;
import io.telecomllm.inference.Answer;
import io.telecomllm.inference.TelecomAnswerer;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.model.files.ModelLoader;
import io.telecomllm.tensor.DataType;
import io.telecomllm.tensor.Device;
import io.telecomllm.testing.SampleQuestions;
import io.telecomllm.testing.TinyModel;
import io.telecomllm.training.QLoraTrainer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A tokenizer with a token more than the embedding has rows, in training and in answering. */
class LargerTokenizerTest {
  private static final int ROWS = 264;
  private static final List<Question> QUESTIONS = SampleQuestions.of(6);
  private static final Question OTHER = QUESTIONS.get(5);

  @TempDir Path folder;

  private record Outcome(double loss, List<Double> probabilities) {}

  @Test
  void aTokenThatNoPromptHoldsChangesNothing() throws IOException {
    Outcome expected = trainAndAnswer(folder("plain", "", true));
    assertThat(trainAndAnswer(folder("padded", "[PAD]", true))).isEqualTo(expected);
    assertThat(expected.loss()).isPositive();
    assertThat(expected.probabilities()).hasSize(3).doesNotHaveDuplicates();
  }

  @Test
  void aPromptThatHoldsItIsRefusedByBoth() throws IOException {
    Question asked =
        new Question("q", "What is a beam?", List.of("a lobe", "a band"), 0, "", Category.LEXICON);
    String message =
        "the prompt needs the token 'beam' with id 264, but the vocabulary of the model has 264"
            + " tokens: the tokenizer is for another model, or the embedding was not resized";
    try (LanguageModel model = load(folder("beam", "beam", false))) {
      QLoraTrainer trainer = trainer(model);
      assertThatThrownBy(() -> trainer.run(new Split(List.of(OTHER, asked), List.of())))
          .isInstanceOf(IncompatibleException.class)
          .hasMessage(message);
      assertThatThrownBy(() -> trainer.run(new Split(QUESTIONS, List.of(asked))))
          .isInstanceOf(IncompatibleException.class)
          .hasMessage(message);
      try (TelecomAnswerer answerer =
          TelecomAnswerer.on(model).prompt(TinyModel.prompt()).build()) {
        assertThatThrownBy(() -> answerer.answer(asked))
            .isInstanceOf(IncompatibleException.class)
            .hasMessage(message);
        Question inOption =
            new Question("o", "What?", List.of("a lobe", "a beam"), 0, "", Category.LEXICON);
        assertThatThrownBy(() -> answerer.answer(List.of(OTHER, inOption)))
            .isInstanceOf(IncompatibleException.class)
            .hasMessage(message);
        assertThat(answerer.answer(OTHER).probabilities()).hasSize(3);
      }
    }
  }

  @Test
  void aTokenOfEveryPromptIsRefusedAtOnce() throws IOException {
    String message = "the prompt needs the token 'option' with id 264";
    try (LanguageModel model = load(folder("option", "option", false))) {
      QLoraTrainer trainer = trainer(model);
      assertThatThrownBy(() -> trainer.run(new Split(QUESTIONS, List.of())))
          .isInstanceOf(IncompatibleException.class)
          .hasMessageStartingWith(message);
      assertThatThrownBy(() -> TelecomAnswerer.on(model).prompt(TinyModel.prompt()).build())
          .isInstanceOf(IncompatibleException.class)
          .hasMessageStartingWith(message);
    }
  }

  private static Outcome trainAndAnswer(Path folder) {
    try (LanguageModel model = load(folder);
        QLoraTrainer.Result trained =
            trainer(model).run(new Split(QUESTIONS.subList(0, 5), List.of()));
        TelecomAnswerer answerer =
            TelecomAnswerer.on(model)
                .prompt(TinyModel.prompt())
                .adapter(trained.adapter())
                .build()) {
      Answer answer = answerer.answer(OTHER);
      return new Outcome(trained.report().finalLoss(), answer.probabilities());
    }
  }

  private static QLoraTrainer trainer(LanguageModel model) {
    return QLoraTrainer.on(model).prompt(TinyModel.prompt()).epochs(1);
  }

  private static LanguageModel load(Path folder) {
    return ModelLoader.of(folder).device(Device.cpu()).computeType(DataType.FLOAT32).dense().load();
  }

  /** Writes a model of 264 rows whose tokenizer has a token with id 264, unless it is empty. */
  private Path folder(String name, String token, boolean special) throws IOException {
    Path model = folder.resolve(name);
    TinyModel.write(model, 512);
    if (!token.isEmpty()) {
      Path file = model.resolve("tokenizer.json");
      JsonObject root = JsonParser.parseString(Files.readString(file)).getAsJsonObject();
      JsonObject added = new JsonObject();
      added.addProperty("id", ROWS);
      added.addProperty("content", token);
      added.addProperty("special", special);
      root.getAsJsonArray("added_tokens").add(added);
      Files.writeString(file, root.toString());
    }
    return model;
  }
}
