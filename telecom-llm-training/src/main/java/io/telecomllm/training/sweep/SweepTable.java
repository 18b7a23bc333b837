package io.telecomllm.training.sweep;

import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.stream.Collectors;

/** The texts of a sweep's table. */
final class SweepTable {
  static final List<String> COLUMNS =
      List.of(
          "trial", "learning rate", "batch", "rank", "steps", "best loss", "last loss", "ended");

  private SweepTable() {}

  static List<String> row(Trial trial, boolean best) {
    int last = trial.evaluations().size() - 1;
    return List.of(
        String.valueOf(trial.number()),
        rate(trial.learningRate()),
        String.valueOf(trial.effectiveBatch()),
        String.valueOf(trial.rank()),
        String.valueOf(trial.steps()),
        loss(trial.bestLoss()),
        loss(
            last < 0
                ? OptionalDouble.empty()
                : OptionalDouble.of(trial.evaluations().get(last).loss())),
        SweepFolder.word(trial.ending()) + (best ? ", best" : ""));
  }

  static boolean isBest(Sweep.Result result, Trial trial) {
    return result.best().filter(trial::equals).isPresent();
  }

  static String markdown(Sweep.Result result) {
    return line(COLUMNS)
        + "|---:|---:|---:|---:|---:|---:|---:|---|\n"
        + result.trials().stream()
            .map(trial -> line(row(trial, isBest(result, trial))))
            .collect(Collectors.joining());
  }

  private static String line(List<String> cells) {
    return "| " + String.join(" | ", cells) + " |\n";
  }

  /** Formats a rate with the fewest digits that identify it, such as {@code 2e-4}. */
  static String rate(double value) {
    return Double.toString(value).replaceFirst("\\.0(?=E|$)", "").replace('E', 'e');
  }

  private static String loss(OptionalDouble value) {
    return value.isEmpty() || Double.isNaN(value.getAsDouble())
        ? "–"
        : String.format(Locale.ROOT, "%.4f", value.getAsDouble());
  }
}
