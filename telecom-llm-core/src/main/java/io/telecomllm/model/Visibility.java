package io.telecomllm.model;

import io.telecomllm.tensor.Operators;
import io.telecomllm.tensor.Segments;
import io.telecomllm.tensor.Tensor;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Who sees whom in one pass: how the rows are turned, which keys each of them sees in a layer, and
 * which of the last layer's rows somebody wants. Made once for all layers.
 *
 * @param rotation of all rows
 * @param segments which keys each row sees, by the size of the window (0: all)
 * @param last what of the last layer's result is wanted; null: all of it
 * @param store where the keys and values of the rows go; null where there is no cache
 */
record Visibility(
    ModelConfig config,
    Rotation rotation,
    Map<Integer, Segments> segments,
    @Nullable Wanted last,
    @Nullable Store store) {
  /**
   * What of the last layer's result somebody wants. Its keys and values come from all rows,
   * anything else from few.
   *
   * @param rows the wanted rows, (wanted), int64
   * @param queries the rows that query, (queries), int64, ascending
   * @param among where among the queries the wanted rows are, (wanted), int64; no elements: the
   *     queries are the wanted rows
   * @param segments which keys each of the queries sees
   * @param rotation of the queries
   */
  record Wanted(Tensor rows, Tensor queries, Tensor among, Segments segments, Rotation rotation) {
    private static Wanted of(Operators ops, Layout layout, int[] wanted, Rotation rotation) {
      Layout.Queries queries = layout.queries(wanted);
      int[] rows = queries.rows();
      int[] among = Arrays.stream(wanted).map(row -> Arrays.binarySearch(rows, row)).toArray();
      boolean same = Arrays.equals(among, IntStream.range(0, rows.length).toArray());
      boolean every = rows.length == layout.slots().length;
      ModelConfig config = layout.config();
      Tensor chosen = ops.longs(rows);
      return new Wanted(
          ops.longs(wanted),
          chosen,
          same ? ops.none() : ops.longs(among),
          layout.segments(queries, config.window(config.layers() - 1)),
          every ? rotation : rotation.of(ops, chosen));
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

  /**
   * Rows of a cache.
   *
   * @param first the first of them
   * @param scattered all of them, (rows), int64; null where they lie one behind the other
   */
  record Store(KvCache cache, int first, @Nullable Tensor scattered) {
    static Store of(Operators ops, KvCache cache, int[] slots) {
      int[] dense = IntStream.range(slots[0], slots[0] + slots.length).toArray();
      return new Store(cache, slots[0], Arrays.equals(slots, dense) ? null : ops.longs(slots));
    }

    /** Writes the rows to their places and returns all of them. */
    private Tensor write(Operators ops, Tensor all, Tensor rows) {
      if (scattered == null) {
        ops.copyInPlace(ops.narrow(all, 0, first, rows.size(0)), rows);
      } else {
        ops.putRowsInPlace(all, scattered, rows);
      }
      return all;
    }
  }

  /** Of a batch that is laid out so; the tensors belong to the operators' scope. */
  static Visibility of(Operators ops, Layout layout) {
    ModelConfig config = layout.config();
    Rotation rotation = Rotation.of(ops, config.rope(), layout.positions(), layout.regimes());
    Map<Integer, Segments> segments = new HashMap<>();
    Layout.Queries all = layout.queries();
    for (int layer = 0; layer < config.layers(); layer++) {
      segments.computeIfAbsent(config.window(layer), window -> layout.segments(all, window));
    }
    int[] rows = layout.reading().wanted();
    Wanted last = rows == null ? null : Wanted.of(ops, layout, rows, rotation);
    KvCache cache = layout.reading().cache();
    Store store = cache == null ? null : Store.of(ops, cache, layout.slots());
    return new Visibility(config, rotation, segments, last, store);
  }

  /** What of that layer's result is wanted; null: all of it, since attention reads the others'. */
  @Nullable Wanted wanted(int layer) {
    return layer == config.layers() - 1 ? last : null;
  }

  /** Which keys each querying row of that layer sees. */
  Segments segments(int layer) {
    Wanted few = wanted(layer);
    return few != null
        ? few.segments()
        : Objects.requireNonNull(segments.get(config.window(layer)));
  }

  /** All keys of a layer, given those of the rows, (rows, key heads, head size). */
  Tensor keys(Operators ops, int layer, Tensor rows) {
    return store == null ? rows : store.write(ops, store.cache().keys(layer), rows);
  }

  /** All values of a layer, given those of the rows. */
  Tensor values(Operators ops, int layer, Tensor rows) {
    return store == null ? rows : store.write(ops, store.cache().values(layer), rows);
  }
}
