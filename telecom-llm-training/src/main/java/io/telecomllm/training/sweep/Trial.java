package io.telecomllm.training.sweep;

import io.telecomllm.training.QLoraTrainer;
import java.util.List;
import java.util.OptionalDouble;

/**
 * A combination of settings that a sweep tries, with its result.
 *
 * @param number its number, from 1, in the order of the sweep
 * @param learningRate the highest rate of the schedule
 * @param effectiveBatch the number of questions per optimizer step
 * @param rank the rank of the adapter
 * @param steps the number of optimizer steps up to the last evaluation; if the trial diverged, up
 *     to the step that went wrong
 * @param evaluations the evaluations so far, in order
 * @param ending how it ended
 */
public record Trial(
    int number,
    double learningRate,
    int effectiveBatch,
    int rank,
    long steps,
    List<Evaluation> evaluations,
    Ending ending) {
  /** Keeps a copy of the list. */
  public Trial {
    evaluations = List.copyOf(evaluations);
  }

  /**
   * The loss of the choice among the options of the validation questions.
   *
   * @param step the optimizer step after which it was measured
   * @param loss the mean over the questions; NaN if it is not finite
   */
  public record Evaluation(long step, double loss) {
    /** Turns infinities into NaN, since JSON files hold null for all of them. */
    public Evaluation {
      loss = Double.isFinite(loss) ? loss : Double.NaN;
    }
  }

  /** How a trial ended. */
  public enum Ending {
    /** All its steps were made. */
    COMPLETED,
    /** It was worse than other trials, and ended before its last step. */
    PRUNED,
    /** A loss or gradient was not finite, or far too high. */
    DIVERGED,
    /** It has not started, or resumes when the sweep does. */
    UNFINISHED
  }

  static Trial planned(int number, double learningRate, int effectiveBatch, int rank) {
    return new Trial(number, learningRate, effectiveBatch, rank, 0, List.of(), Ending.UNFINISHED);
  }

  Trial with(long madeSteps, List<Evaluation> measured, Ending how) {
    return new Trial(number, learningRate, effectiveBatch, rank, madeSteps, measured, how);
  }

  /** Returns the lowest loss of the evaluations; empty if there is none that is finite. */
  public OptionalDouble bestLoss() {
    return evaluations.stream().mapToDouble(Evaluation::loss).filter(Double::isFinite).min();
  }

  /**
   * Returns a trainer with this trial's rate, batch and rank and otherwise unchanged settings, such
   * as to train the best trial in full.
   *
   * <p>It needs no more memory than the given trainer: {@code batchSize} becomes the largest
   * divisor of the effective batch that is at most the trainer's {@code batchSize}, and {@code
   * gradientAccumulation} the quotient. {@code alpha} is unchanged, so a higher rank is scaled by a
   * lower {@code alpha / rank} (Hu et al. 2021, section 4.1); ranks in the trainer's {@code
   * rankPattern} are unchanged too.
   */
  public QLoraTrainer applied(QLoraTrainer trainer) {
    int most = Math.min(effectiveBatch, trainer.config().batchSize());
    int batch = most;
    while (effectiveBatch % batch != 0) {
      batch--;
    }
    int size = batch;
    return trainer
        .lora(trainer.lora().toBuilder().rank(rank).build())
        .with(
            c ->
                c.learningRate(learningRate)
                    .batchSize(size)
                    .gradientAccumulation(effectiveBatch / size));
  }
}
