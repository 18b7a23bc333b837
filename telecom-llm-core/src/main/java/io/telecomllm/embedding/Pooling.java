package io.telecomllm.embedding;

/** How the rows of a text become one vector. */
public enum Pooling {
  /** The row of the first token, {@code [CLS]}, as in bge. */
  CLS,
  /** The mean of all rows, as in all-MiniLM. */
  MEAN
}
