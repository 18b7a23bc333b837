package io.telecomllm.examples.benchmarks;

import com.google.gson.GsonBuilder;
import io.telecomllm.data.Question;
import io.telecomllm.data.TeleQnADataset;
import io.telecomllm.examples.Cli;
import io.telecomllm.examples.ProcessMemory;
import io.telecomllm.examples.WeightForm;
import io.telecomllm.generation.Generation;
import io.telecomllm.generation.GenerationConfig;
import io.telecomllm.generation.GenerationListener;
import io.telecomllm.inference.AnswererBuilder;
import io.telecomllm.inference.OpenAnswer;
import io.telecomllm.inference.TelecomAnswerer;
import io.telecomllm.model.Architecture;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.model.ModelConfig;
import io.telecomllm.model.files.ModelLoader;
import io.telecomllm.prompt.ChatTemplate;
import io.telecomllm.prompt.Message;
import io.telecomllm.prompt.QuestionPrompt;
import io.telecomllm.tensor.Operators;
import io.telecomllm.tensor.Scope;
import io.telecomllm.tensor.Tensor;
import io.telecomllm.tokenizer.Tokenizer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/**
 * Measures how fast a model answers: multiple-choice questions, prompts, text. A real model, or
 * Phi-3-mini's shape with random weights and Phi-3's tokenizer. The last line is JSON.
 */
@CommandLine.Command(name = "InferenceBenchmark", mixinStandardHelpOptions = true)
public final class InferenceBenchmark implements Callable<Integer> {
  private static final int PROMPT = 512;

  @Option(names = "--shape", defaultValue = "phi3-mini", description = "only phi3-mini")
  private String shape = "phi3-mini";

  @Option(names = "--layers", defaultValue = "32", description = "layers of the shape")
  private int layers = 32;

  @Option(names = "--model", description = "a real model instead: a folder or GGUF file")
  private Optional<Path> file = Optional.empty();

  @Option(
      names = "--weights",
      defaultValue = "INT8",
      description = "form of the weights: ${COMPLETION-CANDIDATES}")
  private WeightForm weights = WeightForm.INT8;

  @Option(names = "--questions", required = true, description = "TeleQnA.zip")
  private Path questions = Path.of("TeleQnA.zip");

  @Option(names = "--count", defaultValue = "24", description = "questions to answer")
  private int count = 24;

  @Option(names = "--tokens", defaultValue = "32", description = "tokens to generate")
  private int tokens = 32;

  private final Map<String, Object> figures = new LinkedHashMap<>();

  /** Runs the benchmark. */
  public static void main(String[] args) {
    Cli.run(new InferenceBenchmark(), args);
  }

  @Override
  public Integer call() {
    if (!shape.equals("phi3-mini")) {
      throw new IllegalArgumentException("shape is " + shape + ", must be phi3-mini");
    }
    Path words = file.orElse(questions.resolveSibling("phi3-tokenizer"));
    try (LanguageModel model = load();
        Tokenizer tokenizer = Tokenizer.load(words)) {
      figures.put("model", file.map(Path::toString).orElse(shape + ", " + layers + " layers"));
      figures.put("weights", model.weightType().toString());
      figures.put("computeType", model.computeType().toString());
      figures.put("weightBytes", model.weightBytes());
      ChatTemplate template = file.isEmpty() ? ChatTemplate.PHI_3 : ChatTemplate.of(tokenizer);
      AnswererBuilder builder =
          TelecomAnswerer.on(model).tokenizer(tokenizer).prompt(QuestionPrompt.of(template));
      try (TelecomAnswerer answerer = builder.build()) {
        choices(answerer);
      }
      try (TelecomAnswerer permuting = builder.permutations(4).build()) {
        List<Question> turned = asked().subList(0, count);
        permuting.answer(asked().subList(count, count + 2));
        put(
            "questionsPerSecondFourPermutations",
            turned.size() / seconds(() -> permuting.answer(turned)));
      }
      try (TelecomAnswerer answerer = builder.permutations(1).build()) {
        texts(answerer, tokenizer);
        if (file.isPresent()) {
          quoting(answerer);
        }
      }
      figures.put("peakRssGiB", ProcessMemory.peakGiB());
      bounds(model);
    }
    System.out.println(
        new GsonBuilder().serializeSpecialFloatingPointValues().create().toJson(figures));
    return 0;
  }

  private LanguageModel load() {
    ModelLoader loader =
        file.map(ModelLoader::of)
            .orElseGet(
                () ->
                    ModelLoader.random(
                        ModelConfig.builder(Architecture.PHI3).layers(layers).build(), 0.02, 0));
    return weights.load(loader);
  }

