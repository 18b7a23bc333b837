package io.telecomllm.tokenizer;

import static com.google.common.base.Preconditions.checkArgument;
import static com.google.common.base.Preconditions.checkState;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.telecomllm.Internal;
import io.telecomllm.UnsupportedModelException;
import io.telecomllm.text.Texts;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * Converts text to token ids and back.
 *
 * <p>Text is data: whatever it spells, {@code <|end|>} or {@code </s>} included, becomes ordinary
 * tokens, never a control token. Only a chat template places control tokens.
 *
 * <p>Unpaired surrogates become U+FFFD. Otherwise {@code decode(encode(text))} returns the text, up
 * to the checkpoint's own normaliser: byte-level tokenizers (SmolLM2, LLaMA-3, Phi-2) keep
 * everything, Qwen2 composes (NFC), SentencePiece ones (Phi-3, LLaMA-2) read U+2581 as a space.
 *
 * <p>Safe for use by several threads. Encoding and decoding throw {@link IllegalStateException}
 * once it is closed.
 */
public final class Tokenizer implements AutoCloseable {
  private final TokenizerDefinition definition;
  private final String digest;
  private final int vocabularySize;
  private final ImmutableMap<Integer, String> tokens;
  private final ImmutableMap<String, AddedToken> added;
  private final ImmutableSet<Integer> controls;
  private final Optional<TokenText> text;
  // only what joins whole words is decoded by it; a vocabulary takes a second to read
  private final Optional<NativeTokenizer> whole;
  private final NativeTokenizer beginning;
  private final NativeTokenizer continued;
  // a running call holds the read lock, so that closing cannot free what it uses
  private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
  private boolean closed;

  Tokenizer(TokenizerDefinition definition) {
    this.definition = definition.withoutContent();
    digest = TokenizerDigest.of(definition);
    vocabularySize = 1 + definition.ids().values().stream().mapToInt(id -> id).max().orElse(-1);
    tokens =
        definition.ids().entrySet().stream()
            .collect(ImmutableMap.toImmutableMap(e -> e.getValue(), e -> e.getKey()));
    added =
        definition.added().stream()
            .collect(ImmutableMap.toImmutableMap(AddedToken::content, token -> token));
    controls =
        definition.added().stream()
            .filter(AddedToken::control)
            .map(AddedToken::id)
            .collect(ImmutableSet.toImmutableSet());
    text = TokenText.of(this, definition.root().get("decoder"));
    whole =
        text.isPresent()
            ? Optional.empty()
            : Optional.of(NativeTokenizer.create(definition.complete(), definition.source()));
    beginning = NativeTokenizer.create(definition.forText(false), definition.source());
    continued =
        definition.distinguishesBeginning()
            ? NativeTokenizer.create(definition.forText(true), definition.source())
            : beginning;
  }

  /**
   * Reads a tokenizer: a tokenizer.json, the folder that holds one, the one next to a file of
   * safetensors, or the vocabulary in a GGUF file. tokenizer_config.json and chat_template.jinja in
   * the same folder are read too.
   *
   * @throws io.telecomllm.InvalidDataException if a file is missing, damaged or too large
   * @throws UnsupportedModelException naming the component, if this library cannot run it
   */
  public static Tokenizer load(Path path) {
    return ModelTokenizer.load(path);
  }

  /** Returns whether {@link #load} finds a tokenizer there, which may be damaged. */
  @Internal
  public static boolean isIn(Path path) {
    return ModelTokenizer.isIn(path);
  }

  /**
   * Returns the source of the chat template in a folder, from chat_template.jinja or
   * tokenizer_config.json; empty if there is none.
   *
   * @throws io.telecomllm.InvalidDataException if a file is damaged or too large
   */
  @Internal
  public static Optional<String> chatTemplateIn(Path folder) {
    return TokenizerFile.template(folder);
  }

  /**
   * Creates the tokenizer of a GGUF file's vocabulary.
   *
   * @throws UnsupportedModelException if {@code model} or {@code pre} is unknown
   * @throws io.telecomllm.InvalidDataException if tokens, merges or scores contradict each other
   */
  @Internal
  public static Tokenizer of(Vocabulary vocabulary) {
    return new Tokenizer(VocabularyDefinition.of(vocabulary));
  }

  /** Encodes {@code text} as data: none of the ids is a control token's. */
  public int[] encode(String text) {
    return encode(beginning, text);
  }

  /** Decodes {@code ids}, leaving out control tokens and ids that have no token. */
  public String decode(int[] ids) {
    return decode(ids, true);
  }

  /**
   * Decodes {@code ids}, with or without the control tokens among them; ids that have no token are
   * left out.
   */
  public String decode(int[] ids, boolean skipControl) {
    for (int id : ids) {
      checkArgument(id >= 0, "id is %s, must be at least 0", id);
    }
    return open(
        () ->
            text.map(own -> own.text(IntStream.of(ids), skipControl))
                .orElseGet(() -> joined(ids, skipControl)));
  }

