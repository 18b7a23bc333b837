package io.telecomllm.training.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.telecomllm.data.Choices;
import io.telecomllm.training.progress.TrainingListener.StepRecord;
import io.telecomllm.training.progress.TrainingListener.WarningRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongToDoubleFunction;
import org.junit.jupiter.api.Test;

class ChoiceWatchTest {
  private static final double GUESS = Math.log(4);

  /** Steps of 8 questions with four options; returns the warnings by their steps. */
  private static List<WarningRecord> watch(int count, LongToDoubleFunction loss) {
    List<StepRecord> steps = new ArrayList<>();
    List<WarningRecord> warnings = new ArrayList<>();
    ChoiceWatch watch = new ChoiceWatch(steps);
    for (int i = 1; i <= count; i++) {
      if (i % 50 == 0) {
        // a resumed run sees the same
        watch = new ChoiceWatch(steps);
      }
      Choices choices = new Choices(8, 2, loss.applyAsDouble(i), GUESS);
      steps.add(new StepRecord(i, 1, 0.1, 0, choices, 1, 1e-4, 8, 900, 600, 1));
      watch.after(steps).ifPresent(warnings::add);
    }
    return warnings;
  }

  @Test
  void aRunThatGuessesIsToldSoOnce() {
    List<WarningRecord> warnings = watch(200, step -> 1.02 * GUESS);
    assertThat(warnings).hasSize(1);
    assertThat(warnings.get(0).step()).isEqualTo(32);
    assertThat(warnings.get(0).message())
        .startsWith(
            "the run does not learn to choose: over the last 128 questions the loss of the choice is"
                + " 1.41, that of a guess is 1.39.");
  }

  @Test
  void aRunThatLearnsIsNot() {
    assertThat(watch(200, step -> step < 15 ? 1.5 * GUESS : 0.9 * GUESS)).isEmpty();
    assertThat(watch(31, step -> 2 * GUESS)).isEmpty();
  }

  @Test
  void aRunThatFallsBackIsToldAgain() {
    List<WarningRecord> warnings =
        watch(200, step -> step <= 40 || step > 90 ? 1.1 * GUESS : 0.5 * GUESS);
    assertThat(warnings.stream().map(WarningRecord::step)).containsExactly(32L, 128L);
  }

  @Test
  void stepsWithoutChoicesSayNothing() {
    List<StepRecord> steps = new ArrayList<>();
    ChoiceWatch watch = new ChoiceWatch(steps);
    for (int i = 1; i <= 100; i++) {
      steps.add(new StepRecord(i, 1, 5, 0, Choices.NONE, 1, 1e-4, 8, 900, 600, 1));
      assertThat(watch.after(steps)).isEmpty();
    }
  }
}
