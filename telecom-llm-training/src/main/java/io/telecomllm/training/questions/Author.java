package io.telecomllm.training.questions;

/** Writes a question about a window of clauses, as JSON of a {@link Draft}. */
@FunctionalInterface
public interface Author {
  /** Returns what is written; it is parsed strictly, and need not be anything valid. */
  String write(Window window);
}
