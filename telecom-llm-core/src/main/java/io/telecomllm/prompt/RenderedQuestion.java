package io.telecomllm.prompt;

import io.telecomllm.Internal;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A question to answer, as token ids that are cut where the answer begins. The arrays are not
 * copied.
 *
 * @param promptIds the ids up to and including the generation prompt
 * @param candidates the possible answers, in the order of the options
 * @param abstention the answer that it is not known; empty if the prompt does not offer it
 */
@SuppressWarnings("ArrayRecordComponent") // ids and scores are read in bulk; lists would box them
@Internal
public record RenderedQuestion(
    int[] promptIds, List<Candidate> candidates, Optional<Candidate> abstention) {
  /** Takes a copy of the list. */
  public RenderedQuestion {
    candidates = List.copyOf(candidates);
  }

  /** Creates a question that does not offer to abstain. */
  public RenderedQuestion(int[] promptIds, List<Candidate> candidates) {
    this(promptIds, candidates, Optional.empty());
  }

  /**
   * A possible answer.
   *
   * @param labelIds the ids of {@code option k} alone
   * @param answerIds the ids of the whole answer in the prompt's style and of what ends it; they
   *     begin with {@code labelIds}
   */
  @SuppressWarnings("ArrayRecordComponent") // ids and scores are read in bulk; lists would box them
  public record Candidate(int[] labelIds, int[] answerIds) {}

  /** Returns all possible answers: the candidates and, last, abstention if it is offered. */
  public List<Candidate> all() {
    return Stream.concat(candidates.stream(), abstention.stream()).toList();
  }

  /** Returns the number of ids that all labels begin with. */
  public int sharedLabelLength() {
    return sharedLength(all().stream().map(Candidate::labelIds).toList());
  }

  /** Returns the number of ids that all of these begin with; there is at least one. */
  static int sharedLength(List<int[]> all) {
    int[] first = all.get(0);
    return all.stream()
        .mapToInt(ids -> Arrays.mismatch(first, ids))
        .map(mismatch -> mismatch < 0 ? first.length : mismatch)
        .min()
        .orElse(0);
  }
}
