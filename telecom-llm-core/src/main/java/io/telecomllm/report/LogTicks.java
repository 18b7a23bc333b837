package io.telecomllm.report;

import io.telecomllm.Internal;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** The ticks of a logarithmic axis: powers of ten, or 1, 2 and 5 times them. */
@Internal
public final class LogTicks {
  private static final double SLACK = 1e-9;

  private LogTicks() {}

  /**
   * Returns the ticks within a range with their labels, at least one.
   *
   * @param low over 0
   * @param about the approximate upper limit of the number of ticks
   */
  static Map<Double, String> within(double low, double high, int about) {
    int first = (int) Math.floor(Math.log10(low) + SLACK);
    int last = (int) Math.floor(Math.log10(high) + SLACK);
    int[] leads = 3 * (last - first) < about ? new int[] {1, 2, 5} : new int[] {1};
    int step = Math.max(1, (last - first + about) / Math.max(1, about));
    Map<Double, String> ticks = new LinkedHashMap<>();
    for (int power = first; power <= last; power += step) {
      for (int lead : leads) {
        double value = Double.parseDouble(lead + "e" + power);
        if (value >= low * (1 - SLACK) && value <= high * (1 + SLACK)) {
          ticks.put(value, label(value));
        }
      }
    }
    if (ticks.isEmpty()) {
      ticks.put(low, label(low));
    }
    return ticks;
  }

  /**
   * Formats a value with at most three significant digits: {@code 2e-4}, {@code 1.25e-4}, {@code
   * 0.5}.
   */
  public static String label(double value) {
    if (value >= 0.1 && value < 1000) {
      return new BigDecimal(value).round(new MathContext(3)).stripTrailingZeros().toPlainString();
    }
    return String.format(Locale.ROOT, "%.2e", value)
        .replaceFirst("\\.?0*e", "e")
        .replaceFirst("e([+-])0?", "e$1")
        .replace("e+", "e");
  }
}
