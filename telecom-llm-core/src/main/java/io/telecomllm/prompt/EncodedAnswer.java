package io.telecomllm.prompt;

import io.telecomllm.Internal;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A prompt and its answer as token ids. The arrays are not copied.
 *
 * @param promptIds the ids up to and including the generation prompt
 * @param answerIds the ids of the answer and of what ends it, which training supervises
 * @param choice where the answer says which option it chooses; empty if it is no such answer
 * @param reason the sentences of the reason that follows the choice; empty without one
 */
@SuppressWarnings("ArrayRecordComponent") // ids and scores are read in bulk; lists would box them
@Internal
public record EncodedAnswer(
    int[] promptIds, int[] answerIds, Optional<Choice> choice, List<Sentence> reason) {
  /** Keeps a copy of the list. */
  public EncodedAnswer {
    reason = List.copyOf(reason);
  }

  /** Creates an answer without a reason. */
  public EncodedAnswer(int[] promptIds, int[] answerIds, Optional<Choice> choice) {
    this(promptIds, answerIds, choice, List.of());
  }

  /**
   * A sentence of an answer's reason.
   *
   * @param from its first token in {@code answerIds}
   * @param to the token after its last one
   */
  public record Sentence(String text, int from, int to) {}

  /**
   * The token of an answer that says which option it chooses.
   *
   * @param position its place in {@code answerIds}
   * @param options the token that stands there for each option, in the order of the options
   * @param abstention the token that stands there for the answer that it is not known; empty if the
   *     prompt does not offer it
   */
  @SuppressWarnings("ArrayRecordComponent")
  public record Choice(int position, int[] options, OptionalInt abstention) {}
}
