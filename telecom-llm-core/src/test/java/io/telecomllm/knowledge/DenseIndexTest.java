package io.telecomllm.knowledge;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The best vectors are those of a naive scan. */
class DenseIndexTest {
  private static float[] vector(Random random, int dimensions) {
    float[] vector = new float[dimensions];
    for (int i = 0; i < dimensions; i++) {
      vector[i] = (float) random.nextGaussian();
    }
    return vector;
  }

  private static List<Integer> naive(
      float[][] vectors, float[] query, IntPredicate searched, int limit) {
    Comparator<Integer> byProduct =
        Comparator.comparingDouble(row -> -DenseIndex.product(query, vectors[row]));
    return IntStream.range(0, vectors.length)
        .filter(searched)
        .boxed()
        .sorted(byProduct)
        .limit(limit)
        .toList();
  }

  private static List<Integer> found(
      DenseIndex index, float[] query, IntPredicate searched, int limit) {
    return Arrays.stream(index.best(query, searched, limit)).map(DenseIndex.Hit::row).toList();
  }

  @Property(tries = 200)
  void fewVectorsAreSearchedExactly(
      @ForAll @IntRange(max = 300) int count,
      @ForAll @IntRange(min = 1, max = 131) int dimensions,
      @ForAll @IntRange(min = 1, max = 50) int limit,
      @ForAll long seed) {
    Random random = new Random(seed);
    float[][] vectors = new float[count][];
    for (int i = 0; i < count; i++) {
      // some are equal, which the order of their numbers decides
      boolean again = i > 0 && random.nextInt(4) == 0;
      vectors[i] = again ? vectors[random.nextInt(i)] : vector(random, dimensions);
    }
    float[] query = vector(random, dimensions);
    IntPredicate searched = row -> row % 3 != 0;
    DenseIndex index = new DenseIndex(vectors, dimensions);
    assertThat(found(index, query, searched, limit))
        .isEqualTo(naive(vectors, query, searched, limit));
    for (DenseIndex.Hit hit : index.best(query, searched, limit)) {
      double sum = 0;
      for (int i = 0; i < dimensions; i++) {
        sum += (double) query[i] * vectors[hit.row()][i];
      }
      assertThat((double) hit.product())
          .isCloseTo(sum, org.assertj.core.data.Offset.offset(1e-4 * dimensions));
    }
  }

  @Test
  void ofManyVectorsThoseNearTheQueryAreFound() {
    Random random = new Random(9);
    int dimensions = 64;
    float[] lean = vector(random, dimensions);
    float[][] vectors = new float[8_000][];
    for (int i = 0; i < vectors.length; i++) {
      // 40 to a topic, and all lean in one direction, as those of real encoders do
      vectors[i] = unit(i % 40 == 0 ? null : vectors[i - i % 40], lean, random, dimensions);
    }
    DenseIndex index = new DenseIndex(vectors, dimensions);
    int same = 0;
    for (int query = 0; query < 100; query++) {
      int topic = 40 * random.nextInt(vectors.length / 40);
      float[] near = unit(vectors[topic], lean, random, dimensions);
      List<Integer> expected = naive(vectors, near, row -> true, 10);
      same += (int) found(index, near, row -> true, 10).stream().filter(expected::contains).count();
    }
    assertThat(same).isGreaterThan(990);
  }

  private static float[] unit(float @Nullable [] near, float[] lean, Random random, int size) {
    float[] vector = vector(random, size);
    double squares = 0;
    for (int i = 0; i < size; i++) {
      vector[i] = (near == null ? vector[i] + lean[i] : vector[i] * 0.08f + near[i]);
      squares += vector[i] * vector[i];
    }
    for (int i = 0; i < size; i++) {
      vector[i] /= (float) Math.sqrt(squares);
    }
    return vector;
  }
}
