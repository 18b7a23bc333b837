package io.telecomllm.training.questions;

import static java.util.Objects.requireNonNull;

import io.telecomllm.generation.Generation;
import io.telecomllm.generation.GenerationConfig;
import io.telecomllm.generation.TextGenerator;
import io.telecomllm.generation.schema.JsonSchema;
import io.telecomllm.prompt.Message;
import java.util.List;

/**
 * Has a language model write questions. Its text is held to the form of a {@link Draft} while it is
 * written. It does not own the generator.
 */
public final class ModelAuthor implements Author {
  private static final int MOST_TOKENS = 320;
  private static final String REQUEST =
      "Write a difficult multiple-choice question about a fact in the text below. It must be"
          + " understood without the text. Give the right answer, three wrong answers that are as"
          + " long as the right one, and an explanation of one sentence. Reply with JSON only:"
          + " {\"question\": \"...\", \"answer\": \"...\", \"distractors\": [\"...\", \"...\","
          + " \"...\"], \"explanation\": \"...\"}\n\n";

  private final TextGenerator generator;
  private final GenerationConfig config;

  private ModelAuthor(TextGenerator generator, GenerationConfig config) {
    this.generator = generator;
    this.config = config;
  }

  /** Creates an author that writes the most probable text, up to 320 tokens. */
  public static ModelAuthor of(TextGenerator generator) {
    return of(generator, GenerationConfig.with(c -> c.maxNewTokens(MOST_TOKENS)));
  }

  /**
   * Creates an author.
   *
   * @param config how texts are written; without a constraint
   */
  public static ModelAuthor of(TextGenerator generator, GenerationConfig config) {
    requireNonNull(generator, "generator is null");
    requireNonNull(config, "config is null");
    return new ModelAuthor(
        generator, config.toBuilder().constraint(JsonSchema.of(Draft.class).constraint()).build());
  }

  @Override
  public String write(Window window) {
    Generation written = generator.generate(List.of(Message.user(REQUEST + window.text())), config);
    return written.text();
  }
}
