package io.telecomllm.model;

import io.telecomllm.tensor.Operators;
import io.telecomllm.tensor.Tensor;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * The rotation of each row by the rotary embedding.
 *
 * @param cos the cosines of the angles times the scaling's factor, (rows, rotated features / 2),
 *     fp32
 * @param sin the sines times the same factor, of the same shape
 */
record Rotation(Tensor cos, Tensor sin) {
  /**
   * Returns the rotation of rows at these positions.
   *
   * @param regimes the {@link RopeScaling#regime} of each row
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

  /** Returns the rotation of these rows only. */
  Rotation of(Operators ops, Tensor rows) {
    return new Rotation(ops.selectRows(cos, rows), ops.selectRows(sin, rows));
  }

  /** Returns the rotation by the negative angles: the transpose, which a backward pass applies. */
  Rotation inverse(Operators ops) {
    return new Rotation(cos, ops.multiply(sin, -1));
  }

  /** Rotates the first {@code heads} heads of x (rows, features) in place. */
  void turn(Operators ops, Tensor x, int heads, int headSize) {
    ops.attention().rotateInPlace(x, cos, sin, heads, headSize);
  }
}
