package io.telecomllm.knowledge;

import java.util.List;

/**
 * Computes vectors of texts, near to each other for texts that mean the same. Safe for use by
 * several threads.
 */
public interface Embedder {
  /** Returns the number of values of a vector. */
  int dimensions();

  /** Returns the vectors of passages, in their order, each of length 1. */
  List<float[]> encode(List<String> passages);

  /** Returns the vector of a query, of length 1; some embedders read a query otherwise. */
  float[] encodeQuery(String query);

  /**
   * Returns what tells this embedder from others, as 64 hexadecimal digits in lower case: equal ids
   * give equal vectors. Stored vectors are kept under it.
   */
  String id();
}
