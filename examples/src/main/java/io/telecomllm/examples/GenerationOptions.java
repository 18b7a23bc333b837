package io.telecomllm.examples;

import io.telecomllm.generation.GenerationConfig;
import picocli.CommandLine.Option;

/** The options of how text is generated. */
final class GenerationOptions {
  @Option(names = "--tokens", defaultValue = "256", description = "the most tokens of an answer")
  private int tokens = 256;

  @Option(
      names = "--temperature",
      defaultValue = "0",
      description = "0 for the most probable token each time")
  private double temperature;

  @Option(names = "--top-p", defaultValue = "1", description = "share of probability to draw from")
  private double topP = 1;

  @Option(names = "--seed", defaultValue = "0", description = "seed of the draws")
  private long seed;

  @Option(
      names = "--drafts",
      defaultValue = "4",
      description = "the most tokens to guess ahead where the text repeats its prompt")
  private int drafts = 4;

  GenerationConfig config() {
    return GenerationConfig.with(
        c ->
            c.maxNewTokens(tokens)
                .temperature(temperature)
                .topP(topP)
                .seed(seed)
                .draftTokens(drafts));
  }
}
