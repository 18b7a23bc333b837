package io.telecomllm.data;

import static com.google.common.base.Preconditions.checkArgument;

import java.util.Collection;

/**
 * Answers questions without any knowledge: "all of the above" if it is offered, else the longest
 * option. Every model's accuracy should be compared with that of this heuristic, which is 39.3 % on
 * all of TeleQnA.
 */
public final class NoKnowledgeHeuristic {
  private NoKnowledgeHeuristic() {}

  /**
   * Returns the index of the chosen option, the first of several equally long ones. Length is
   * counted in UTF-16 units.
   *
   * @param question any question; its answer is not used
   * @return the index, from 0
   */
  public static int choose(Question question) {
    int longest = 0;
    for (int i = 0; i < question.options().size(); i++) {
      if (OptionReference.isAllOfTheAbove(question.options().get(i))) {
        return i;
      }
      if (question.options().get(i).length() > question.options().get(longest).length()) {
        longest = i;
      }
    }
    return longest;
  }

  /**
   * Returns the share of questions that the heuristic answers correctly.
   *
   * @param questions at least one
   * @return the share, 0 to 1
   */
  public static double accuracy(Collection<Question> questions) {
    checkArgument(!questions.isEmpty(), "questions are empty, expected at least one");
    long right = questions.stream().filter(q -> choose(q) == q.answer()).count();
    return (double) right / questions.size();
  }
}
