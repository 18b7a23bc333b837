package io.telecomllm.examples;

import com.google.gson.GsonBuilder;
import io.telecomllm.data.Split;
import io.telecomllm.data.TeleQnADataset;
import io.telecomllm.facts.FactChecker;
import io.telecomllm.inference.Abstained;
import io.telecomllm.inference.Answer;
import io.telecomllm.inference.JustifiedAnswer;
import io.telecomllm.inference.Justifier;
import io.telecomllm.inference.TelecomAnswerer;
import io.telecomllm.inference.evaluation.Evaluation;
import io.telecomllm.inference.evaluation.Evaluator;
import io.telecomllm.knowledge.Citation;
import io.telecomllm.knowledge.KnowledgeBase;
import io.telecomllm.lora.LoraAdapter;
import io.telecomllm.lora.LoraConfig;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.model.files.ModelLoader;
import io.telecomllm.prompt.AnswerStyle;
import io.telecomllm.prompt.ChatTemplate;
import io.telecomllm.prompt.QuestionPrompt;
import io.telecomllm.tensor.Threads;
import io.telecomllm.tokenizer.Tokenizer;
import io.telecomllm.training.QLoraTrainer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/**
 * Shows the whole process in a minute or two: a tiny model learns by QLoRA to answer telecom
 * questions from a glossary, answers one with a quotation that a fact checker found to support it,
 * and declines another of which the glossary says nothing. The program also takes your own model
 * and questions.
 */
@CommandLine.Command(name = "Quickstart", mixinStandardHelpOptions = true)
public final class Quickstart implements Callable<Integer> {
  /** A question that the glossary says nothing of. */
  private static final String UNKNOWN = "How long does timer T3512 run by default?";

  @Option(
      names = "--model",
      description = "Hugging Face folder, GGUF file, or name on the hub; default: the embedded one")
  private Optional<String> modelName = Optional.empty();

  @Option(
      names = "--questions",
      description = "TeleQnA.zip or JSON; default: the embedded questions")
  private Optional<Path> questionsPath = Optional.empty();

  @Option(names = "--epochs", defaultValue = "8", description = "number of training passes")
  private int epochs = 8;

  @Option(names = "--output", description = "file to write the figures to, as JSON")
  private Optional<Path> output = Optional.empty();

  /** Runs the program. */
  public static void main(String[] args) {
    Cli.run(new Quickstart(), args);
  }

  @Override
  public Integer call() throws IOException {
    if (modelName.isEmpty()) {
      // a second thread does not make so small a model faster, and slows it down on busy cores
      Threads.use(1);
    }
    TeleQnADataset questions =
        questionsPath.map(TeleQnADataset::read).orElseGet(EmbeddedData::questions);
    Split split = questions.split(1.0 / 3, 3407);
    System.out.printf(
        "%d questions to learn from, %d others to measure on%n",
        split.training().size(), split.validation().size());
    try (LanguageModel model = modelName.map(ModelLoader::load).orElseGet(EmbeddedData::model);
        KnowledgeBase glossary = KnowledgeBase.of(EmbeddedData.glossary().clauses())) {
      QuestionPrompt prompt = prompt(model);
      Evaluation before = evaluate(answerer(model, glossary, prompt, Optional.empty()), split);
      long start = System.nanoTime();
      try (LoraAdapter adapter = train(model, glossary, prompt, split)) {
        double seconds = (System.nanoTime() - start) / 1e9;
        Evaluation after = evaluate(answerer(model, glossary, prompt, Optional.of(adapter)), split);
        System.out.printf(
            "%nbefore%n%s%nafter %.0f s of training%n%s%n", before.table(), seconds, after.table());
        try (TelecomAnswerer answerer = answerer(model, glossary, prompt, Optional.of(adapter))) {
          Justifier justifier =
              Justifier.on(answerer, FactChecker.on(glossary)).quoting().supportRequired(true);
          show(justifier.answer(split.validation().get(0)));
          show(justifier.answer(UNKNOWN, List.of("10 seconds", "54 minutes", "2 hours")));
        }
        write(before, after, seconds);
      }
    }
    return 0;
  }

  private QuestionPrompt prompt(LanguageModel model) {
    try (Tokenizer tokenizer = Tokenizer.load(model.files())) {
      QuestionPrompt prompt = QuestionPrompt.of(ChatTemplate.of(tokenizer));
      // the tiny model learns the number alone, and from a short instruction
      return modelName.isPresent()
          ? prompt
          : prompt.withStyle(AnswerStyle.NUMBER).withInstruction("Answer with the option number.");
    }
  }

  private static TelecomAnswerer answerer(
      LanguageModel model,
      KnowledgeBase glossary,
      QuestionPrompt prompt,
      Optional<LoraAdapter> adapter) {
    var builder = TelecomAnswerer.on(model).knowledge(glossary, 1).prompt(prompt);
    adapter.ifPresent(builder::adapter);
    return builder.build();
  }

  private static Evaluation evaluate(TelecomAnswerer answerer, Split split) {
    try (answerer) {
      return Evaluator.on(answerer).evaluate(split.validation());
    }
  }

  private LoraAdapter train(
      LanguageModel model, KnowledgeBase glossary, QuestionPrompt prompt, Split split) {
    try (ProgressBars progress = new ProgressBars("fine-tuning")) {
      return QLoraTrainer.on(model)
          .lora(LoraConfig.builder().rank(16).alpha(32).build())
          .with(c -> c.epochs(epochs).batchSize(16).gradientAccumulation(1).learningRate(2e-3))
          .knowledge(glossary, 1)
          .prompt(prompt)
          .listener(progress)
          .train(new Split(split.training(), List.of()));
    }
  }

  private static void show(JustifiedAnswer justified) {
    Answer answer = justified.answer();
    System.out.println(answer.question());
    for (int i = 0; i < answer.options().size(); i++) {
      System.out.printf(
          "  %s %4.1f %%  option %d: %s%n",
          i == answer.choice().option() ? ">" : " ",
          100 * answer.probabilities().get(i),
          i + 1,
          answer.options().get(i));
    }
    for (Citation citation : justified.citations()) {
      System.out.printf("  supported: \"%s\" [%s]%n", citation.quotation(), citation.clause().id());
    }
    if (answer instanceof Abstained abstained) {
      System.out.printf("  not answered: %s%n", abstained.reason().text());
    }
    System.out.println();
  }

  private void write(Evaluation before, Evaluation after, double seconds) throws IOException {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("accuracyBefore", before.accuracy().value());
    json.put("accuracyAfter", after.accuracy().value());
    json.put("noKnowledgeHeuristic", before.heuristic().value());
    json.put("heldOutQuestions", after.outcomes().size());
    json.put("seconds", seconds);
    String text = new GsonBuilder().setPrettyPrinting().create().toJson(json);
    if (output.isPresent()) {
      Files.writeString(output.get(), text + "\n");
    }
    System.out.println(text);
  }
}
