package io.telecomllm.prompt;

import java.util.List;

/**
 * A question to answer as token ids, cut where the answer begins. The arrays are not copied.
 *
 * @param promptIds up to and including the generation prompt
 * @param candidates the possible answers, in the order of the options
 */
@SuppressWarnings("ArrayRecordComponent") // ids and scores are read in bulk; lists would box them
public record RenderedQuestion(int[] promptIds, List<Candidate> candidates) {
  /** Takes a copy of the list. */
  public RenderedQuestion {
    candidates = List.copyOf(candidates);
  }

  /**
   * A possible answer.
   *
   * @param labelIds {@code option k} as tokens, without what may follow
   * @param answerIds the whole answer in the prompt's style and what ends it; begins with {@code
   *     labelIds}
   */
  @SuppressWarnings("ArrayRecordComponent") // ids and scores are read in bulk; lists would box them
  public record Candidate(int[] labelIds, int[] answerIds) {}

  /** How many ids at the beginning all labels share: scoring reads the logits behind them. */
  public int sharedLabelLength() {
    int[] first = candidates.get(0).labelIds();
    int shared = first.length;
    for (Candidate candidate : candidates) {
      int[] label = candidate.labelIds();
      int common = 0;
      while (common < shared && common < label.length && label[common] == first[common]) {
        common++;
      }
      shared = common;
    }
    return shared;
  }
}
