package io.telecomllm.training.memory;

import static com.google.common.base.Preconditions.checkArgument;

import io.telecomllm.training.batching.Example;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The lengths of questions, in tokens.
 *
 * @param question the mean length of a question with instruction and answer, at least 2
 * @param shared the length of the beginning that all questions share, 0 to {@code question} - 1
 * @param answer the mean number of tokens to predict, 1 to {@code question} - {@code shared}
 * @param deviation the standard deviation of the length of a question, finite and at least 0
 */
public record QuestionLengths(int question, int shared, int answer, double deviation) {
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
   * Returns the lengths of all TeleQnA questions in the prompt of {@code TrainingBenchmark}, with
   * Phi-3's tokenizer.
   */
  static QuestionLengths teleQnA() {
    return new QuestionLengths(148, 39, 16, 33);
  }

  /** Returns the lengths of examples whose first {@code shared} tokens are the same. */
  public static QuestionLengths of(List<Example> examples, int shared) {
    double mean = examples.stream().mapToInt(e -> e.ids().length).average().orElse(0);
    double square =
        examples.stream().mapToDouble(e -> Math.pow(e.ids().length - mean, 2)).average().orElse(0);
    double answer = examples.stream().mapToInt(Example::supervised).average().orElse(0);
    return new QuestionLengths(
        (int) Math.round(mean), shared, (int) Math.round(answer), Math.sqrt(square));
  }

  /**
   * Returns the questions of a batch of mean length.
   *
   * @param batch the number of questions
   * @param limit the largest length of a question; longer ones are cut to it
   * @param vocabulary the number of token ids
   */
  List<Example> usual(int batch, int limit, int vocabulary) {
    return batch(batch, batch * question, limit, vocabulary);
  }

  /**
   * Returns the questions of the longest among this number of batches. It is longer than the mean
   * by sqrt(2 ln batches) standard deviations of a batch, as for a normal distribution.
   */
  List<Example> longest(int batch, int limit, int vocabulary, long batches) {
    double above = Math.sqrt(2 * Math.log((double) Math.max(1, batches)) * batch) * deviation;
    return batch(batch, batch * question + (int) Math.ceil(above), limit, vocabulary);
  }

  /** Returns questions with this number of tokens in total, each cut to the limit. */
  private List<Example> batch(int batch, int tokens, int limit, int vocabulary) {
    return IntStream.range(0, batch)
        .mapToObj(
            i ->
                example(
                    i, Math.min(limit, tokens / batch + (i < tokens % batch ? 1 : 0)), vocabulary))
        .toList();
  }

  private Example example(int number, int length, int vocabulary) {
    int[] ids = new int[length];
    Arrays.fill(ids, Math.min(shared, length), length, (1 + number) % vocabulary);
    int[] labels = ids.clone();
    Arrays.fill(labels, 0, Math.max(1, length - answer), Example.NO_LABEL);
    return new Example(ids, labels);
  }
}
