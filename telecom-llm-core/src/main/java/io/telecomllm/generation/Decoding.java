package io.telecomllm.generation;

import static java.util.Objects.requireNonNull;

import com.google.common.primitives.Ints;
import io.telecomllm.DivergenceException;
import io.telecomllm.Internal;
import io.telecomllm.generation.Generation.Timings;
import io.telecomllm.generation.Generation.Usage;
import io.telecomllm.tokenizer.TokenText;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A text that is being written, apart from the model: which tokens are to be read next, and what
 * follows from the logits. Some of the tokens that it has read may be guesses that turn out wrong.
 */
@Internal
public final class Decoding {
  private final GenerationConfig config;
  private final int promptLength;
  private final int kept;
  private final int limit;
  private final IntUnaryOperator regime;
  private final int cached;
  private final TokenText tokenText;
  private final BitSet ends;
  private final TokenSelector selector;
  private final TextStream stream;
  private final GenerationListener listener;
  private final StringBuilder text = new StringBuilder();
  private final List<GeneratedToken> tokens = new ArrayList<>();
  private final long start = System.nanoTime();
  private long firstToken;
  private int[] ids;
  private int length;
  private int read;
  private int[] guessed = {};
  private int drafted;
  private int accepted;
  private @Nullable FinishReason reason;

  /**
   * Begins a text.
   *
   * @param prompt at least one token
   * @param cached the number of tokens of the prompt that the cache holds, fewer than all
   * @param kept the number of tokens of the prompt that stay when the context shifts
   * @param limit the most tokens of prompt and text
   * @param regime of a number of tokens, how the model turns them: see {@link
   *     io.telecomllm.model.RopeScaling#regime}
   * @param ends the tokens that end the text
   */
  Decoding(
      GenerationConfig config,
      int[] prompt,
      int cached,
      int kept,
      int limit,
      IntUnaryOperator regime,
      TokenText tokenText,
      BitSet ends,
      GenerationListener listener) {
    this.config = config;
    this.promptLength = prompt.length;
    this.cached = cached;
    this.kept = kept;
    this.limit = limit;
    this.regime = regime;
    this.tokenText = tokenText;
    this.ends = ends;
    this.listener = listener;
    selector = new TokenSelector(config, prompt, tokenText, ends);
    stream = new TextStream(config.stop());
    ids = prompt.clone();
    length = prompt.length;
    read = cached;
  }

  /** Returns whether the text has ended. */
  public boolean finished() {
    return reason != null;
  }

  /** Ends the text with what the listener has been told. */
  void cancel() {
    if (reason == null) {
      reason = FinishReason.CANCELLED;
    }
  }

  /** Returns the number of tokens that are certain and have not been read. */
  int unread() {
    return length - read;
  }

  /** Notes that the cache holds no more than this number of its tokens. */
  void keepRead(int held) {
    read = Math.min(read, held);
  }

  /** Returns the number of tokens that have been read and are right. */
  public int read() {
    return read;
  }

  /**
   * Returns the tokens to read next: at most {@code most} of those that are certain, and where
   * these are all, guesses.
   */
  int[] next(int most) {
    int certain = Math.min(most, length - read);
    guessed = new int[0];
    if (certain == length - read && !tokens.isEmpty()) {
      int room = Math.min(limit - length - 1, config.maxNewTokens() - tokens.size() - 1);
      guessed = PromptLookup.guess(ids, length, sameRegime(Math.min(config.draftTokens(), room)));
    }
    return Ints.concat(Arrays.copyOfRange(ids, read, read + certain), guessed);
  }

  /** Returns the most guesses that do not change how the model turns the tokens before them. */
  private int sameRegime(int most) {
    int count = Math.max(0, most);
    while (count > 0 && regime.applyAsInt(length + count) != regime.applyAsInt(length)) {
      count--;
    }
    return count;
  }

  /** Returns the number of rows at the end of {@link #next} whose logits it needs; 0 for none. */
  int wanted(int[] next) {
    return read + next.length < length ? 0 : 1 + guessed.length;
  }

  /**
   * Goes on with what it has read.
   *
   * @throws DivergenceException if the logits are not finite
   */
  public void advance(GenerationPass.Read last) {
    float[][] rows = last.logits();
    read += last.tokens().length - guessed.length;
    if (tokens.isEmpty()) {
      listener.reading(read, promptLength);
    }
    drafted += guessed.length;
    boolean right = true;
    for (int i = 0; i < rows.length && right && reason == null; i++) {
      if (!Double.isFinite(last.logSums()[i])) {
        throw new DivergenceException("the logits of the next token are not finite");
      }
      int id = selector.select(rows[i]);
      add(id, rows[i][id] - last.logSums()[i]);
      right = i < guessed.length && guessed[i] == id;
      if (right) {
        accepted++;
        read++;
      }
    }
    if (reason == null && length == limit) {
      shift();
    }
  }

  /** Drops the older half of the tokens that need not be kept; the others are to be read again. */
  private void shift() {
    int dropped = (length - kept) / 2;
    length -= dropped;
    System.arraycopy(ids, kept + dropped, ids, kept, length - kept);
    read = kept;
  }

  private void add(int id, double logProbability) {
    if (tokens.isEmpty()) {
      firstToken = System.nanoTime();
    }
    if (length == ids.length) {
      ids = Arrays.copyOf(ids, 2 * length);
    }
    ids[length++] = id;
    boolean ended = ends.get(id);
    String piece = ended ? "" : stream.add(tokenText.bytes(id, tokens.isEmpty()));
    Optional<FinishReason> why = reason(ended);
    if (why.isPresent()) {
      piece += stream.end();
    }
    GeneratedToken token = new GeneratedToken(id, piece, logProbability);
    tokens.add(token);
    text.append(piece);
    why.ifPresent(value -> reason = value);
    listener.generated(token);
  }

  private Optional<FinishReason> reason(boolean ended) {
    if (ended || stream.stopped() || selector.closed()) {
      return Optional.of(FinishReason.STOP);
    }
    if (tokens.size() + 1 == config.maxNewTokens()) {
      return Optional.of(FinishReason.LENGTH);
    }
    boolean full = length == limit && !config.contextShift();
    return full ? Optional.of(FinishReason.CONTEXT) : Optional.empty();
  }

  /** Returns the finished text. */
  Generation result() {
    long now = System.nanoTime();
    return new Generation(
        text.toString(),
        tokens,
        requireNonNull(reason, "the text is not finished"),
        new Usage(promptLength, cached, tokens.size(), drafted, accepted),
        new Timings(((tokens.isEmpty() ? now : firstToken) - start) / 1e9, (now - start) / 1e9));
  }
}
