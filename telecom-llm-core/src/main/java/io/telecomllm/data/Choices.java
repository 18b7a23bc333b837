package io.telecomllm.data;

import static com.google.common.base.Preconditions.checkArgument;

import java.io.Serializable;

/**
 * How well a model chose among the options of some questions. An answer has some ten tokens, and
 * all but one repeat what the prompt says; these figures are about that one.
 *
 * @param questions the number of questions, at least 0
 * @param right the number whose right option was the most probable one, the first of equal ones
 *     counting; 0 to {@code questions}
 * @param loss the mean of -ln p, p being the probability of the right option among all options of
 *     its question, in nats; NaN without questions or if a probability is not a number
 * @param chance the mean of ln n, n being the number of options: the loss of a guess; NaN without
 *     questions
 */
public record Choices(int questions, int right, double loss, double chance)
    implements Serializable {
  /** No question. */
  public static final Choices NONE = new Choices(0, 0, Double.NaN, Double.NaN);

  /** Checks the counts. */
  public Choices {
    checkArgument(
        right >= 0 && right <= questions,
        "right is %s, must be 0 to the %s questions",
        right,
        questions);
  }

  /**
   * Returns the figures of one question.
   *
   * @param logits a number for each option, of which the softmax is the options' probabilities
   * @param right the index of the right option
   */
  public static Choices of(double[] logits, int right) {
    int best = 0;
    for (int i = 1; i < logits.length; i++) {
      best = logits[i] > logits[best] ? i : best;
    }
    double sum = 0;
    for (double logit : logits) {
      sum += Math.exp(logit - logits[best]);
    }
    double loss = Math.log(sum) - (logits[right] - logits[best]);
    return new Choices(1, best == right ? 1 : 0, loss, Math.log(logits.length));
  }

  /** Returns the figures of these questions and others together. */
  public Choices plus(Choices other) {
    if (questions == 0 || other.questions == 0) {
      return questions == 0 ? other : this;
    }
    int all = Math.addExact(questions, other.questions);
    return new Choices(
        all,
        right + other.right,
        (questions * loss + other.questions * other.loss) / all,
        (questions * chance + other.questions * other.chance) / all);
  }

  /** Returns the number of right choices with its interval. */
  public Accuracy accuracy() {
    return new Accuracy(right, questions);
  }
}
