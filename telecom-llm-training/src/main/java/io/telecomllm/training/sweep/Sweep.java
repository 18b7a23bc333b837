package io.telecomllm.training.sweep;

import static com.google.common.base.Preconditions.checkArgument;

import io.telecomllm.InvalidDataException;
import io.telecomllm.data.Split;
import io.telecomllm.training.QLoraTrainer;
import io.telecomllm.training.checkpoint.Checkpoints;
import io.telecomllm.training.settings.Records;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Tries every combination of some learning rates, batches and ranks, one run after the other, and
 * compares them by the loss on the validation questions.
 *
 * <pre>{@code
 * Sweep.Result result = Sweep.of(trainer)
 *     .learningRates(1e-4, 2e-4, 4e-4)
 *     .effectiveBatches(4, 8)
 *     .ranks(8, 16)
 *     .run(split, Path.of("sweep"));
 * QLoraTrainer best = result.best().orElseThrow().applied(trainer);
 * }</pre>
 *
 * <p>What is varied: the schedule's highest rate, the questions an optimizer step, the adapter's
 * rank; see {@link Trial#applied}. What is not named stays the trainer's. The rates vary first,
 * then the batches, then the ranks.
 *
 * <p>A trial has the steps of the trainer's whole run, but for at most as many as there are {@link
 * #evaluations}. When it is evaluated is the sweep's matter, so that trials of different batches
 * are compared after the same share of their steps; of the trainer's own evaluation settings none
 * counts: no early stopping, no accuracy. A trial that does worse than the others ends early, by
 * the median stopping rule (Golovin et al. 2017); one whose numbers go wrong ends as diverged. The
 * rule sees the beginning alone: settings that are slow at first, such as a low rate, may be pruned
 * although they would have come out ahead; {@link #pruneAfter} keeps them.
 *
 * <p>The trainer's listener hears of each trial as of a run, and its cancellation ends the sweep
 * within a step. Killed or cancelled at any moment, a sweep goes on when it is called again on the
 * same folder: finished trials are not repeated, the one under way goes on from its checkpoint, and
 * the result becomes what it would have become without, on the same machine with one thread. Trials
 * are saved as the trainer's checkpoint settings say.
 *
 * <p>The folder holds {@code sweep.html}, a page with table and plots; {@code sweep.json}, the same
 * for programs, see {@link #run}; and a folder of checkpoints for each trial, {@code trial-1} and
 * so on, in which the adapter of a completed one can be used.
 *
 * <p>Immutable: each setting returns a changed copy.
 */
public final class Sweep {
  private static final int MOST_TRIALS = 1000;

  private final QLoraTrainer trainer;
  private final Tried tried;

  /** What is varied, and how trials are compared. */
  private record Tried(
      List<Double> learningRates,
      List<Integer> effectiveBatches,
      List<Integer> ranks,
      int evaluations,
      int pruneAfter) {}

  private Sweep(QLoraTrainer trainer, Tried tried) {
    this.trainer = trainer;
    this.tried = tried;
  }

  /** Tries settings of this trainer. */
  public static Sweep of(QLoraTrainer trainer) {
    return new Sweep(
        trainer,
        new Tried(
            List.of(trainer.config().optimizer().learningRate()),
            List.of(trainer.config().effectiveBatch()),
            List.of(trainer.lora().rank()),
            /* evaluations= */ 4,
            /* pruneAfter= */ 3));
  }

  private Sweep changed(String component, Object value) {
    return new Sweep(trainer, Records.with(tried, Map.of(component, value)));
  }

  /**
   * The highest rates to try.
   *
   * @param values each over 0 and at most 1, none twice
   */
  public Sweep learningRates(double... values) {
    List<Double> all = Arrays.stream(values).boxed().toList();
    checkDistinct("learningRates", all);
    // the trainer's own check, now and not after hours
    all.forEach(rate -> trainer.with(c -> c.learningRate(rate)));
    return changed("learningRates", all);
  }

  /**
   * The questions an optimizer step to try: what TRL calls {@code per_device_train_batch_size}
   * times {@code gradient_accumulation_steps}.
   *
   * @param values each 1 to 65536, none twice
   */
  public Sweep effectiveBatches(int... values) {
    List<Integer> all = Arrays.stream(values).boxed().toList();
    checkDistinct("effectiveBatches", all);
    all.forEach(
        value ->
            checkArgument(
                value >= 1 && value <= 1 << 16,
                "effectiveBatches holds %s, must be 1 to %s",
                value,
                1 << 16));
    return changed("effectiveBatches", all);
  }

  /**
   * The ranks to try.
   *
   * @param values each 1 to 4096, none twice
   */
  public Sweep ranks(int... values) {
    List<Integer> all = Arrays.stream(values).boxed().toList();
    checkDistinct("ranks", all);
    all.forEach(rank -> trainer.lora().toBuilder().rank(rank).build());
    return changed("ranks", all);
  }

  /**
   * How often a trial is evaluated, in equal distances, the last time after its last step: 1 to
   * 1000, 4 if it is not set; at most once a step. The first chance to prune comes with the first
   * evaluation.
   */
  public Sweep evaluations(int value) {
    checkArgument(value >= 1 && value <= 1000, "evaluations is %s, must be 1 to 1000", value);
    return changed("evaluations", value);
  }

  /**
   * How many trials must be completed before others are pruned, at least 1; 3 if it is not set.
   * With as many as there are trials none is pruned.
   */
  public Sweep pruneAfter(int trials) {
    checkArgument(trials >= 1, "pruneAfter is %s, must be at least 1", trials);
    return changed("pruneAfter", trials);
  }

  private static void checkDistinct(String setting, List<?> values) {
    checkArgument(!values.isEmpty(), "%s is empty, must hold at least one value", setting);
    HashSet<Object> seen = new HashSet<>();
    values.forEach(v -> checkArgument(seen.add(v), "%s holds %s twice", setting, v));
  }

  /**
   * What came of it.
   *
   * @param trials in the order of the sweep
   */
  public record Result(List<Trial> trials) {
    /** Keeps a copy. */
    public Result {
      trials = List.copyOf(trials);
    }

    /**
     * The completed trial with the least loss at any of its evaluations, the first of equal ones;
     * empty if none was completed.
     */
    public Optional<Trial> best() {
      return trials.stream()
          .filter(trial -> trial.ending() == Trial.Ending.COMPLETED)
          .min(Comparator.comparingDouble(trial -> trial.bestLoss().orElse(Double.MAX_VALUE)));
    }

    /** Whether it was stopped before its end; called again on its folder it goes on. */
    public boolean cancelled() {
      return trials.stream().anyMatch(trial -> trial.ending() == Trial.Ending.UNFINISHED);
    }

    /** A table in Markdown, a row each trial. */
    public String table() {
      return SweepTable.markdown(this);
    }
  }

  /**
   * Runs the trials that the folder does not have yet.
   *
   * <p>{@code sweep.json} has {@code settings}, by which the folder is known to be this sweep's,
   * and {@code trials}: each with {@code number}, {@code learningRate}, {@code effectiveBatch},
   * {@code rank}, {@code steps}, {@code ending} (as {@link Trial.Ending} in lower case), and {@code
   * evaluations}, an array of {@code step} and {@code loss} (null where it is not finite). Both
   * files are replaced as a whole, whenever a trial was evaluated or ended.
   *
   * @throws IllegalArgumentException if there are no validation questions, or settings do not fit
   *     each other or the model
   * @throws InvalidDataException if no question on one side fits the sequence length; if {@code
   *     sweep.json} is damaged
   * @throws io.telecomllm.IncompatibleException if the folder holds another sweep, naming what
   *     differs
   * @throws io.telecomllm.TelecomLlmException if the folder cannot be used, or another process uses
   *     it; what a run throws, other than that its numbers went wrong
   */
  public Result run(Split split, Path folder) {
    checkArgument(
        !split.validation().isEmpty(),
        "the split has no validation questions: trials are compared by their loss on them");
    List<Trial> grid = grid();
    EvaluationPlan plan = EvaluationPlan.of(trainer, split, grid, tried.evaluations());
    try (Checkpoints lock = Checkpoints.open(folder, 1)) {
      SweepFolder files =
          SweepFolder.open(
              lock.folder(),
              SweepFacts.of(
                  trainer.lineage(split),
                  tried.learningRates(),
                  tried.effectiveBatches(),
                  tried.ranks(),
                  plan.evaluations(),
                  tried.pruneAfter()),
              grid);
      for (Trial trial : grid) {
        if (stopped()) {
          break;
        }
        new TrialRun(trainer, plan, new MedianRule(tried.pruneAfter()), files, trial.number())
            .run(split);
      }
      return files.result();
    }
  }

  private boolean stopped() {
    return trainer.cancellation().requested() || Thread.currentThread().isInterrupted();
  }

  private List<Trial> grid() {
    long size =
        (long) tried.learningRates().size()
            * tried.effectiveBatches().size()
            * tried.ranks().size();
    checkArgument(
        size <= MOST_TRIALS, "the sweep has %s trials, at most %s are allowed", size, MOST_TRIALS);
    List<Trial> grid = new ArrayList<>();
    for (int rank : tried.ranks()) {
      for (int batch : tried.effectiveBatches()) {
        for (double rate : tried.learningRates()) {
          grid.add(Trial.planned(grid.size() + 1, rate, batch, rank));
        }
      }
    }
    return grid;
  }
}
