package io.telecomllm.knowledge;

import com.google.common.hash.Hashing;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An embedder without a network: a word is a random direction that its spelling decides, synonyms
 * of the test share one, and a text is the sum of its words.
 */
final class WordEmbedder implements Embedder {
  private final int dimensions;
  private final String name;
  private final Map<String, double[]> directions = new ConcurrentHashMap<>();
  private final AtomicInteger encoded = new AtomicInteger();

  WordEmbedder(int dimensions, String name) {
    this.dimensions = dimensions;
    this.name = name;
  }

  /** The number of passages encoded so far. */
  int encoded() {
    return encoded.get();
  }

  @Override
  public int dimensions() {
    return dimensions;
  }

  @Override
  public List<float[]> encode(List<String> passages) {
    encoded.addAndGet(passages.size());
    List<float[]> vectors = new ArrayList<>();
    passages.forEach(passage -> vectors.add(vector(passage)));
    return vectors;
  }

  @Override
  public float[] encodeQuery(String query) {
    return vector(query);
  }

  @Override
  public String id() {
    return Hashing.sha256().hashString(name + dimensions, StandardCharsets.UTF_8).toString();
  }

  private double[] direction(String word) {
    Random random = new Random(word.equals("cellphone") ? "handset".hashCode() : word.hashCode());
    return random.doubles(dimensions, -1, 1).toArray();
  }

  private float[] vector(String text) {
    double[] sum = new double[dimensions];
    for (String word : text.toLowerCase(Locale.ROOT).split("\\W+", -1)) {
      double[] direction = directions.computeIfAbsent(word, this::direction);
      for (int i = 0; i < dimensions; i++) {
        sum[i] += direction[i];
      }
    }
    double squares = 0;
    for (double value : sum) {
      squares += value * value;
    }
    float[] vector = new float[dimensions];
    for (int i = 0; i < dimensions; i++) {
      vector[i] = (float) (sum[i] / Math.sqrt(squares));
    }
    return vector;
  }
}
