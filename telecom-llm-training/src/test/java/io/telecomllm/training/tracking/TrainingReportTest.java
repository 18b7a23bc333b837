package io.telecomllm.training.tracking;

import static org.assertj.core.api.Assertions.assertThat;

import io.telecomllm.data.Choices;
import io.telecomllm.training.progress.TrainingListener.StepRecord;
import io.telecomllm.training.progress.TrainingReport;
import io.telecomllm.training.progress.TrainingReport.CategoryAccuracy;
import io.telecomllm.training.progress.TrainingReport.Ending;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A report printed as text is a line, whatever the number of steps. */
class TrainingReportTest {
  private static StepRecord step(long number, double loss, double seconds) {
    Choices choices = new Choices(8, 4, 1.25, Math.log(4));
    return new StepRecord(number, 1, loss, 0, choices, 1, 1e-4, 8, 900, 700, seconds);
  }

  @Test
  void aLineSaysHowItWent() {
    TrainingReport report =
        Runs.report(
            List.of(step(1, 0.5, 60), step(2, 0.25, 120)),
            List.of(),
            List.of(),
            List.of(new CategoryAccuracy("Lexicon", 30, 12, 24)),
            Ending.STOPPED_EARLY);
    assertThat(report)
        .hasToString(
            "stopped early after 2 steps (3 min), loss 0.375, choice 1.25 (50 % right),"
                + " right answers 12 -> 24 of 30, 2 questions left out");
  }

  @Test
  void aRunWithoutStepsHasNoLoss() {
    assertThat(Runs.report(List.of(), List.of(), List.of(), List.of(), Ending.CANCELLED))
        .hasToString("cancelled after 0 steps (0.0 s), 2 questions left out");
  }

  @Test
  void aThousandStepsAreALineToo() {
    assertThat(Runs.report(1000, Ending.COMPLETED).toString()).hasSizeLessThan(160);
  }
}
