package io.telecomllm.examples.peers;

import com.google.common.collect.Comparators;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.telecomllm.examples.Cli;
import io.telecomllm.examples.WeightForm;
import io.telecomllm.generation.GeneratedToken;
import io.telecomllm.generation.Generation;
import io.telecomllm.generation.GenerationConfig;
import io.telecomllm.generation.GenerationListener;
import io.telecomllm.generation.GenerationPass;
import io.telecomllm.generation.TextGenerator;
import io.telecomllm.inference.serving.SharedSlots;
import io.telecomllm.lora.Deltas;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.model.TokenBatch;
import io.telecomllm.model.files.ModelLoader;
import io.telecomllm.tensor.DataType;
import io.telecomllm.tensor.Operators;
import io.telecomllm.tensor.Scope;
import io.telecomllm.tensor.Tensor;
import io.telecomllm.tokenizer.Tokenizer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/**
 * Continues texts with the most probable tokens and prints a line of JSON for each: {@code
 * tools/check_generation.py} compares them with transformers, {@code tools/check_llama_texts.mjs}
 * with llama.cpp.
 */
@CommandLine.Command(name = "GreedyTexts", mixinStandardHelpOptions = true)
public final class GreedyTexts implements Callable<Integer> {
  /** The number of tokens whose probability is told for each place. */
  private static final int CANDIDATES = 5;

  /** The tokens of a prompt that a text has room for; longer ones wait for each other. */
  private static final int PROMPT = 256;

  @Option(names = "--model", required = true, description = "Hugging Face folder or GGUF file")
  private Path model = Path.of("model.gguf");

  @Option(names = "--prompts", required = true, description = "a text to continue a line")
  private Path prompts = Path.of("prompts.txt");

  @Option(names = "--tokens", defaultValue = "64", description = "tokens to generate")
  private int tokens = 64;

  @Option(names = "--drafts", defaultValue = "0", description = "tokens to guess ahead")
  private int drafts;

  @Option(
      names = "--weights",
      defaultValue = "DENSE",
      description = "form of the weights: ${COMPLETION-CANDIDATES}")
  private WeightForm weights = WeightForm.DENSE;

  @Option(names = "--compute", defaultValue = "FLOAT32", description = "type to compute in")
  private DataType compute = DataType.FLOAT32;

  @Option(names = "--together", defaultValue = "1", description = "texts to write at a time")
  private int together = 1;

  /** Runs the program. */
  public static void main(String[] args) {
    Cli.run(new GreedyTexts(), args);
  }

  @Override
  public Integer call() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(together);
    try (LanguageModel loaded = weights.load(ModelLoader.of(model).computeType(compute));
        Tokenizer tokenizer = Tokenizer.load(loaded.files());
        SharedSlots slots =
            new SharedSlots(
                loaded,
                new GenerationPass(loaded, Deltas.none()),
                together,
                together * (PROMPT + tokens));
        TextGenerator generator =
            TextGenerator.on(loaded).tokenizer(tokenizer).slots(pass -> slots).build()) {
      GenerationConfig config =
          GenerationConfig.with(c -> c.maxNewTokens(tokens).draftTokens(drafts));
      List<String> lines = Files.readAllLines(prompts);
      List<Future<Generation>> texts = new ArrayList<>();
      for (String prompt : lines) {
        texts.add(
            threads.submit(() -> generator.complete(prompt, config, GenerationListener.NONE)));
      }
      for (int i = 0; i < lines.size(); i++) {
        Generation text = texts.get(i).get();
        int[] ids = ids(tokenizer, lines.get(i));
        System.out.println(line(lines.get(i), ids, text, candidates(loaded, ids, text)));
      }
    } finally {
      threads.shutdown();
    }
    return 0;
  }

  /** Returns the tokens of a text that {@link TextGenerator#complete} reads. */
  private static int[] ids(Tokenizer tokenizer, String text) {
    IntStream begin = tokenizer.addsBos() ? tokenizer.bos().stream() : IntStream.empty();
    return IntStream.concat(begin, IntStream.of(tokenizer.encode(text))).toArray();
  }

  /**
   * Reads prompt and text at once. Returns for each token of the text the most probable ones at its
   * place, each as id and log-probability.
   */
  private static JsonArray candidates(LanguageModel model, int[] prompt, Generation text) {
    int length = text.tokens().size();
    IntStream read = text.tokens().stream().limit(length - 1).mapToInt(GeneratedToken::id);
    TokenBatch batch = TokenBatch.of(IntStream.concat(IntStream.of(prompt), read).toArray());
    int[] rows = IntStream.range(prompt.length - 1, batch.rows()).toArray();
    JsonArray places = new JsonArray();
    try (Scope scope = Scope.open(model.device())) {
      Operators ops = scope.operators();
      Tensor logits = model.network().logits(batch, null, Deltas.none(), rows, scope);
      Tensor all = ops.logSoftmax(logits); // (length, vocabulary)
      for (int place = 0; place < length; place++) {
        places.add(best(ops.toFloats(ops.narrow(all, 0, place, 1))));
      }
    }
    return places;
  }

  private static JsonArray best(float[] logProbabilities) {
    JsonArray best = new JsonArray();
    IntStream.range(0, logProbabilities.length)
        .boxed()
        .collect(Comparators.greatest(CANDIDATES, Comparator.comparing(i -> logProbabilities[i])))
        .forEach(
            id -> {
              JsonArray candidate = new JsonArray();
              candidate.add(id);
              candidate.add(logProbabilities[id]);
              best.add(candidate);
            });
    return best;
  }

  private static JsonObject line(
      String prompt, int[] promptIds, Generation text, JsonArray candidates) {
    JsonArray begin = new JsonArray();
    IntStream.of(promptIds).forEach(begin::add);
    JsonArray ids = new JsonArray();
    JsonArray logProbabilities = new JsonArray();
    for (GeneratedToken token : text.tokens()) {
      ids.add(token.id());
      logProbabilities.add(token.logProbability());
    }
    JsonObject line = new JsonObject();
    line.addProperty("prompt", prompt);
    line.add("promptIds", begin);
    line.addProperty("text", text.text());
    line.add("ids", ids);
    line.add("logprobs", logProbabilities);
    line.add("candidates", candidates);
    return line;
  }
}
