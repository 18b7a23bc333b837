package io.telecomllm.generation;

import static com.google.common.base.Preconditions.checkArgument;
import static com.google.common.base.Preconditions.checkState;
import static java.util.Objects.requireNonNull;

import com.google.common.base.Suppliers;
import io.telecomllm.Internal;
import io.telecomllm.Interrupts;
import io.telecomllm.lora.Deltas;
import io.telecomllm.lora.LoraAdapter;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.prompt.ChatTemplate;
import io.telecomllm.prompt.KnownTokens;
import io.telecomllm.prompt.Message;
import io.telecomllm.prompt.Role;
import io.telecomllm.tensor.Scope;
import io.telecomllm.tokenizer.TokenText;
import io.telecomllm.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * Writes text with a language model: answers to conversations, and continuations of plain text.
 *
 * <pre>{@code
 * try (TextGenerator generator = TextGenerator.on(model).build()) {
 *   Generation answer = generator.generate(List.of(Message.user("What is the AMF?")));
 * }
 * }</pre>
 *
 * <p>Messages are data: nothing in them is a command to the model's template. Safe for use by
 * several threads; each call has its own cache. It throws {@link IllegalStateException} once it or
 * the model is closed. An interrupted thread gets a {@link
 * java.util.concurrent.CancellationException} before the next token, and stays interrupted.
 */
public final class TextGenerator implements AutoCloseable {
  private final LanguageModel model;
  private final Tokenizer tokenizer;
  private final boolean ownsTokenizer;
  private final ChatTemplate template;
  private final TokenText tokenText;
  private final Supplier<Integer> longestToken;
  private final BitSet ends = new BitSet();
  private final Scope scope;
  private final GenerationPass pass;
  private final Slot.Source slots;
  // a running call holds the read lock, so that closing cannot free what it uses
  private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
  private volatile boolean closed;

  private TextGenerator(Builder settings, Tokenizer tokenizer) {
    model = settings.model;
    this.tokenizer = tokenizer;
    ownsTokenizer = settings.tokenizer.isEmpty();
    template = settings.template.orElseGet(() -> ChatTemplate.of(tokenizer));
    template.requireFits(tokenizer);
    tokenText = tokenizer.text();
    longestToken = Suppliers.memoize(() -> longestToken(tokenizer, tokenText));
    for (int id : template.stopIds(tokenizer)) {
      ends.set(id);
    }
    settings.adapter.ifPresent(adapter -> adapter.requireFits(model));
    scope = Scope.open(model.device());
    Deltas deltas =
        settings.deltas.orElseGet(() -> Deltas.of(settings.adapter, model.computeType(), scope));
    pass = new GenerationPass(model, deltas);
    slots =
        settings.slots.map(maker -> maker.apply(pass)).orElse(GenerationPass.alone(model, pass));
  }

  /** Starts the settings of a generator with this model; all have defaults. */
  public static Builder on(LanguageModel model) {
    requireNonNull(model, "model is null");
    return new Builder(model);
  }

  /**
   * Settings of a {@link TextGenerator}. The generator does not close what it is given; that is
   * closed after it.
   */
  public static final class Builder {
    private final LanguageModel model;
    private Optional<LoraAdapter> adapter = Optional.empty();
    private Optional<Deltas> deltas = Optional.empty();
    private Optional<Tokenizer> tokenizer = Optional.empty();
    private Optional<ChatTemplate> template = Optional.empty();
    private Optional<Function<GenerationPass, Slot.Source>> slots = Optional.empty();

    private Builder(LanguageModel model) {
      this.model = model;
    }

    /** Sets the adapter to apply; it may not be trained at the same time. */
    public Builder adapter(LoraAdapter value) {
      adapter = Optional.of(value);
      return this;
    }

    /** Sets the changes of an adapter that somebody else owns, instead of the adapter. */
    @Internal
    public Builder deltas(Deltas value) {
      deltas = Optional.of(value);
      return this;
    }

    /** Sets the tokenizer; the default is the one in the model's folder or file. */
    public Builder tokenizer(Tokenizer value) {
      tokenizer = Optional.of(value);
      return this;
    }

