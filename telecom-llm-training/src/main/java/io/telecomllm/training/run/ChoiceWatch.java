package io.telecomllm.training.run;

import io.telecomllm.data.Choices;
import io.telecomllm.training.progress.TrainingListener.StepRecord;
import io.telecomllm.training.progress.TrainingListener.WarningRecord;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Notices that a run does not learn to choose. The loss of the whole answer falls all the same,
 * since the model soon repeats the option's text from the prompt.
 */
final class ChoiceWatch {
  /** The number of questions between two looks. */
  private static final int EVERY = 256;

  /** The fewest questions that are looked at; their mean loss varies by some 4 % by chance. */
  private static final int SEEN = 128;

  /** A mean loss of over this share of a guess's is a guess. */
  private static final double GUESS = 0.95;

  private long seen;
  private boolean guessing;

  /** Creates a watch of a run that has made these steps. */
  ChoiceWatch(List<StepRecord> steps) {
    for (int made = 1; made <= steps.size(); made++) {
      // what it says was said when the step was made
      Optional<WarningRecord> unused = after(steps.subList(0, made));
    }
  }

  /**
   * Looks at the last questions, if it is time to.
   *
   * @param steps all steps so far, the newest last
   * @return a warning if they were answered by guessing and the ones at the look before were not
   */
  Optional<WarningRecord> after(List<StepRecord> steps) {
    long before = seen;
    seen += steps.get(steps.size() - 1).choices().questions();
    if (seen / EVERY == before / EVERY) {
      return Optional.empty();
    }
    boolean guessed = guessing;
    guessing = guessing(steps);
    return guessing && !guessed ? Optional.of(warning(steps)) : Optional.empty();
  }

  private static boolean guessing(List<StepRecord> steps) {
    Choices last = last(steps);
    return last.questions() >= SEEN && last.loss() > GUESS * last.chance();
  }

  /** Returns the choices of the last steps that have enough questions. */
  private static Choices last(List<StepRecord> steps) {
    Choices sum = Choices.NONE;
    for (int i = steps.size() - 1; i >= 0 && sum.questions() < SEEN; i--) {
      sum = sum.plus(steps.get(i).choices());
    }
    return sum;
  }

  private static WarningRecord warning(List<StepRecord> steps) {
    Choices last = last(steps);
    return new WarningRecord(
        steps.get(steps.size() - 1).step(),
        String.format(
            Locale.ROOT,
            "the run does not learn to choose: over the last %d questions the loss of the choice"
                + " is %.2f, that of a guess is %.2f. The loss of the whole answer falls because"
                + " its text repeats the prompt. A larger model, or one that knows the subject,"
                + " helps; so do more questions",
            last.questions(),
            last.loss(),
            last.chance()));
  }
}
