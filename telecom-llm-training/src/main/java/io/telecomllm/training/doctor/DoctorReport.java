package io.telecomllm.training.doctor;

import com.google.common.base.Strings;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What {@link Doctor} found. Immutable.
 *
 * @param facts versions, folders, device, compute type, threads and memory, by name, for people
 * @param operators the operators that were compared, the largest difference first
 * @param notCompared the operators that no trial has called, or that draw random values
 * @param speeds rows a second by the name of what was measured
 * @param problems what keeps the library from working here, or would make its results wrong; empty
 *     if there is nothing
 */
public record DoctorReport(
    Map<String, String> facts,
    List<OperatorCheck> operators,
    List<String> notCompared,
    Map<String, Double> speeds,
    List<String> problems) {
  private static final int SHOWN = 8;

  /**
   * An operator of the device compared with the CPU in fp32, on the same values.
   *
   * @param operator its name
   * @param calls how often it was compared
   * @param largestDifference the largest difference as a share of the result's largest value; NaN
   *     if one side had no number
   * @param tolerance the most that the compute type's rounding explains
   */
  public record OperatorCheck(
      String operator, int calls, double largestDifference, double tolerance) {
    /** Returns whether rounding explains the difference. */
    public boolean ok() {
      return largestDifference <= tolerance;
    }
  }

  /** Copies the lists. */
  public DoctorReport {
    facts = Collections.unmodifiableMap(new LinkedHashMap<>(facts));
    List<OperatorCheck> sorted = new ArrayList<>(operators);
    sorted.sort(
        Comparator.comparing(OperatorCheck::ok)
            .thenComparing(OperatorCheck::largestDifference, Comparator.reverseOrder()));
    operators = List.copyOf(sorted);
    notCompared = List.copyOf(notCompared);
    speeds = Collections.unmodifiableMap(new LinkedHashMap<>(speeds));
    problems = List.copyOf(problems);
  }

  /** Returns whether nothing is wrong. */
  public boolean ok() {
    return problems.isEmpty();
  }

  /** Returns the report as text of several lines, for people. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    facts.forEach((name, value) -> line(text, name, value));
    if (!operators.isEmpty()) {
      line(text, "operators compared", operators.size() + ", largest differences:");
      for (OperatorCheck check : operators.subList(0, Math.min(SHOWN, operators.size()))) {
        line(
            text,
            "  " + check.operator(),
            String.format(
                Locale.ROOT,
                "%.1e of %.1e%s",
                check.largestDifference(),
                check.tolerance(),
                check.ok() ? "" : "  WRONG"));
      }
      line(text, "not compared", String.join(" ", notCompared));
    }
    speeds.forEach(
        (name, rows) -> line(text, name, String.format(Locale.ROOT, "%.0f rows/s", rows)));
    if (problems.isEmpty()) {
      line(text, "result", "everything works");
    } else {
      problems.forEach(problem -> line(text, "PROBLEM", problem));
    }
    return text.toString();
  }

  private static void line(StringBuilder text, String name, String value) {
    text.append(Strings.padEnd(name, 32, ' ')).append(value).append(System.lineSeparator());
  }
}
