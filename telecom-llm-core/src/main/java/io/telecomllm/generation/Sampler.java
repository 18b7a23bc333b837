package io.telecomllm.generation;

import com.google.common.primitives.Doubles;
import com.google.common.primitives.Floats;
import com.google.common.primitives.Ints;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Draws a token by its probability after temperature, top-k, top-p and min-p, in this order, as
 * transformers has it: each sees the probabilities among those that the one before left.
 *
 * @param temperature over 0
 * @param topK 0 for all
 * @param topP 1 for all
 * @param minP 0 for all
 */
record Sampler(double temperature, int topK, double topP, double minP) {
  /** Tokens to draw among, and the running sums of their weights. */
  @SuppressWarnings("ArrayRecordComponent")
  record Candidates(int[] ids, double[] sums) {
    /** Returns the token at a fraction, 0 to 1 (exclusive), of the whole weight. */
    int at(double fraction) {
      int found = Arrays.binarySearch(sums, fraction * sums[sums.length - 1]);
      // a sum that is hit exactly ends its token
      int index = found >= 0 ? found + 1 : -found - 1;
      return ids[Math.min(index, ids.length - 1)];
    }
  }

  static Sampler of(GenerationConfig config) {
    return new Sampler(config.temperature(), config.topK(), config.topP(), config.minP());
  }

  /** Returns what to draw among; at least one logit is finite. */
  Candidates candidates(float[] logits) {
    float least = topK == 0 ? -Float.MAX_VALUE : leastOfTop(logits);
    Candidates all = all(logits, least, Floats.max(logits));
    return topP == 1 && minP == 0
        ? all
        : best(logits, least, topP * all.sums()[all.sums().length - 1]);
  }

  /** Returns the most probable tokens that together reach this weight, without improbable ones. */
  private Candidates best(float[] logits, float least, double enough) {
    Ranking ranking = new Ranking(logits);
    float best = logits[ranking.first()];
    List<Integer> ids = new ArrayList<>();
    List<Double> sums = new ArrayList<>();
    double sum = 0;
    while (!ranking.isEmpty() && (ids.isEmpty() || sum < enough)) {
      float logit = logits[ranking.first()];
      double weight = weight(logit, best);
      if (logit < least || weight < minP) {
        break;
      }
      sum += weight;
      ids.add(ranking.take());
      sums.add(sum);
    }
    return new Candidates(Ints.toArray(ids), Doubles.toArray(sums));
  }

  /** Returns all tokens from this logit on, which need no order. */
  private Candidates all(float[] logits, float least, float best) {
    int[] ids = new int[logits.length];
    double[] sums = new double[logits.length];
    int count = 0;
    double sum = 0;
    for (int id = 0; id < logits.length; id++) {
      if (logits[id] >= least) {
        sum += weight(logits[id], best);
        ids[count] = id;
        sums[count++] = sum;
      }
    }
    return new Candidates(Arrays.copyOf(ids, count), Arrays.copyOf(sums, count));
  }

  /** Returns the logit of number {@code topK}; all that are equal to it are kept. */
  private float leastOfTop(float[] logits) {
    Ranking ranking = new Ranking(logits);
    float least = logits[ranking.first()];
    for (int i = 0; i < topK && !ranking.isEmpty(); i++) {
      least = logits[ranking.take()];
    }
    return least;
  }

  /** Returns the probability as a share of the best token's. */
  private double weight(float logit, float best) {
    return Math.exp(((double) logit - best) / temperature);
  }
}
