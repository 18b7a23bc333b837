package io.telecomllm.knowledge;

import static com.google.common.base.Preconditions.checkArgument;

import java.io.Serializable;

/**
 * A clause that a search found. Immutable.
 *
 * @param clause the clause
 * @param score how good a hit it is for the retriever that found it, at least 0: a BM25 score, a
 *     cosine, a sum of reciprocal ranks; comparable only within one search
 * @param rank the place in the result, from 1
 */
public record Passage(Clause clause, double score, int rank) implements Serializable {
  /** Checks the ranges. */
  public Passage {
    checkArgument(
        score >= 0 && score < Double.POSITIVE_INFINITY,
        "score is %s, expected a finite number from 0",
        score);
    checkArgument(rank >= 1, "rank is %s, expected 1 or more", rank);
  }
}
