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
 * Which keys the rows attend to in one pass, how the rows are rotated, and which rows of the last
 * layer are wanted. It is made once for all layers.
 *
 * @param rotation the rotation of all rows
 * @param segments which keys each row attends to, by the size of the window (0 for no limit)
 * @param last the wanted part of the last layer's result; null for all of it
 * @param store the place of the rows' keys and values in the cache; null if there is no cache
 */
record Visibility(
    ModelConfig config,
    Rotation rotation,
    Map<Integer, Segments> segments,
    @Nullable Wanted last,
    @Nullable Store store) {
  /**
   * The wanted part of the last layer's result. The layer computes keys and values for all rows,
   * and everything else only for the rows that need it.
   *
   * @param rows the wanted rows, (wanted), int64
   * @param queries the rows that query, (queries), int64, ascending
   * @param among the index of each wanted row among the queries, (wanted), int64; without elements
   *     if the queries are the wanted rows
   * @param segments which keys each of the queries attends to
   * @param rotation the rotation of the queries
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

    /** Returns the rows of x that are wanted; x has a row for each query. */
    Tensor pick(Operators ops, Tensor x) {
      return among.elements() == 0 ? x : ops.selectRows(x, among);
    }

    /** Returns the gradient of x in {@link #pick}, given the gradient g of its result. */
    Tensor unpick(Operators ops, Tensor g) {
      return among.elements() == 0 ? g : ops.scatterRows(g, among, queries.elements());
    }
  }

  /**
   * The rows of a cache that hold the keys and values of a batch.
   *
   * @param first the first row
   * @param scattered all rows, (rows), int64; null if they are consecutive
   */
  record Store(KvCache cache, int first, @Nullable Tensor scattered) {
    static Store of(Operators ops, KvCache cache, int[] slots) {
      int[] dense = IntStream.range(slots[0], slots[0] + slots.length).toArray();
      return new Store(cache, slots[0], Arrays.equals(slots, dense) ? null : ops.longs(slots));
    }

    /** Writes the rows to their places in {@code all} and returns {@code all}. */
    private Tensor write(Operators ops, Tensor all, Tensor rows) {
      if (scattered == null) {
        ops.copyInPlace(ops.narrow(all, 0, first, rows.size(0)), rows);
      } else {
        ops.putRowsInPlace(all, scattered, rows);
      }
      return all;
    }
  }

  /** Returns the visibility for a layout; its tensors belong to the operators' scope. */
  static Visibility of(Operators ops, Layout layout) {
    ModelConfig config = layout.config();
    Rotation rotation = Rotation.of(ops, config.rope(), layout.positions(), layout.regimes());
    Map<Integer, Segments> segments = new HashMap<>();
    Layout.Queries all = layout.queries();
    for (int layer = 0; layer < config.layers(); layer++) {
      segments.computeIfAbsent(config.window(layer), window -> layout.segments(all, window));
    }
    int[] rows = layout.reading().wanted();
    // all rows in their order need no selection, and no layer's weight in two parts
    Wanted last =
        rows == null || Arrays.equals(rows, all.rows())
            ? null
            : Wanted.of(ops, layout, rows, rotation);
    KvCache cache = layout.reading().cache();
    Store store = cache == null ? null : Store.of(ops, cache, layout.slots());
    return new Visibility(config, rotation, segments, last, store);
  }

  /**
   * Returns the wanted part of a layer's result; null for all of it, as in every layer but the
   * last.
   */
  @Nullable Wanted wanted(int layer) {
    return layer == config.layers() - 1 ? last : null;
  }

  /** Returns which keys each querying row of a layer attends to. */
  Segments segments(int layer) {
    Wanted few = wanted(layer);
    return few != null
        ? few.segments()
        : Objects.requireNonNull(segments.get(config.window(layer)));
  }

  /**
   * Returns the keys that a layer attends to, given those of the rows, (rows, key-value heads, head
   * size); a cache takes them and all its keys are returned.
   */
  Tensor keys(Operators ops, int layer, Tensor rows) {
    return store == null ? rows : store.write(ops, store.cache().keys(layer), rows);
  }

  /** Returns the values that a layer attends to, given those of the rows, as {@link #keys} does. */
  Tensor values(Operators ops, int layer, Tensor rows) {
    return store == null ? rows : store.write(ops, store.cache().values(layer), rows);
  }
}
