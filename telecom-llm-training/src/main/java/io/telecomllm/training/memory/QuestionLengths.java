package io.telecomllm.training.memory;

import static com.google.common.base.Preconditions.checkArgument;

import io.telecomllm.training.batching.Example;
import io.telecomllm.training.batching.RoundedBatch;
import java.util.List;

/**
 * The lengths of questions, in tokens.
 *
 * @param question the mean length of a question with instruction and answer, at least 2
 * @param shared the length of the beginning that all questions share, less than {@code question}
 * @param answer the mean number of tokens to predict, at least 1
 * @param deviation the standard deviation of the length of a question
 */
public record QuestionLengths(int question, int shared, int answer, double deviation) {
  /** The shortest beginning that {@link io.telecomllm.training.batching.PackedBatch} shares. */
  private static final int SHORTEST_SHARED = 8;

  /** Checks the ranges. */
  public QuestionLengths {
    checkArgument(question >= 2, "question is %s tokens, must be at least 2", question);
    checkArgument(
        shared >= 0 && shared < question,
        "shared is %s tokens, must be 0 to %s",
        shared,
        question - 1);
    checkArgument(
        answer >= 1 && answer <= question - shared,
        "answer is %s tokens, must be 1 to %s",
        answer,
        question - shared);
    checkArgument(
        deviation >= 0 && Double.isFinite(deviation),
        "deviation is %s, must be finite and at least 0",
        deviation);
  }

  /**
   * Returns the lengths of all of TeleQnA in the prompt of {@code TrainingBenchmark}, with Phi-3's
   * tokenizer.
   */
  static QuestionLengths teleQnA() {
    return new QuestionLengths(148, 39, 16, 33);
  }

  /** Measures the lengths of examples whose first {@code shared} tokens are the same. */
  public static QuestionLengths of(List<Example> examples, int shared) {
    double mean = examples.stream().mapToInt(e -> e.ids().length).average().orElse(0);
    double square =
        examples.stream().mapToDouble(e -> Math.pow(e.ids().length - mean, 2)).average().orElse(0);
    double answer = examples.stream().mapToInt(Example::supervised).average().orElse(0);
    return new QuestionLengths(
        (int) Math.round(mean), shared, (int) Math.round(answer), Math.sqrt(square));
  }

  /**
   * Returns the mean number of rows of a batch with their rounding; no question is longer than
   * {@code limit}.
   */
  double rows(int batch, int limit) {
    return unrounded(batch, limit) + RoundedBatch.ROWS / 2.0;
  }

  private double unrounded(int batch, int limit) {
    int length = Math.min(question, limit);
    int common = batch > 1 && shared >= SHORTEST_SHARED ? Math.min(shared, length - 1) : 0;
    return common + (double) batch * (length - common);
  }

  /**
   * Returns the number of rows of the largest of several batches: the mean plus sqrt(2 ln batches)
   * standard deviations of a batch, as for a normal distribution.
   */
  double mostRows(int batch, int limit, long batches) {
    double above = Math.sqrt(2 * Math.log((double) Math.max(1, batches)) * batch) * deviation;
    int common = batch > 1 && shared >= SHORTEST_SHARED ? Math.min(shared, limit - 1) : 0;
    double longest = common + (double) batch * (limit - common);
    double most = Math.min(unrounded(batch, limit) + above, longest);
    return RoundedBatch.roundUp((int) Math.ceil(most), RoundedBatch.ROWS);
  }

  /** Returns the mean number of rows of a batch that predict a token, with their rounding. */
  double supervised(int batch, int limit) {
    return (double) batch * Math.min(answer, limit - 1) + RoundedBatch.SUPERVISED / 2.0;
  }
}