    /** Sets how a conversation is written; the default is the template of the tokenizer. */
    public Builder template(ChatTemplate value) {
      template = Optional.of(value);
      return this;
    }

    /**
     * Sets where texts are written; the default is a cache for each.
     *
     * @param value makes slots whose steps are these passes
     */
    @Internal
    public Builder slots(Function<GenerationPass, Slot.Source> value) {
      slots = Optional.of(value);
      return this;
    }

    /**
     * Creates the generator. This reads the tokenizer if none is set.
     *
     * @throws io.telecomllm.IncompatibleException if the adapter belongs to another model
     * @throws io.telecomllm.UnsupportedModelException if the tokenizer or the template cannot be
     *     used, with the reason
     */
    public TextGenerator build() {
      Tokenizer words = tokenizer.orElseGet(() -> Tokenizer.load(model.files()));
      try {
        return new TextGenerator(this, words);
      } catch (RuntimeException e) {
        if (tokenizer.isEmpty()) {
          words.close();
        }
        throw e;
      }
    }
  }

  /** Writes the model's answer to a conversation, with the defaults. */
  public Generation generate(List<Message> messages) {
    return generate(messages, GenerationConfig.defaults(), GenerationListener.NONE);
  }

  /** Writes the model's answer to a conversation. */
  public Generation generate(List<Message> messages, GenerationConfig config) {
    return generate(messages, config, GenerationListener.NONE);
  }

  /**
   * Writes the model's answer to a conversation.
   *
   * @param messages at least one
   * @param listener is told of each token
   * @throws IllegalArgumentException if the conversation does not fit the model's context
   */
  public Generation generate(
      List<Message> messages, GenerationConfig config, GenerationListener listener) {
    return generate(messages, config, listener, () -> false);
  }

  /**
   * Writes the model's answer to a conversation until it is cancelled.
   *
   * @param cancelled is asked before each token; the text so far is returned then, with {@link
   *     FinishReason#CANCELLED}
   */
  public Generation generate(
      List<Message> messages,
      GenerationConfig config,
      GenerationListener listener,
      BooleanSupplier cancelled) {
    return open(() -> run(prompt(messages, config), config, listener, cancelled, slots));
  }

  /**
   * Writes the model's answer to a conversation as JSON of a record, and reads it. The messages
   * should say what the record's components mean; its form needs no words.
   *
   * @param type strings, numbers, booleans, enums, records, and lists and optionals of these
   * @throws IllegalArgumentException if a component has another type, or {@code maxNewTokens} is
   *     too small for any JSON of this type
   * @throws io.telecomllm.InvalidDataException if the text ended before the JSON was complete, or
   *     the record's constructor refuses it
   */
  public <R extends Record> Structured<R> generate(
      List<Message> messages, Class<R> type, GenerationConfig config) {
    requireNonNull(type, "type is null");
    requireNonNull(config, "config is null");
    return Structured.of(
        generate(messages, Structured.held(config, type, longestToken.get())), type);
  }

  private static int longestToken(Tokenizer tokenizer, TokenText text) {
    return IntStream.range(0, tokenizer.vocabularySize())
        .map(id -> text.bytes(id).length)
        .max()
        .orElse(1);
  }

  /**
   * Continues a plain text, without a chat template.
   *
   * @param text not empty
   */
  public Generation complete(String text, GenerationConfig config, GenerationListener listener) {
    requireNonNull(text, "text is null");
    checkArgument(!text.isEmpty(), "text is empty");
    return open(
        () -> {
          IntStream begin = tokenizer.addsBos() ? tokenizer.bos().stream() : IntStream.empty();
          int[] own = tokenizer.encode(text);
          int[] ids = IntStream.concat(begin, IntStream.of(own)).toArray();
          Prompt prompt = new Prompt(ids, ids.length - own.length);
          return run(prompt, config, listener, () -> false, slots);
        });
  }

  /**
   * Begins a conversation, whose cache is kept between its turns.
   *
   * @param beginning what has been said before, such as a system message; may be empty
   */
  public Conversation conversation(Message... beginning) {
    return open(() -> new Conversation(this, List.of(beginning)));
  }

