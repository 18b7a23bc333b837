package io.telecomllm.training.batching;

import io.telecomllm.model.TokenBatch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A packed batch with a few rows more, so that its sizes are round: the engine compiles each matrix
 * product anew for each number of rows it has not seen, which takes longer than computing some rows
 * in vain, and what it keeps of that splits its memory into pieces. The rows added are sequences of
 * their own, without weight in the loss.
 *
 * @param tokens the rows
 * @param rows which rows predict a label; behind the packed batch's own, copies of the last
 * @param labels what they are to predict; behind the packed batch's own, 0
 * @param packed the batch without the added rows
 */
@SuppressWarnings("ArrayRecordComponent")
public record RoundedBatch(TokenBatch tokens, int[] rows, int[] labels, PackedBatch packed) {
  /** Rows come in multiples of this: 2 % more of the 900 of eight questions. */
  public static final int ROWS = 32;

  /** Supervised rows come in multiples of this. */
  public static final int SUPERVISED = 32;

  /**
   * Rounds up.
   *
   * @param contextLength the most tokens of a sequence
   */
  public static RoundedBatch of(PackedBatch batch, int contextLength) {
    int count = batch.rows().length;
    int rounded = roundUp(count, SUPERVISED);
    return new RoundedBatch(
        padded(batch.tokens(), contextLength),
        // the last row again and again, the token 0, for nothing
        IntStream.range(0, rounded).map(i -> batch.rows()[Math.min(i, count - 1)]).toArray(),
        Arrays.copyOf(batch.labels(), rounded),
        batch);
  }

  /** A weight for each label: this one for the packed batch's own, 0 for those that were added. */
  public float[] weights(float each) {
    float[] weights = new float[labels.length];
    Arrays.fill(weights, 0, packed.labels().length, each);
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

  /** The next multiple of that. */
  public static int roundUp(int count, int multiple) {
    return (count + multiple - 1) / multiple * multiple;
  }
}
