package io.telecomllm.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class ChartTest {
  private static List<String> labels(Ticks ticks) {
    return ticks.values().stream().map(ticks::label).toList();
  }

  @Test
  void ticksAreRoundAndReadable() {
    assertThat(labels(Ticks.around(0.31, 2.27, 5)))
        .containsExactly("0", "0.5", "1.0", "1.5", "2.0", "2.5");
    assertThat(labels(Ticks.around(0, 2e-4, 5)))
        .containsExactly("0", "5e-5", "1e-4", "1.5e-4", "2e-4");
    assertThat(labels(Ticks.around(0, 2e-7, 5)))
        .containsExactly("0", "5e-8", "1e-7", "1.5e-7", "2e-7");
    assertThat(labels(Ticks.around(-3, 4, 5))).containsExactly("-4", "-2", "0", "2", "4");
    assertThat(labels(Ticks.around(0, 9e7, 5)))
        .containsExactly("0", "2e7", "4e7", "6e7", "8e7", "1e8");
    assertThat(labels(Ticks.within(1, 20_000, 5)))
        .containsExactly("5,000", "10,000", "15,000", "20,000");
    assertThat(labels(Ticks.within(1, 3, 8))).containsExactly("1", "2", "3");
    assertThat(labels(Ticks.within(7, 7, 8))).containsExactly("7");
    assertThat(labels(Ticks.around(0.5, 0.5, 5)))
        .containsExactly("0.44", "0.46", "0.48", "0.50", "0.52", "0.54", "0.56");
  }

  @Test
  void aGuideIsALineWithoutMarks() {
    Curve diagonal = new Curve(new double[] {0, 100}, new double[] {0, 100});
    String svg =
        new Chart(440, 240, "right (%)", true)
            .guide(diagonal, "a < b")
            .line("other", diagonal, "found")
            .svg("both");
    assertThat(svg)
        .containsOnlyOnce("<path class=\"guide\"")
        .contains("<title>a &lt; b</title>", "<circle class=\"other\"")
        .doesNotContain("<circle class=\"guide\"");
  }

  @Property
  void ticksEncloseAnyRange(
      @ForAll @DoubleRange(min = -1e12, max = 1e12) double a,
      @ForAll @DoubleRange(min = -1e12, max = 1e12) double b,
      @ForAll @IntRange(min = 2, max = 12) int about) {
    double low = Math.min(a, b);
    double high = Math.max(a, b);
    Ticks ticks = Ticks.around(low, high, about);
    double slack = 1e-8 * ticks.step() + 1e-12 * Math.abs(low);
    assertThat(ticks.first()).isLessThanOrEqualTo(low + slack);
    assertThat(ticks.last()).isGreaterThanOrEqualTo(high - slack);
    assertThat(ticks.count()).isBetween(2, about + 3);
  }

  @Property
  void wholeTicksLieWithin(
      @ForAll @LongRange(min = 0, max = 1_000_000_000) long low,
      @ForAll @LongRange(min = 0, max = 1_000_000_000) long more,
      @ForAll @IntRange(min = 2, max = 12) int about) {
    Ticks ticks = Ticks.within(low, low + more, about);
    assertThat(ticks.values())
        .hasSizeBetween(1, 2 * about + 1)
        .allSatisfy(
            value -> {
              assertThat(value).isBetween((double) low, (double) (low + more));
              assertThat(value).isEqualTo(Math.rint(value));
            });
  }

  @Property
  void decimatingKeepsExtremesOrderAndNumber(
      @ForAll @Size(min = 1, max = 500) double[] values,
      @ForAll long gaps,
      @ForAll @IntRange(min = 2, max = 100) int most) {
    double[] y =
        IntStream.range(0, values.length)
            .mapToDouble(i -> (gaps >>> (i % 64) & 1) == 1 ? Double.NaN : values[i])
            .toArray();
    double[] x = IntStream.range(0, y.length).asDoubleStream().toArray();
    Curve curve = new Curve(x, y).decimated(most);
    assertThat(curve.size()).isBetween(1, most);
    assertThat(curve.x()).isSorted();
    assertThat(Arrays.stream(curve.y()).filter(Double::isFinite).max())
        .isEqualTo(Arrays.stream(y).filter(Double::isFinite).max());
    assertThat(Arrays.stream(curve.y()).filter(Double::isFinite).min())
        .isEqualTo(Arrays.stream(y).filter(Double::isFinite).min());
  }

  @Test
  void smoothingLooksToBothSidesAndKeepsGaps() {
    double[] y = {4, Double.NaN, 8, Double.POSITIVE_INFINITY, -1};
    double[] mean = new Curve(new double[] {1, 2, 3, 4, 5}, y).smoothed(0.5).y();
    for (int i = 0; i < y.length; i++) {
      double sum = 0;
      double weights = 0;
      for (int j = 0; j < y.length; j++) {
        if (Double.isFinite(y[j])) {
          sum += Math.pow(0.5, Math.abs(i - j)) * y[j];
          weights += Math.pow(0.5, Math.abs(i - j));
        }
      }
      double expected = Double.isFinite(y[i]) ? sum / weights : Double.NaN;
      assertThat(mean[i]).isEqualTo(expected, within(1e-12));
    }
  }

  @Test
  void aValueBetweenTwoGapsIsSeen() {
    Curve curve =
        new Curve(
            DoubleStream.iterate(1, s -> s + 1).limit(5).toArray(),
            new double[] {1, Double.NaN, 2, Double.NaN, 3});
    assertThat(new Chart(400, 240, "loss", true).line("line", curve).svg("a curve"))
        .contains("d=\"M56.0 ")
        .containsPattern("d=\"M[\\d. ]+h0M[\\d. ]+h0M[\\d. ]+h0\"");
  }
}
