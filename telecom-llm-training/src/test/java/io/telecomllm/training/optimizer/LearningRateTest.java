package io.telecomllm.training.optimizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.google.common.io.Resources;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/**
 * Every step of transformers' schedules (tools/make_schedule_goldens.py), and what holds of all.
 */
class LearningRateTest {
  /** Two libraries' cosines may differ in the last bit. */
  private static final double ROUNDING = 4e-16;

  @Test
  void everyStepIsThatOfTransformers() throws IOException {
    List<String> lines =
        Resources.readLines(
            Resources.getResource(LearningRateTest.class, "schedules.csv"), StandardCharsets.UTF_8);
    Set<Schedule> seen = EnumSet.noneOf(Schedule.class);
    for (String line : lines) {
      String[] fields = line.split(",", -1);
      double[] numbers = Arrays.stream(fields).skip(1).mapToDouble(Double::parseDouble).toArray();
      Schedule schedule = Schedule.valueOf(fields[0]);
      seen.add(schedule);
      long steps = (long) numbers[2];
      LearningRate rate =
          new LearningRate(
              schedule, numbers[0], (long) numbers[1], steps, (int) numbers[3], numbers[4]);
      assertThat(numbers.length - 5).isEqualTo(steps + 1);
      for (int step = 0; step <= steps; step++) {
        assertThat(rate.at(step))
            .as("%s, step %s", rate, step)
            .isCloseTo(numbers[5 + step], within(ROUNDING * rate.peak()));
      }
    }
    assertThat(seen).containsExactly(Schedule.values());
  }

  @Property
  void risesToThePeakAndStaysBetweenItAndItsMinimum(
      @ForAll Schedule schedule,
      @ForAll @IntRange(min = 0, max = 40) int warmup,
      @ForAll @IntRange(min = 1, max = 200) int more,
      @ForAll @IntRange(min = 1, max = 5) int cycles,
      @ForAll @DoubleRange(min = 0, max = 1) double minimum) {
    LearningRate rate =
        new LearningRate(schedule, 0.5, warmup, (long) warmup + more, cycles, minimum);
    for (int step = 0; step < warmup; step++) {
      assertThat(rate.at(step)).isLessThan(rate.at(step + 1));
    }
    assertThat(rate.at(warmup)).isCloseTo(0.5, within(1e-15));
    for (int step = warmup; step <= warmup + more + 3; step++) {
      assertThat(rate.at(step)).isBetween(0.5 * minimum - 1e-15, 0.5 + 1e-15);
    }
    if (schedule != Schedule.CONSTANT) {
      assertThat(rate.at((long) warmup + more)).isCloseTo(0.5 * minimum, within(1e-15));
    }
  }

  @Test
  void wrongValuesAreNamed() {
    assertThatThrownBy(() -> LearningRate.cosine(Double.NaN, 0, 1))
        .hasMessage("peak rate is NaN, must be finite and over 0");
    assertThatThrownBy(() -> LearningRate.cosine(1, 3, 2))
        .hasMessage("warm-up steps are 3, must be 0 to 2");
    assertThatThrownBy(() -> LearningRate.cosine(1, 0, 0))
        .hasMessage("total steps are 0, must be at least 1");
    assertThatThrownBy(() -> new LearningRate(Schedule.COSINE, 1, 0, 1, 0, 0))
        .hasMessage("cycles are 0, must be at least 1");
    assertThatThrownBy(() -> new LearningRate(Schedule.COSINE, 1, 0, 1, 1, 1.5))
        .hasMessage("minimum is 1.5, must be 0 to 1");
    assertThatThrownBy(() -> LearningRate.cosine(1, 0, 1).at(-1))
        .hasMessage("step is -1, must be at least 0");
  }
}
