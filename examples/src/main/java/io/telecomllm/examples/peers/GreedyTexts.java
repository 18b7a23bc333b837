package io.telecomllm.examples.peers;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.telecomllm.examples.Cli;
import io.telecomllm.generation.GeneratedToken;
import io.telecomllm.generation.Generation;
import io.telecomllm.generation.GenerationConfig;
import io.telecomllm.generation.GenerationListener;
import io.telecomllm.generation.TextGenerator;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.model.files.ModelLoader;
import io.telecomllm.tensor.DataType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/**
 * Continues texts with the most probable tokens, in fp32, and prints a line of JSON for each:
 * {@code tools/check_generation.py} compares them with transformers.
 */
@CommandLine.Command(name = "GreedyTexts", mixinStandardHelpOptions = true)
public final class GreedyTexts implements Callable<Integer> {
  @Option(names = "--model", required = true, description = "Hugging Face folder or GGUF file")
  private Path model = Path.of("model.gguf");

  @Option(names = "--prompts", required = true, description = "a text to continue a line")
  private Path prompts = Path.of("prompts.txt");

  @Option(names = "--tokens", defaultValue = "64", description = "tokens to generate")
  private int tokens = 64;

  @Option(names = "--drafts", defaultValue = "0", description = "tokens to guess ahead")
  private int drafts;

  /** Runs the program. */
  public static void main(String[] args) {
    Cli.run(new GreedyTexts(), args);
  }

  @Override
  public Integer call() throws IOException {
    GenerationConfig config =
        GenerationConfig.with(c -> c.maxNewTokens(tokens).draftTokens(drafts));
    try (LanguageModel loaded = ModelLoader.of(model).dense().computeType(DataType.FLOAT32).load();
        TextGenerator generator = TextGenerator.on(loaded).build()) {
      for (String prompt : Files.readAllLines(prompts)) {
        System.out.println(
            line(prompt, generator.complete(prompt, config, GenerationListener.NONE)));
      }
    }
    return 0;
  }

  private static JsonObject line(String prompt, Generation generation) {
    JsonArray ids = new JsonArray();
    JsonArray logProbabilities = new JsonArray();
    for (GeneratedToken token : generation.tokens()) {
      ids.add(token.id());
      logProbabilities.add(token.logProbability());
    }
    JsonObject line = new JsonObject();
    line.addProperty("prompt", prompt);
    line.addProperty("text", generation.text());
    line.add("ids", ids);
    line.add("logprobs", logProbabilities);
    return line;
  }
}
