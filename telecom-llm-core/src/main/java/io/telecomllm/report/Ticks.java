package io.telecomllm.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The ticks of an axis at round numbers.
 *
 * @param first the lowest tick
 * @param step the distance of two ticks: 1, 2 or 5 times a power of ten
 * @param count the number of ticks
 */
record Ticks(double first, double step, int count) {
  /** Returns about {@code about} ticks that enclose a range; a range of one value is widened. */
  static Ticks around(double low, double high, int about) {
    double room = high > low ? 0 : low == 0 ? 1 : Math.abs(low) * 0.1;
    double step = step((high - low + 2 * room) / about);
    double first = Math.floor((low - room) / step + 1e-9) * step;
    int count = (int) Math.ceil((high + room - first) / step - 1e-9) + 1;
    return new Ticks(first, step, count);
  }

  /** Returns about {@code about} ticks, at least one, at whole numbers within a range. */
  static Ticks within(long low, long high, int about) {
    double step = Math.max(1, step((double) (high - low) / about));
    double first = Math.ceil(low / step) * step;
    int count = (int) Math.floor((high - first) / step) + 1;
    // a short range may lie between two ticks
    return count > 0 ? new Ticks(first, step, count) : within(low, high, 2 * about);
  }

  private static double step(double rough) {
    double power = Math.pow(10, Math.floor(Math.log10(Math.max(rough, 1e-300))));
    double lead = rough / power;
    return (lead <= 1 + 1e-9 ? 1 : lead <= 2 ? 2 : lead <= 5 ? 5 : 10) * power;
  }

  double last() {
    return first + step * (count - 1);
  }

  /** Returns the ticks in ascending order. */
  List<Double> values() {
    List<Double> values = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      double value = first + step * i;
      // no -0 and no 1e-17 where 0 is meant
      values.add(Math.abs(value) < step / 2 ? 0.0 : value);
    }
    return values;
  }

  /** Returns the label of a tick, with enough digits to distinguish it from its neighbours. */
  String label(double value) {
    if (value == 0) {
      return "0";
    }
    int digits = (int) Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
    double largest = Math.max(Math.abs(first), Math.abs(last()));
    if (largest >= 1e7 || digits > 4) {
      int lead = (int) Math.floor(Math.log10(Math.abs(value)) + 1e-9);
      int places = Math.max(0, lead + digits);
      String power =
          String.format(Locale.ROOT, "%." + places + "fe%d", value / Math.pow(10, lead), lead);
      return power.replaceFirst("(\\.\\d*?)0+e", "$1e").replace(".e", "e");
    }
    return String.format(Locale.ROOT, "%,." + digits + "f", value);
  }
}
