package io.telecomllm.examples;

import io.telecomllm.data.Split;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.model.files.ModelLoader;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The two options that every program on a model and questions of the user's has. */
final class ModelAndQuestions {
  @Option(
      names = "--model",
      required = true,
      description = "Hugging Face folder, GGUF file, or name on the hub")
  private String model = "";

  @Option(
      names = "--questions",
      required = true,
      description = "TeleQnA.zip, or questions as JSON or JSON Lines")
  private Path questions = Path.of("TeleQnA.zip");

  /** Loads the model; the caller closes it. */
  LanguageModel load() {
    return ModelLoader.load(model);
  }

  /** Loads the model in the form that answers fastest on a CPU; the caller closes it. */
  LanguageModel loadForAnswering() {
    return AnswererOptions.load(model);
  }

  /** Reads and splits the questions; see {@link QuestionsFile#split}. */
  Split split(int train, int evaluate) {
    return QuestionsFile.split(questions, train, evaluate);
  }
}
