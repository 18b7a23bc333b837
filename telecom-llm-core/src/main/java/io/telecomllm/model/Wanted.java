package io.telecomllm.model;

import io.telecomllm.tensor.Operators;
import io.telecomllm.tensor.Segments;
import io.telecomllm.tensor.Tensor;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * What of the last layer's result somebody reads. Its keys and values come from all rows, anything
 * else from few: within a segment queries go from the first wanted row to the last, so that they
 * stay causal.
 *
 * @param rows the wanted rows, (wanted), int64
 * @param queries the rows that query, (queries), int64, ascending
 * @param segments which keys each of the queries sees
 * @param among where among the queries the wanted rows are, (wanted), int64
 * @param cos of the queries' positions
 * @param sin likewise
 */
record Wanted(
    Tensor rows, Tensor queries, Segments segments, Tensor among, Tensor cos, Tensor sin) {
  /**
   * Of these rows.
   *
   * @param cached how many keys lie before those of the batch's rows
   * @param window of the last layer
   */
  static Wanted of(
      Operators ops, TokenBatch batch, int[] rows, int cached, int window, Operators.Pair rope) {
    TokenBatch.Queries queries = batch.queries(rows);
    int[] all = queries.rows();
    int[] among = Arrays.stream(rows).map(row -> Arrays.binarySearch(all, row)).toArray();
    Tensor chosen = ops.longs(all);
    boolean every = all.length == batch.rows();
    return new Wanted(
        ops.longs(rows),
        chosen,
        batch.attention(queries, cached, window),
        Arrays.equals(among, IntStream.range(0, all.length).toArray())
            ? ops.none()
            : ops.longs(among),
        every ? rope.first() : ops.selectRows(rope.first(), chosen),
        every ? rope.second() : ops.selectRows(rope.second(), chosen));
  }

  /** Of a value for each query those of the wanted rows. */
  Tensor pick(Operators ops, Tensor x) {
    return among.elements() == 0 ? x : ops.selectRows(x, among);
  }

  /** The backward of {@link #pick}. */
  Tensor unpick(Operators ops, Tensor g) {
    return among.elements() == 0 ? g : ops.scatterRows(g, among, queries.elements());
  }
}
