package io.telecomllm.scoring;

import com.google.common.primitives.Ints;
import io.telecomllm.prompt.RenderedQuestion;
import java.util.Arrays;
import java.util.List;

/**
 * A question as scoring reads it: what its answers share, and what differs.
 *
 * @param stem the ids of the prompt and of the beginning that all answers share
 * @param tails the ids of each answer after the stem, at least one
 * @param options the number of answers that are options; another one abstains
 */
@SuppressWarnings("ArrayRecordComponent") // ids are read in bulk; lists would box them
record Choice(int[] stem, List<int[]> tails, int options) {
  static Choice of(RenderedQuestion question, Scoring scoring) {
    List<int[]> answers = question.all().stream().map(scoring::ids).toList();
    // an answer that is the beginning of another one keeps its last token
    int shared = answers.stream().mapToInt(answer -> answer.length - 1).min().orElse(0);
    for (int[] answer : answers) {
      shared = Math.min(shared, commonPrefix(answer, answers.get(0)));
    }
    int cut = shared;
    return new Choice(
        Ints.concat(question.promptIds(), Arrays.copyOf(answers.get(0), cut)),
        answers.stream().map(answer -> Arrays.copyOfRange(answer, cut, answer.length)).toList(),
        question.candidates().size());
  }

  /**
   * Returns the number of tokens that a model reads: the last of each answer is predicted, never
   * read.
   */
  int tokens() {
    return stem.length + tailTokens();
  }

  /** Returns the number of tokens that a model reads after the stem. */
  int tailTokens() {
    return tails.stream().mapToInt(tail -> tail.length - 1).sum();
  }

  static int commonPrefix(int[] a, int[] b) {
    int mismatch = Arrays.mismatch(a, b);
    return mismatch < 0 ? a.length : mismatch;
  }
}
