package io.telecomllm.inference;

import static com.google.common.base.Preconditions.checkArgument;
import static java.util.Objects.requireNonNull;

import io.telecomllm.generation.GeneratedToken;
import io.telecomllm.generation.Generation;
import io.telecomllm.generation.GenerationConfig;
import io.telecomllm.generation.GenerationListener;
import io.telecomllm.generation.TextGenerator;
import io.telecomllm.grounding.Grounding.Grounded;
import io.telecomllm.grounding.OpenGrounding;
import io.telecomllm.inference.serving.SharedSlots;
import io.telecomllm.inference.serving.TimedCall;
import io.telecomllm.lora.Deltas;
import io.telecomllm.prompt.ChatTemplate;
import io.telecomllm.prompt.Message;
import io.telecomllm.prompt.OpenPrompt;
import io.telecomllm.scoring.PromptedModel;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Answers open questions; those of calls that run at the same time in shared passes. */
final class OpenQuestions implements AutoCloseable {
  /** The tokens of all texts together; a text that needs more has a cache of its own. */
  private static final int CAPACITY = 8192;

  private final AnswererBuilder settings;
  private final PromptedModel prompted;
  private final Deltas deltas;
  private final Audit audit;
  private @Nullable Writer writer;

  /** What an answerer that is asked no open question does not need. */
  private record Writer(TextGenerator generator, SharedSlots slots, OpenGrounding grounding) {}

  OpenQuestions(AnswererBuilder settings, PromptedModel prompted, Deltas deltas, Audit audit) {
    this.settings = settings;
    this.prompted = prompted;
    this.deltas = deltas;
    this.audit = audit;
  }

  /** Tells a listener, and first of all lets the call begin with its text. */
  private record Beginning(TimedCall timing, GenerationListener listener)
      implements GenerationListener {
    @Override
    public void generated(GeneratedToken token) {
      listener.generated(token);
    }

    @Override
    public void reading(int tokens, int total) {
      if (!timing.begin()) {
        timing.check();
      }
      listener.reading(tokens, total);
    }
  }

  /**
   * Answers the last message of a conversation.
   *
   * @param cancelled is asked before each token
   * @param timing begins when the text has a place; at its end the answer so far is returned
   */
  OpenAnswer ask(
      List<Message> messages,
      GenerationConfig config,
      GenerationListener listener,
      BooleanSupplier cancelled,
      TimedCall timing) {
    requireNonNull(listener, "listener is null");
    checkArgument(!messages.isEmpty(), "there is no message");
    String question = messages.get(messages.size() - 1).content();
    checkArgument(!question.isBlank(), "the question is blank");
    timing.check();
    Writer own = writer();
    Grounded<List<Message>> grounded = own.grounding().ask(messages, config.maxNewTokens());
    Generation generation =
        own.generator()
            .generate(
                grounded.question(),
                config,
                new Beginning(timing, listener),
                () -> cancelled.getAsBoolean() || timing.ended());
    OpenAnswer answer = OpenAnswer.of(question, generation, grounded.passages());
    ChatTemplate template = own.grounding().prompt().template();
    audit.append(
        () ->
            audit.written(
                template,
                template.encode(prompted.tokenizer(), grounded.question(), true),
                answer));
    return answer;
  }

  private synchronized Writer writer() {
    if (writer == null) {
      writer = open();
    }
    return writer;
  }

  private Writer open() {
    int context = prompted.model().config().contextLength();
    OpenPrompt prompt =
        settings.openPrompt.orElseGet(() -> OpenPrompt.of(prompted.prompt().template()));
    OpenGrounding grounding =
        new OpenGrounding(prompt, prompted.tokenizer(), settings.knowledge, context);
    SharedSlots[] slots = new SharedSlots[1];
    TextGenerator generator =
        TextGenerator.on(prompted.model())
            .deltas(deltas)
            .tokenizer(prompted.tokenizer())
            .template(prompt.template())
            .slots(
                pass -> {
                  int capacity = (int) Math.min((long) settings.texts * context, CAPACITY);
                  slots[0] = new SharedSlots(prompted.model(), pass, settings.texts, capacity);
                  return slots[0];
                })
            .build();
    return new Writer(generator, slots[0], grounding);
  }

  @Override
  public synchronized void close() {
    if (writer != null) {
      writer.generator().close();
      writer.slots().close();
    }
  }
}