  private void put(String name, double value) {
    figures.put(name, value);
    System.out.printf("%s: %.3f%n", name, value);
  }

  private static double seconds(Runnable work) {
    long start = System.nanoTime();
    work.run();
    return (System.nanoTime() - start) / 1e9;
  }

  private List<Question> asked() {
    return TeleQnADataset.read(questions).split(0.2, 3407).validation();
  }

  private void choices(TelecomAnswerer answerer) {
    List<Question> asked = asked();
    List<Question> some = asked.subList(0, count);
    answerer.answer(asked.subList(count, count + 8));
    put("questionsPerSecond", count / seconds(() -> answerer.answer(some)));
    List<Double> alone = new ArrayList<>();
    for (Question question : some.subList(0, Math.min(count, 8))) {
      alone.add(seconds(() -> answerer.answer(question)));
    }
    put("singleQuestionSeconds", alone.stream().sorted().toList().get(alone.size() / 2));
  }

  /** A prompt of different words, so that nothing of it is guessed or cached. */
  private static List<Message> prompt(Tokenizer tokenizer, int length, int salt) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; tokenizer.encode(text.toString()).length < length; i++) {
      text.append(salt * 1009 + i * 7919 % 10_007).append(' ');
    }
    return List.of(Message.user(text.toString()));
  }

  private void texts(TelecomAnswerer answerer, Tokenizer tokenizer) {
    Generation read =
        answerer
            .ask(
                prompt(tokenizer, PROMPT, 1),
                GenerationConfig.with(c -> c.maxNewTokens(1)),
                GenerationListener.NONE)
            .generation();
    put("prefillTokensPerSecond", read.usage().prompt() / read.timings().firstTokenSeconds());
    GenerationConfig config = GenerationConfig.with(c -> c.maxNewTokens(tokens));
    List<Double> speeds = new ArrayList<>();
    for (int i = 2; i < 5; i++) {
      Generation text =
          answerer.ask(prompt(tokenizer, 100, i), config, GenerationListener.NONE).generation();
      speeds.add(speed(text));
    }
    put("decodeTokensPerSecond", speeds.stream().sorted().toList().get(1));
    double all =
        seconds(
            () -> {
              List<CompletableFuture<OpenAnswer>> answers = new ArrayList<>();
              for (int i = 5; i < 13; i++) {
                answers.add(answerer.askAsync(prompt(tokenizer, 20, i), config));
              }
              answers.forEach(CompletableFuture::join);
            });
    // with the reading of the eight prompts
    put("decodeTokensPerSecondEightCallers", 8 * tokens / all);
  }

  private static double speed(Generation text) {
    double seconds = text.timings().seconds() - text.timings().firstTokenSeconds();
    return (text.usage().generated() - 1) / seconds;
  }

  /** An answer that repeats most of its prompt. */
  private void quoting(TelecomAnswerer answerer) {
    String clause =
        "The AMF terminates NAS signalling, keeps the registration state of the UE, runs paging"
            + " within the registration area, and relays session management messages to the SMF"
            + " that was selected for the slice of the session.";
    List<Message> asked =
        List.of(Message.user("Repeat this text word for word, and nothing else:\n" + clause));
    for (int drafts : new int[] {0, 4}) {
      GenerationConfig config = GenerationConfig.with(c -> c.maxNewTokens(64).draftTokens(drafts));
      Generation text = answerer.ask(asked, config, GenerationListener.NONE).generation();
      put(drafts == 0 ? "quotingTokensPerSecond" : "decodeTokensPerSecondDrafting", speed(text));
      put("accepted of " + text.usage().drafted() + " guesses", text.usage().accepted());
    }
  }

  /**
   * What the machine allows: reading all weights once a token, and products in the compute type.
   */
  private void bounds(LanguageModel model) {
    try (Scope scope = Scope.open(model.device())) {
      Operators ops = scope.operators();
      long bytes = 1L << 30;
      Tensor large = ops.zeros(io.telecomllm.tensor.DataType.FLOAT32, bytes / Float.BYTES);
      double best = Double.POSITIVE_INFINITY;
      for (int i = 0; i < 5; i++) {
        best = Math.min(best, seconds(() -> ops.mean(large)));
      }
      put("readGigabytesPerSecond", bytes / best / 1e9);
      put("decodeBoundTokensPerSecond", bytes / best / model.weightBytes());
      put("prefillBoundTokensPerSecond", PROMPT / MatmulBound.forward(model, PROMPT));
    }
  }
}
