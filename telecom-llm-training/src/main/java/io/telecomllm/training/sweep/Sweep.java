package io.telecomllm.training.sweep;

import static com.google.common.base.Preconditions.checkArgument;

import io.telecomllm.InvalidDataException;
import io.telecomllm.Records;
import io.telecomllm.data.Split;
import io.telecomllm.training.QLoraTrainer;
import io.telecomllm.training.checkpoint.Checkpoints;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Tries every combination of given learning rates, batches and ranks, one run after the other, and
 * compares them by the loss of the choice on the validation questions.
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
 * <p>A sweep varies the schedule's highest rate, the questions per optimizer step and the adapter's
 * rank; see {@link Trial#applied}. A setting without values keeps the trainer's. The rates vary
 * fastest, then the batches, then the ranks.
 *
 * <p>A trial takes the steps of the trainer's whole run, rounded down to a multiple of {@link
 * #evaluations}. The sweep decides when it is evaluated, so that trials with different batches are
 * compared after the same share of their steps; the trainer's own evaluation settings are ignored:
 * there is no early stopping and no accuracy. A trial that does worse than the others ends early,
 * by the median stopping rule (Golovin et al. 2017); one whose numbers go wrong ends as diverged.
 * The rule judges by the first losses: it may prune settings that are slow at first, such as a low
 * rate, although they would have been best; a higher {@link #pruneAfter} keeps them.
 *
 * <p>The trainer's listener receives the events of each trial as of a run, and its cancellation
 * ends the sweep within a step. A sweep that was killed or cancelled at any moment resumes when it
 * is run again with the same folder: finished trials are not repeated, the one under way resumes
 * from its checkpoint, and the result is the same as without the interruption, on the same machine
 * with one thread. Trials write checkpoints as the trainer's settings say.
 *
 * <p>The folder holds {@code sweep.html}, a page with a table and plots; {@code sweep.json}, the
 * same for programs, see {@link #run}; and a folder of checkpoints for each trial, {@code trial-1}
 * and so on, which holds the adapter of a completed trial.
 *
 * <p>Immutable: each setting returns a changed copy.
 */
public final class Sweep {
  private static final int MOST_TRIALS = 1000;

  private final QLoraTrainer trainer;
  private final Tried tried;

  /** The values to try, and how trials are compared. */
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

  /** Creates a sweep that varies settings of this trainer. */
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
   * Sets the highest learning rates to try.
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
   * Sets the numbers of questions per optimizer step to try: TRL's {@code
   * per_device_train_batch_size} times {@code gradient_accumulation_steps}.
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
   * Sets the ranks to try.
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
   * Sets the number of evaluations of a trial, 1 to 1000; the default is 4, and there is at most
   * one per step. They are equally far apart, the last one after the last step. A trial can be
   * pruned from its first evaluation on.
   */
  public Sweep evaluations(int value) {
    checkArgument(value >= 1 && value <= 1000, "evaluations is %s, must be 1 to 1000", value);
    return changed("evaluations", value);
  }

  /**
   * Sets the number of trials that must be completed before others are pruned, at least 1; the
   * default is 3. With as many as there are trials, none is pruned.
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
   * The trials of a sweep.
   *
   * @param trials in the order of the sweep
   */
  public record Result(List<Trial> trials) {
    /** Keeps a copy. */
    public Result {
      trials = List.copyOf(trials);
    }

    /**
     * Returns the completed trial with the lowest loss at any of its evaluations, the first if
     * several tie; empty if none was completed.
     */
    public Optional<Trial> best() {
      return trials.stream()
          .filter(trial -> trial.ending() == Trial.Ending.COMPLETED)
          .min(Comparator.comparingDouble(trial -> trial.bestLoss().orElse(Double.MAX_VALUE)));
    }

    /**
     * Returns whether the sweep was stopped before its end; running it again with its folder
     * resumes it.
     */
    public boolean cancelled() {
      return trials.stream().anyMatch(trial -> trial.ending() == Trial.Ending.UNFINISHED);
    }

    /** Returns a Markdown table with a row for each trial. */
    public String table() {
      return SweepTable.markdown(this);
    }
  }

  /**
   * Runs the trials that are not finished in the folder, and returns all of them.
   *
   * <p>{@code sweep.json} has {@code settings}, which identify the sweep that the folder belongs
   * to, and {@code trials}: each with {@code number}, {@code learningRate}, {@code effectiveBatch},
   * {@code rank}, {@code steps}, {@code ending} (as {@link Trial.Ending} in lower case), and {@code
   * evaluations}, an array of {@code step} and {@code loss}, that of the choice (null where it is
   * not finite). Both files are replaced as a whole whenever a trial was evaluated or ended.
   *
   * @throws IllegalArgumentException if there are no validation questions, or settings do not fit
   *     each other or the model
   * @throws InvalidDataException if no training question, or no validation question, fits the
   *     sequence length; if {@code sweep.json} is damaged
   * @throws io.telecomllm.IncompatibleException if the folder holds another sweep, naming what
   *     differs
   * @throws io.telecomllm.TelecomLlmException if the folder cannot be used, or another process uses
   *     it; if a run throws it for another reason than divergence
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
