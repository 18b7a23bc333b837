package io.telecomllm.testing;

import io.telecomllm.data.Category;
import io.telecomllm.data.Question;
import java.util.List;
import java.util.stream.IntStream;

/** Questions of three options each, right in turn. */
public final class SampleQuestions {
  private SampleQuestions() {}

  /** That many. */
  public static List<Question> of(int count) {
    return IntStream.range(0, count)
        .mapToObj(
            i ->
                new Question(
                    "question " + i,
                    "What is term " + i + "?",
                    List.of("first " + i, "second " + i, "third " + i),
                    i % 3,
                    "because",
                    Category.LEXICON))
        .toList();
  }
}
