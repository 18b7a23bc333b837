package io.telecomllm.model;

import io.telecomllm.tensor.Operators;
import io.telecomllm.tensor.Tensor;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * By which angles the rotary embedding turns each row.
 *
 * @param cos (rows, rotated features / 2), fp32
 * @param sin of the same shape
 */
record Rotation(Tensor cos, Tensor sin) {
  /**
   * Of rows at these positions.
   *
   * @param regimes of each row's sequence, see {@link RopeScaling#regime}
   */
  static Rotation of(Operators ops, Rope rope, long[] positions, int[] regimes) {
    int[] distinct = Arrays.stream(regimes).distinct().toArray();
    int pairs = rope.rotarySize() / 2;
    float[] frequencies = new float[distinct.length * pairs];
    Map<Integer, Integer> place = new HashMap<>();
    for (int i = 0; i < distinct.length; i++) {
      place.put(distinct[i], i);
      System.arraycopy(rope.frequencies(distinct[i]), 0, frequencies, i * pairs, pairs);
    }
    int[] which = Arrays.stream(regimes).map(regime -> place.getOrDefault(regime, 0)).toArray();
    Operators.Pair table =
        ops.attention()
            .ropeTable(
                ops.longs(positions),
                ops.floats(frequencies, distinct.length, pairs),
                ops.longs(which),
                rope.scaling().attentionFactor());
    return new Rotation(table.first(), table.second());
  }

  /** Of these rows only. */
  Rotation of(Operators ops, Tensor rows) {
    return new Rotation(ops.selectRows(cos, rows), ops.selectRows(sin, rows));
  }

  /** Turns back: the inverse of a rotation is its transpose, the one by the negative angle. */
  Rotation inverse(Operators ops) {
    return new Rotation(cos, ops.multiply(sin, -1));
  }

  /** Turns the first heads of x (rows, features). */
  void turn(Operators ops, Tensor x, int heads, int headSize) {
    ops.attention().rotateInPlace(x, cos, sin, heads, headSize);
  }
}
