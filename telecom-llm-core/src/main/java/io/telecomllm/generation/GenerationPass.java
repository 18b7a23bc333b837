package io.telecomllm.generation;

import io.telecomllm.Internal;
import io.telecomllm.lora.Deltas;
import io.telecomllm.model.KvCache;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.model.TokenBatch;
import io.telecomllm.tensor.Operators;
import io.telecomllm.tensor.Scope;
import io.telecomllm.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Forward passes that write texts: one for each step of one or several texts. */
@Internal
public final class GenerationPass {
  /**
   * The most tokens of prompts in one pass: products run at full speed, and a cancellation, or
   * another text, waits for no more than this.
   */
  private static final int PASS_TOKENS = 512;

  private final LanguageModel model;
  private final Deltas deltas;

  /**
   * Creates passes of a model; it owns neither of these.
   *
   * @param deltas the deltas of an adapter, or {@link Deltas#none()}
   */
  public GenerationPass(LanguageModel model, Deltas deltas) {
    this.model = model;
    this.deltas = deltas;
  }

  /** Returns slots that have a cache each, freed with the slot. */
  public static Slot.Source alone(LanguageModel model, GenerationPass pass) {
    return (prompt, room, cancelled) -> {
      PromptCache own = new PromptCache(model, pass, 1);
      return own.take(prompt, room, cancelled).map(slot -> slot.thenClosing(own::close));
    };
  }

  /**
   * A text of a pass.
   *
   * @param sequence the sequence of the cache that holds its tokens
   */
  public record Row(Decoding decoding, int sequence) {}

  /**
   * What a text has read in a pass.
   *
   * @param tokens the tokens
   * @param logits of the rows that it wanted, (wanted, vocabulary)
   * @param logSums of each of these rows, the logarithm of the sum of the exponentials
   */
  @SuppressWarnings("ArrayRecordComponent")
  public record Read(int[] tokens, float[][] logits, double[] logSums) {}

  @SuppressWarnings("ArrayRecordComponent")
  private record Part(Row row, int[] tokens, int wanted) {}

  /**
   * Reads the next tokens of some texts, at least one. Each goes on with what it has read, by
   * {@link Decoding#advance}; one that the pass had no room for has read nothing.
   */
  public List<Optional<Read>> run(List<Row> rows, KvCache cache) {
    for (Row row : rows) {
      // a pass that failed while it read a sequence again has emptied that
      row.decoding().keepRead(cache.length(row.sequence()));
      // guesses that were wrong
      cache.truncate(row.sequence(), row.decoding().read());
    }
    List<Part> parts = parts(rows);
    List<Integer> wanted = new ArrayList<>();
    TokenBatch batch = batch(parts, wanted);
    Logits logits = Logits.NONE;
    try (Scope work = Scope.open(model.device())) {
      if (wanted.isEmpty()) {
        model.network().hidden(batch, cache, deltas, new int[] {0}, work).close();
      } else {
        logits = logits(batch, cache, wanted, work);
      }
    }
    Map<Row, Read> found = new HashMap<>();
    int next = 0;
    for (Part part : parts) {
      found.put(part.row(), logits.read(part.tokens(), next, part.wanted()));
      next += part.wanted();
    }
    return rows.stream().map(row -> Optional.ofNullable(found.get(row))).toList();
  }

  /** The first texts share the tokens of the pass; those that wait for one token never wait. */
  private static List<Part> parts(List<Row> rows) {
    List<Part> parts = new ArrayList<>();
    int left = PASS_TOKENS;
    for (Row row : rows) {
      int most = Math.max(1, left);
      if (left <= 0 && row.decoding().unread() > 1) {
        continue;
      }
      int[] tokens = row.decoding().next(most);
      parts.add(new Part(row, tokens, row.decoding().wanted(tokens)));
      left -= tokens.length;
    }
    return parts;
  }

  private static TokenBatch batch(List<Part> parts, List<Integer> wanted) {
    int[] ids = new int[parts.stream().mapToInt(part -> part.tokens().length).sum()];
    List<TokenBatch.Segment> segments = new ArrayList<>();
    int start = 0;
    for (Part part : parts) {
      int length = part.tokens().length;
      System.arraycopy(part.tokens(), 0, ids, start, length);
      segments.add(new TokenBatch.Segment(start, length, -1, part.row().sequence()));
      start += length;
      for (int i = part.wanted(); i > 0; i--) {
        wanted.add(start - i);
      }
    }
    return new TokenBatch(ids, segments);
  }

  /**
   * The logits of the wanted rows.
   *
   * @param rows of each row, (vocabulary)
   * @param sums of each row, the logarithm of the sum of the exponentials
   */
  @SuppressWarnings("ArrayRecordComponent")
  private record Logits(float[][] rows, double[] sums) {
    static final Logits NONE = new Logits(new float[0][], new double[0]);

    Read read(int[] tokens, int first, int count) {
      int end = first + count;
      return new Read(
          tokens, Arrays.copyOfRange(rows, first, end), Arrays.copyOfRange(sums, first, end));
    }
  }

  private Logits logits(TokenBatch batch, KvCache cache, List<Integer> wanted, Scope work) {
    int[] numbers = wanted.stream().mapToInt(row -> row).toArray();
    Operators ops = work.operators();
    Tensor logits = model.network().logits(batch, cache, deltas, numbers, work);
    float[] first = ops.toFloats(ops.narrow(ops.logSoftmax(logits), 1, 0, 1));
    float[][] rows = new float[numbers.length][];
    double[] sums = new double[numbers.length];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = ops.toFloats(ops.narrow(logits, 0, i, 1));
      sums[i] = (double) rows[i][0] - first[i];
    }
    return new Logits(rows, sums);
  }
}