  /**
   * A prompt.
   *
   * @param ids its tokens
   * @param kept the number of its first tokens that stay when the context shifts
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Prompt(int[] ids, int kept) {}

  Prompt prompt(List<Message> messages, GenerationConfig config) {
    requireNonNull(messages, "messages is null");
    requireNonNull(config, "config is null");
    checkArgument(!messages.isEmpty(), "there is no message");
    int[] ids = template.encode(tokenizer, messages, true);
    return new Prompt(ids, config.contextShift() ? kept(messages, ids) : 0);
  }

  /** Returns the number of tokens before the text of the first message that is not the system's. */
  private int kept(List<Message> messages, int[] ids) {
    List<Message> begin = new ArrayList<>();
    int next = 0;
    while (next < messages.size() && messages.get(next).role() == Role.SYSTEM) {
      begin.add(messages.get(next++));
    }
    if (next < messages.size()) {
      Message first = messages.get(next);
      // templates strip a message's text
      String other = first.content().strip().startsWith("a") ? "b" : "a";
      begin.add(new Message(first.role(), other));
    }
    // whatever the template writes there, it is the same until a message differs
    int different = Arrays.mismatch(ids, template.encode(tokenizer, begin, true));
    return different < 0 ? ids.length : different;
  }

  Generation run(
      Prompt asked,
      GenerationConfig config,
      GenerationListener listener,
      BooleanSupplier cancelled,
      Slot.Source places) {
    requireNonNull(config, "config is null");
    requireNonNull(listener, "listener is null");
    requireNonNull(cancelled, "cancelled is null");
    int context = model.config().contextLength();
    int[] prompt = asked.ids();
    checkArgument(
        prompt.length < context,
        "the prompt takes %s tokens, which leaves none of the context length %s of the model",
        prompt.length,
        context);
    checkArgument(
        !config.contextShift() || asked.kept() <= context - 2,
        "the system prompt takes %s tokens, which leaves no room for the context length %s of the"
            + " model to shift",
        asked.kept(),
        context);
    new KnownTokens(tokenizer, model.config().vocabularySize()).check(prompt);
    int room = (int) Math.min(context, (long) prompt.length + config.maxNewTokens());
    Optional<Slot> place = places.take(prompt, room, cancelled);
    if (place.isEmpty()) {
      Decoding none = decoding(config, asked, 0, listener);
      none.cancel();
      return none.result();
    }
    try (Slot slot = place.get()) {
      Decoding decoding = decoding(config, asked, slot.cached(), listener);
      listener.reading(slot.cached(), prompt.length);
      while (!decoding.finished()) {
        requireOpen();
        Interrupts.check("interrupted while generating");
        if (cancelled.getAsBoolean()) {
          decoding.cancel();
        } else {
          slot.step(decoding);
        }
      }
      return decoding.result();
    }
  }

  private Decoding decoding(
      GenerationConfig config, Prompt prompt, int cached, GenerationListener listener) {
    return new Decoding(
        config,
        prompt.ids(),
        cached,
        prompt.kept(),
        model.config().contextLength(),
        model.config().rope().scaling()::regime,
        tokenText,
        ends,
        listener);
  }

  /** Returns an empty cache for texts that begin alike, see {@link PromptCache}. */
  PromptCache newCache(int spare) {
    return new PromptCache(model, pass, spare);
  }

  <T> T open(Supplier<T> call) {
    lock.readLock().lock();
    try {
      requireOpen();
      return call.get();
    } finally {
      lock.readLock().unlock();
    }
  }

  private void requireOpen() {
    checkState(!closed, "the generator is closed");
  }

  /**
   * Ends running calls before their next token, which fail with {@link IllegalStateException}, and
   * frees what it owns. A second call does nothing.
   */
  @Override
  public void close() {
    closed = true;
    if (lock.getReadHoldCount() > 0) {
      // a listener closes it, whose own call must end first
      Thread later = new Thread(this::free, "text-generator-closing");
      later.setDaemon(true);
      later.start();
    } else {
      free();
    }
  }

  private void free() {
    lock.writeLock().lock();
    try {
      scope.close();
      if (ownsTokenizer) {
        tokenizer.close();
      }
    } finally {
      lock.writeLock().unlock();
    }
  }
}
