package io.telecomllm.examples;

import io.telecomllm.inference.AnswererBuilder;
import io.telecomllm.inference.TelecomAnswerer;
import io.telecomllm.knowledge.KnowledgeBase;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.model.files.ModelLoader;
import io.telecomllm.tensor.Device;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;
import picocli.CommandLine.Option;

/** The options of programs that answer: a model, and what it may know. */
final class AnswererOptions {
  @Option(
      names = "--model",
      required = true,
      description = "Hugging Face folder, GGUF file, or name on the hub")
  private String model = "";

  @Option(names = "--adapter", description = "PEFT folder of an adapter to apply")
  private Optional<Path> adapter = Optional.empty();

  @Option(
      names = "--knowledge",
      description =
          "clauses to answer from as JSON Lines; 'none' for none; the default is the glossary")
  private Optional<Path> knowledge = Optional.empty();

  @Option(
      names = "--references",
      defaultValue = "3",
      description = "the most clauses in a prompt, 1 to 50")
  private int references = 3;

  /** Opens an answerer and closes it, with what it uses, when the work is done. */
  void use(Consumer<TelecomAnswerer> work) {
    try (LanguageModel loaded = load(model)) {
      AnswererBuilder builder = TelecomAnswerer.on(loaded);
      adapter.ifPresent(builder::adapter);
      if (knowledge.equals(Optional.of(Path.of("none")))) {
        answer(builder, work);
        return;
      }
      try (KnowledgeBase base =
          knowledge
              .map(KnowledgeBase::read)
              .orElseGet(() -> KnowledgeBase.of(EmbeddedData.glossary().clauses()))) {
        answer(builder.knowledge(base, references), work);
      }
    }
  }

  /** Loads a model in the form that answers fastest on this machine; the caller closes it. */
  static LanguageModel load(String model) {
    ModelLoader loader = ModelLoader.of(model);
    boolean cpu = Device.best().kind() == Device.Kind.CPU;
    return (cpu ? loader.forAnswering() : loader).load();
  }

  private static void answer(AnswererBuilder builder, Consumer<TelecomAnswerer> work) {
    try (TelecomAnswerer answerer = builder.build()) {
      work.accept(answerer);
    }
  }
}