  private String joined(int[] ids, boolean skipControl) {
    long[] kept =
        IntStream.of(ids)
            .filter(id -> !skipControl || !controls.contains(id))
            .asLongStream()
            .toArray();
    return whole.orElseThrow().decode(kept);
  }

  /**
   * Returns the id of a token by its exact spelling in the vocabulary, including control tokens.
   */
  public OptionalInt id(String token) {
    Integer id = definition.ids().get(token);
    return id == null ? OptionalInt.empty() : OptionalInt.of(id);
  }

  /** Returns the spelling of a token in the vocabulary. */
  public Optional<String> token(int id) {
    return Optional.ofNullable(tokens.get(id));
  }

  /**
   * Returns the bytes that each token adds to a text.
   *
   * @throws UnsupportedModelException if its tokens cannot be written one by one (WordPiece)
   */
  @Internal
  public TokenText text() {
    return text.orElseThrow(
        () ->
            new UnsupportedModelException(
                definition.source()
                    + ": its decoder joins whole words, so text cannot be written token by token;"
                    + " supported are byte-level and SentencePiece tokenizers"));
  }

  /** Returns whether {@code id} belongs to a control token. */
  public boolean isControl(int id) {
    return controls.contains(id);
  }

  /** Returns the spellings of all control tokens, the longest first. */
  @Internal
  public List<String> controlTokens() {
    return added.values().stream()
        .filter(AddedToken::control)
        .map(AddedToken::content)
        .sorted(
            Comparator.comparing(String::length)
                .reversed()
                .thenComparing(Comparator.naturalOrder()))
        .toList();
  }

  /** Returns one more than the highest id; a model's embedding may have more rows. */
  public int vocabularySize() {
    return vocabularySize;
  }

  /** Returns the id that begins a text, if the tokenizer names one. */
  public OptionalInt bos() {
    return definition.bos();
  }

  /** Returns the id that ends a text, if the tokenizer names one. */
  public OptionalInt eos() {
    return definition.eos();
  }

  /** Returns the id that pads rows, if the tokenizer names one. */
  public OptionalInt padding() {
    return definition.padding();
  }

  /** Returns whether plain text, outside of any chat template, begins with {@link #bos}. */
  public boolean addsBos() {
    return definition.addsBos();
  }

  /** Returns the source of the checkpoint's chat template, a program in Jinja. */
  public Optional<String> chatTemplate() {
    return definition.chatTemplate();
  }

  /**
   * Returns the SHA-256 of everything that decides the ids, as 64 hexadecimal digits in lower case.
   */
  public String digest() {
    return digest;
  }

  /**
   * Encodes rendered pieces. Adjacent texts are read as one; control tokens remove the white space
   * next to them if the checkpoint says so.
   *
   * @param continued whether other pieces come before these
   * @throws UnsupportedModelException if this tokenizer lacks a control token
   */
  @Internal
  public int[] encode(List<Piece> pieces, boolean continued) {
    List<Piece> joined = Pieces.join(pieces);
    IntStream.Builder ids = IntStream.builder();
    for (int i = 0; i < joined.size(); i++) {
      if (joined.get(i) instanceof Piece.Control control) {
        ids.add(controlId(control.token()));
      } else if (joined.get(i) instanceof Piece.Text text) {
        boolean stripsStart = i > 0 && added(joined.get(i - 1)).stripsAfter();
        boolean stripsEnd = i + 1 < joined.size() && added(joined.get(i + 1)).stripsBefore();
        String content = Pieces.strip(text.text(), stripsStart, stripsEnd);
        for (int id : encode(i == 0 && !continued ? beginning : this.continued, content)) {
          ids.add(id);
        }
      }
    }
    return ids.build().toArray();
  }

  /**
   * Returns the id of a control token.
   *
   * @throws UnsupportedModelException if this tokenizer lacks it
   */
  @Internal
  public int controlId(String token) {
    return added(Piece.control(token)).id();
  }

  private AddedToken added(Piece piece) {
    String name = piece instanceof Piece.Control control ? control.token() : "";
    AddedToken token = added.get(name);
    if (token == null || !token.control()) {
      throw new UnsupportedModelException(
          definition.source()
              + ": the tokenizer has no control token "
              + name
              + "; set a chat template that fits the model");
    }
    return token;
  }

  private int[] encode(NativeTokenizer reader, String text) {
    return open(() -> LongStream.of(reader.encode(Texts.wellFormed(text))))
        .mapToInt(Math::toIntExact)
        .toArray();
  }

  private <T> T open(Supplier<T> call) {
    lock.readLock().lock();
    try {
      checkState(!closed, "the tokenizer of %s is closed", definition.source());
      return call.get();
    } finally {
      lock.readLock().unlock();
    }
  }

  /** Waits for running calls, then frees the native memory. A second call does nothing. */
  @Override
  public void close() {
    lock.writeLock().lock();
    try {
      if (!closed) {
        closed = true;
        whole.ifPresent(NativeTokenizer::close);
        beginning.close();
        if (continued != beginning) {
          continued.close();
        }
      }
    } finally {
      lock.writeLock().unlock();
    }
  }
}
