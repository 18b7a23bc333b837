package io.telecomllm.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class LogTicksTest {
  @Test
  void labelsAreShort() {
    assertThat(LogTicks.within(1e-6, 1e-1, 10).values())
        .containsExactly("1e-6", "1e-5", "1e-4", "1e-3", "1e-2", "0.1");
    assertThat(LogTicks.within(1e-4, 2e-3, 10).values())
        .containsExactly("1e-4", "2e-4", "5e-4", "1e-3", "2e-3");
    assertThat(LogTicks.within(3e-4, 4e-4, 10).values()).containsExactly("3e-4");
    assertThat(List.of(LogTicks.label(1.25e-4), LogTicks.label(1), LogTicks.label(25)))
        .containsExactly("1.25e-4", "1", "25");
  }

  @Property
  void ticksLieWithinAndRise(
      @ForAll @DoubleRange(min = -12, max = 2) double low,
      @ForAll @DoubleRange(min = 0, max = 12) double decades,
      @ForAll @IntRange(min = 1, max = 12) int about) {
    double from = Math.pow(10, low);
    double to = from * Math.pow(10, decades);
    Map<Double, String> ticks = LogTicks.within(from, to, about);
    assertThat(ticks).hasSizeBetween(1, 3 * about + 3);
    assertThat(new ArrayList<>(ticks.keySet()))
        .isSorted()
        .allSatisfy(tick -> assertThat(tick).isBetween(from * (1 - 1e-6), to * (1 + 1e-6)));
  }
}
