package io.telecomllm.generation;

import static java.util.Objects.requireNonNull;

import io.telecomllm.prompt.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * A conversation with a model. Its cache is kept between the turns, so that each turn reads only
 * what is new. For one thread at a time; closed before its generator.
 */
public final class Conversation implements AutoCloseable {
  /** A cache has room for this many times its first turn; memory that is not used costs nothing. */
  private static final int SPARE = 4;

  private final TextGenerator generator;
  private final PromptCache memory;
  private final List<Message> messages;

  Conversation(TextGenerator generator, List<Message> beginning) {
    this.generator = generator;
    this.memory = generator.newCache(SPARE);
    this.messages = new ArrayList<>(beginning);
  }

  /** Returns what has been said so far. */
  public List<Message> messages() {
    return List.copyOf(messages);
  }

  /** Says something and returns the model's answer, with the defaults. */
  public Generation say(String text) {
    return say(text, GenerationConfig.defaults(), GenerationListener.NONE, () -> false);
  }

  /**
   * Says something and returns the model's answer. Both belong to the conversation from then on,
   * the answer as far as it got if it was cancelled; if the call fails, neither does.
   *
   * @param cancelled is asked before each token
   * @throws IllegalArgumentException if the conversation does not fit the model's context
   */
  public Generation say(
      String text,
      GenerationConfig config,
      GenerationListener listener,
      BooleanSupplier cancelled) {
    requireNonNull(text, "text is null");
    List<Message> all = new ArrayList<>(messages);
    all.add(Message.user(text));
    Generation answer =
        generator.open(
            () ->
                generator.run(generator.prompt(all, config), config, listener, cancelled, memory));
    all.add(Message.assistant(answer.text()));
    messages.clear();
    messages.addAll(all);
    return answer;
  }

  /** Frees its cache; it can go on, and reads everything again. */
  @Override
  public void close() {
    memory.close();
  }
}
