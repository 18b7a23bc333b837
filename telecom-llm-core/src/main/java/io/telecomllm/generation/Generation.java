package io.telecomllm.generation;

import java.util.List;

/**
 * A generated text.
 *
 * @param text the text, without what ended it
 * @param tokens its tokens; with the one that ended the answer if the model wrote that. Their texts
 *     together are the text
 * @param finishReason why it ended
 * @param usage the tokens that were read and generated
 * @param timings how long it took
 */
public record Generation(
    String text,
    List<GeneratedToken> tokens,
    FinishReason finishReason,
    Usage usage,
    Timings timings) {
  /** Keeps a copy of the list. */
  public Generation {
    tokens = List.copyOf(tokens);
  }

  /**
   * The number of tokens.
   *
   * @param prompt those of the prompt
   * @param cached those of the prompt that had been read before
   * @param generated those that were generated
   * @param drafted those that were guessed ahead
   * @param accepted the guesses that were right
   */
  public record Usage(int prompt, int cached, int generated, int drafted, int accepted) {}

  /**
   * Wall time.
   *
   * @param firstTokenSeconds from the call to the first token, which is mostly reading the prompt
   * @param seconds from the call to the end
   */
  public record Timings(double firstTokenSeconds, double seconds) {}

  /** Returns the text. */
  @Override
  public String toString() {
    return text;
  }
}
