package io.telecomllm.knowledge;

import java.util.Arrays;
import java.util.BitSet;
import java.util.function.IntPredicate;

/**
 * Finds the vectors with the largest dot products with a query. The signs of the values, a bit
 * each, choose the candidates, whose products are computed exactly; with at most {@link
 * #CANDIDATES} vectors all are, so the result is exact. Immutable.
 */
final class DenseIndex {
  /**
   * The number of vectors whose products are computed. Of 100,000 clauses these held the ten best
   * of every question tried, and 99 of the 100 best (docs/decisions.md).
   */
  static final int CANDIDATES = 4_096;

  private static final int HALF = 32;
  private static final int LANES = 4;

  private final float[][] vectors;
  private final float[] mean;
  private final int words;
  private final long[] signs;

  /** Creates an index of these vectors, all of the same length. */
  DenseIndex(float[][] vectors, int dimensions) {
    this.vectors = vectors;
    this.mean = mean(vectors, dimensions);
    this.words = (dimensions + Long.SIZE - 1) / Long.SIZE;
    this.signs = new long[Math.multiplyExact(words, vectors.length)];
    for (int row = 0; row < vectors.length; row++) {
      System.arraycopy(signs(vectors[row]), 0, signs, row * words, words);
    }
  }

  /** A vector that was found: its number and its dot product with the query. */
  record Hit(int row, float product) {}

  /** Returns the dot product of a query with the vector of this number. */
  float product(float[] query, int row) {
    return product(query, vectors[row]);
  }

  /**
   * Returns the vectors with the largest products, the largest first, equal ones by their number.
   *
   * @param searched whether the vector of a number may be found
   */
  Hit[] best(float[] query, IntPredicate searched, int limit) {
    // the sortable bits of the product, inverted, above the number: the natural order is the
    // result's
    BitSet candidates = candidates(query, searched, Math.max(limit, CANDIDATES));
    long[] keys = new long[candidates.cardinality()];
    int count = 0;
    for (int row = candidates.nextSetBit(0); row >= 0; row = candidates.nextSetBit(row + 1)) {
      int bits = Float.floatToIntBits(product(query, row));
      int sortable = bits ^ ((bits >> (Integer.SIZE - 1)) & Integer.MAX_VALUE);
      keys[count++] = ((long) ~sortable << HALF) | row;
    }
    Arrays.sort(keys);
    return Arrays.stream(keys)
        .limit(limit)
        .mapToInt(key -> (int) key)
        .mapToObj(row -> new Hit(row, product(query, row)))
        .toArray(Hit[]::new);
  }

  /** Returns the vectors whose signs differ least from the query's, all of the last distance. */
  private BitSet candidates(float[] query, IntPredicate searched, int wanted) {
    long[] own = signs(query);
    int none = query.length + 1;
    int[] distances = new int[vectors.length];
    int[] counts = new int[none];
    for (int row = 0; row < distances.length; row++) {
      distances[row] = searched.test(row) ? distance(own, row) : none;
      if (distances[row] < none) {
        counts[distances[row]]++;
      }
    }
    int farthest = 0;
    for (int sum = counts[0]; sum < wanted && farthest < query.length; sum += counts[farthest]) {
      farthest++;
    }
    BitSet candidates = new BitSet(distances.length);
    for (int row = 0; row < distances.length; row++) {
      candidates.set(row, distances[row] <= farthest);
    }
    return candidates;
  }

  private int distance(long[] query, int row) {
    int distance = 0;
    for (int i = 0; i < words; i++) {
      distance += Long.bitCount(query[i] ^ signs[row * words + i]);
    }
    return distance;
  }

  // vectors of one encoder lean in one direction, so a sign tells more of what is left without it
  private long[] signs(float[] vector) {
    long[] bits = new long[words];
    for (int i = 0; i < vector.length; i++) {
      if (vector[i] > mean[i]) {
        bits[i / Long.SIZE] |= 1L << (i % Long.SIZE);
      }
    }
    return bits;
  }

  private static float[] mean(float[][] vectors, int dimensions) {
    double[] sum = new double[dimensions];
    for (float[] vector : vectors) {
      for (int i = 0; i < dimensions; i++) {
        sum[i] += vector[i];
      }
    }
    float[] mean = new float[dimensions];
    for (int i = 0; i < dimensions; i++) {
      mean[i] = (float) (sum[i] / Math.max(1, vectors.length));
    }
    return mean;
  }

  // several sums at a time, since an addition waits for the one before it
  static float product(float[] a, float[] b) {
    float first = 0;
    float second = 0;
    float third = 0;
    float fourth = 0;
    int i = 0;
    for (; i + LANES <= a.length; i += LANES) {
      first += a[i] * b[i];
      second += a[i + 1] * b[i + 1];
      third += a[i + 2] * b[i + 2];
      fourth += a[i + 3] * b[i + 3];
    }
    for (; i < a.length; i++) {
      first += a[i] * b[i];
    }
    return first + second + third + fourth;
  }
}
