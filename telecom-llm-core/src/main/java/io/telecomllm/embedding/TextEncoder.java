package io.telecomllm.embedding;

import static com.google.common.base.Preconditions.checkState;
import static java.util.Objects.requireNonNull;

import com.google.common.hash.Hasher;
import com.google.common.hash.Hashing;
import io.telecomllm.Interrupts;
import io.telecomllm.InvalidDataException;
import io.telecomllm.UnsupportedModelException;
import io.telecomllm.knowledge.Embedder;
import io.telecomllm.tensor.Scope;
import io.telecomllm.tokenizer.Tokenizer;
import io.telecomllm.weights.Checkpoint;
import io.telecomllm.weights.TensorSource;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.stream.IntStream;

/**
 * Computes one vector for a text by an encoder in BERT's layout, such as bge-small-en or
 * all-MiniLM. Vectors have length 1, so that the dot product of two is the cosine between them.
 *
 * <p>A text is data: {@code [SEP]} in it becomes ordinary tokens. What is longer than the encoder
 * reads, 512 tokens or less, is cut at its end; a text without any token, such as an empty one, has
 * a vector too.
 *
 * <p>Immutable, and safe for use by several threads. It owns native memory; closing it waits for
 * calls in progress, and encoding after that throws {@link IllegalStateException}.
 */
public final class TextEncoder implements Embedder, AutoCloseable {
  /** The most tokens of a pass: their values stay in the cache of the cores. */
  private static final int ROWS = 2_048;

  private final Encoder encoder;
  private final Tokenizer tokenizer;
  private final int first;
  private final int last;
  private final String id;
  private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
  private boolean closed;

  private TextEncoder(Encoder encoder, Tokenizer tokenizer, int first, int last, String id) {
    this.encoder = encoder;
    this.tokenizer = tokenizer;
    this.first = first;
    this.last = last;
    this.id = id;
  }

  /** Loads an encoder with the settings of its folder; see {@link #load(Path, EncoderSettings)}. */
  public static TextEncoder load(Path folder) {
    return load(folder, EncoderSettings.defaults());
  }

  /**
   * Loads an encoder from a Hugging Face folder: config.json, model.safetensors, tokenizer.json,
   * and the files of sentence-transformers where there are any.
   *
   * @throws UnsupportedModelException naming the field, if it is of another architecture
   * @throws InvalidDataException naming file and field or tensor, if a file is missing or damaged
   */
  public static TextEncoder load(Path folder, EncoderSettings settings) {
    requireNonNull(folder, "folder is null");
    requireNonNull(settings, "settings is null");
    EncoderConfig config = EncoderFolder.read(folder, settings);
    Tokenizer tokenizer = Tokenizer.load(folder);
    Scope scope = Scope.open(settings.device());
    try (TensorSource source = Checkpoint.open(folder)) {
      int first = special(tokenizer, "[CLS]", folder);
      int last = special(tokenizer, "[SEP]", folder);
      if (tokenizer.vocabularySize() > config.vocabulary()) {
        throw new InvalidDataException(
            folder
                + ": the tokenizer has ids up to "
                + (tokenizer.vocabularySize() - 1)
                + ", config.json a vocab_size of "
                + config.vocabulary());
      }
      Hasher digest = Hashing.sha256().newHasher();
      digest.putString(
          config + "\n" + settings.computeType() + "\n" + tokenizer.digest() + "\n",
          StandardCharsets.UTF_8);
      Encoder encoder =
          new EncoderReader(source, config, settings.computeType(), scope, digest).read();
      return new TextEncoder(encoder, tokenizer, first, last, digest.hash().toString());
    } catch (RuntimeException | Error e) {
      scope.close();
      tokenizer.close();
      throw e;
    }
  }

  private static int special(Tokenizer tokenizer, String token, Path folder) {
    return tokenizer
        .id(token)
        .orElseThrow(
            () ->
                new UnsupportedModelException(
                    folder + ": the tokenizer has no token " + token + ", which BERT's have"));
  }

  @Override
  public int dimensions() {
    return encoder.config().hidden();
  }

  /**
   * Returns what tells this encoder from others: a SHA-256 over its weights, its tokenizer and the
   * settings that change a vector, as 64 hexadecimal digits in lower case.
   */
  @Override
  public String id() {
    return id;
  }

  /** Returns the vector of a text, of length 1. */
  public float[] encode(String text) {
    return encode(List.of(text)).get(0);
  }

  /** Returns the vector of a query: of the query instruction, if there is one, and the text. */
  @Override
  public float[] encodeQuery(String query) {
    return encode(encoder.config().queryInstruction() + query);
  }

  /**
   * Returns the vectors of texts, in their order, each of length 1. Interrupting the thread ends
   * the call.
   *
   * @throws java.util.concurrent.CancellationException if the thread is interrupted
   */
  @Override
  public List<float[]> encode(List<String> texts) {
    lock.readLock().lock();
    try {
      checkState(!closed, "the encoder is closed");
      List<int[]> tokens = texts.stream().map(this::tokens).toList();
      float[][] vectors = new float[texts.size()][];
      for (int[] batch : TextBatch.divide(tokens, ROWS)) {
        Interrupts.check("the encoding of texts was cancelled");
        float[] pooled =
            encoder.pooled(new TextBatch(IntStream.of(batch).mapToObj(tokens::get).toList()));
        int size = dimensions();
        for (int i = 0; i < batch.length; i++) {
          vectors[batch[i]] = unit(Arrays.copyOfRange(pooled, i * size, (i + 1) * size));
        }
      }
      return List.of(vectors);
    } finally {
      lock.readLock().unlock();
    }
  }

  /** Returns the ids of a text, cut to what the encoder reads. */
  private int[] tokens(String text) {
    int[] inside = tokenizer.encode(text);
    int kept = Math.min(inside.length, encoder.config().maxTokens() - 2);
    int[] ids = new int[kept + 2];
    ids[0] = first;
    System.arraycopy(inside, 0, ids, 1, kept);
    ids[kept + 1] = last;
    return ids;
  }

  private static float[] unit(float[] vector) {
    double sum = 0;
    for (float value : vector) {
      sum += (double) value * value;
    }
    // a vector of zeros has no direction and stays
    double length = sum > 0 ? Math.sqrt(sum) : 1;
    for (int i = 0; i < vector.length; i++) {
      vector[i] = (float) (vector[i] / length);
    }
    return vector;
  }

  /** Waits for calls in progress, then frees the native memory. A second call does nothing. */
  @Override
  public void close() {
    lock.writeLock().lock();
    try {
      if (!closed) {
        closed = true;
        tokenizer.close();
        encoder.scope().close();
      }
    } finally {
      lock.writeLock().unlock();
    }
  }
}
