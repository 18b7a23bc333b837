package io.telecomllm.generation;

/**
 * Is told how a generation gets on, on the thread that generates; it waits for the listener. What a
 * listener throws ends the generation and reaches the caller.
 */
@FunctionalInterface
public interface GenerationListener {
  /** A listener that does nothing. */
  GenerationListener NONE = token -> {};

  /** Is called for each token. */
  void generated(GeneratedToken token);

  /**
   * Is called when the text begins, after it has waited for its place, and while the prompt is
   * being read.
   *
   * @param tokens the number of tokens that have been read; at first those that the cache holds
   * @param total the number of tokens of the prompt
   */
  default void reading(int tokens, int total) {}
}
