package io.telecomllm.data.report;

import static com.google.common.base.Preconditions.checkArgument;
import static java.util.Objects.requireNonNull;

import io.telecomllm.data.Question;
import io.telecomllm.prompt.EncodedAnswer;
import io.telecomllm.prompt.QuestionPrompt;
import io.telecomllm.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;

/**
 * How many tokens the questions of a set have, each as the prompt with its right answer that a
 * model is trained on. Immutable.
 *
 * @param lengths the number of tokens of each question, in ascending order; at least one
 */
public record TokenStatistics(List<Integer> lengths) {
  /** Sorts the lengths. */
  public TokenStatistics {
    checkArgument(!lengths.isEmpty(), "lengths are empty, expected at least one");
    lengths = lengths.stream().sorted().toList();
    checkArgument(lengths.get(0) >= 0, "a length is %s, expected 0 or more", lengths.get(0));
  }

  /**
   * Counts the tokens of questions.
   *
   * @param questions at least one
   * @param progress is told the number of questions done after each; what it throws ends the count
   */
  public static TokenStatistics of(
      Tokenizer tokenizer, QuestionPrompt prompt, List<Question> questions, IntConsumer progress) {
    requireNonNull(tokenizer, "tokenizer is null");
    requireNonNull(prompt, "prompt is null");
    requireNonNull(progress, "progress is null");
    List<Integer> lengths = new ArrayList<>();
    for (Question question : questions) {
      EncodedAnswer encoded =
          prompt.teach(
              tokenizer, question.text(), question.options(), List.of(), question.answer());
      lengths.add(encoded.promptIds().length + encoded.answerIds().length);
      progress.accept(lengths.size());
    }
    return new TokenStatistics(lengths);
  }

  /** Returns the smallest number of tokens. */
  public int min() {
    return lengths.get(0);
  }

  /** Returns the largest number of tokens. */
  public int max() {
    return lengths.get(lengths.size() - 1);
  }

  /** Returns the mean number of tokens. */
  public double mean() {
    return lengths.stream().mapToInt(n -> n).average().orElseThrow();
  }

  /**
   * Returns the smallest number of tokens that this share of the questions does not exceed.
   *
   * @param percent 1 to 100
   */
  public int percentile(int percent) {
    checkArgument(percent >= 1 && percent <= 100, "percent is %s, expected 1 to 100", percent);
    return lengths.get((int) (((long) lengths.size() * percent + 99) / 100) - 1);
  }

  /** Returns the number of questions with more tokens than this. */
  public int over(int tokens) {
    return (int) lengths.stream().filter(n -> n > tokens).count();
  }

  /** Returns the total number of tokens. */
  public long total() {
    return lengths.stream().mapToLong(n -> n).sum();
  }
}
