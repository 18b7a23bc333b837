package io.telecomllm.training.batching;

import io.telecomllm.Internal;
import io.telecomllm.model.TokenBatch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A packed batch with a few added rows, so that its sizes are multiples. The engine compiles each
 * matrix product again for every new number of rows, which takes longer than computing a few rows
 * for nothing, and the compiled products fragment its memory. The added rows are sequences of their
 * own, with no weight in the loss.
 *
 * @param tokens the rows
 * @param rows the rows that predict a label; after the packed batch's own, copies of the last
 * @param labels the token that each of these rows must predict; after the packed batch's own, 0
 * @param packed the batch without the added rows
 */
@SuppressWarnings("ArrayRecordComponent")
@Internal
public record RoundedBatch(TokenBatch tokens, int[] rows, int[] labels, PackedBatch packed) {
  /** The number of rows is a multiple of this; for eight questions with 900 rows it adds 2 %. */
  public static final int ROWS = 32;

  /** The number of supervised rows is a multiple of this. */
  public static final int SUPERVISED = 32;

  /**
   * Rounds the sizes of a batch up.
   *
   * @param contextLength the most tokens of a sequence
   */
  public static RoundedBatch of(PackedBatch batch, int contextLength) {
    int count = batch.rows().length;
    int rounded = roundUp(count, SUPERVISED);
    return new RoundedBatch(
        padded(batch.tokens(), contextLength),
        // padding: copies of the last row, label 0, weight 0
        IntStream.range(0, rounded).map(i -> batch.rows()[Math.min(i, count - 1)]).toArray(),
        Arrays.copyOf(batch.labels(), rounded),
        batch);
  }

  /**
   * Returns a weight for each label: the packed batch's own times a factor, 0 for added ones and
   * for those that are not to be learnt.
   */
  public float[] weights(double factor) {
    float[] weights = Arrays.copyOf(packed.weights(), labels.length);
    for (int i = 0; i < weights.length; i++) {
      weights[i] = (float) (factor * Math.max(0, weights[i]));
    }
    return weights;
  }

  private static TokenBatch padded(TokenBatch tokens, int contextLength) {
    int rows = tokens.rows();
    int rounded = roundUp(rows, ROWS);
    List<TokenBatch.Segment> segments = new ArrayList<>(tokens.segments());
    for (int start = rows; start < rounded; ) {
      int length = Math.min(contextLength, rounded - start);
      segments.add(new TokenBatch.Segment(start, length, -1));
      start += length;
    }
    return new TokenBatch(Arrays.copyOf(tokens.ids(), rounded), segments);
  }

  /** Returns the smallest multiple that is at least the count. */
  public static int roundUp(int count, int multiple) {
    return (count + multiple - 1) / multiple * multiple;
  }
}
