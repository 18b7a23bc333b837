package io.telecomllm.training.sweep;

import io.telecomllm.training.QLoraTrainer;
import java.util.List;
import java.util.OptionalDouble;

/**
 * Settings that were tried, and how it went.
 *
 * @param number from 1, in the order of the sweep
 * @param learningRate the highest rate of the schedule
 * @param effectiveBatch questions an optimizer step
 * @param rank of the adapter
 * @param steps optimizer steps up to the last evaluation; of one that diverged up to the step that
 *     went wrong
 * @param evaluations in their order
 * @param ending how it ended, so far
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
   * The loss on the validation questions.
   *
   * @param step the optimizer step it was taken after
   * @param loss the mean over their supervised tokens; NaN where it is not finite
   */
  public record Evaluation(long step, double loss) {
    /** Makes infinities NaN: files know but one. */
    public Evaluation {
      loss = Double.isFinite(loss) ? loss : Double.NaN;
    }
  }

  /** How a trial ended. */
  public enum Ending {
    /** All its steps were made. */
    COMPLETED,
    /** It was worse than others, and ended before its last step. */
    PRUNED,
    /** A loss or gradient was not finite, or far too high. */
    DIVERGED,
    /** It has not begun, or goes on when the sweep does. */
    UNFINISHED
  }

  static Trial planned(int number, double learningRate, int effectiveBatch, int rank) {
    return new Trial(number, learningRate, effectiveBatch, rank, 0, List.of(), Ending.UNFINISHED);
  }

  Trial with(long madeSteps, List<Evaluation> measured, Ending how) {
    return new Trial(number, learningRate, effectiveBatch, rank, madeSteps, measured, how);
  }

  /** The least loss of its evaluations; empty before the first. */
  public OptionalDouble bestLoss() {
    return evaluations.stream().mapToDouble(Evaluation::loss).filter(Double::isFinite).min();
  }

  /**
   * A trainer with this trial's rate, batch and rank, and everything else as it is, such as to
   * train the best in full.
   *
   * <p>Its effective batch is made of batches of at most the trainer's {@code batchSize}, so that
   * it needs no more memory: {@code batchSize} becomes the largest divisor of the effective batch
   * up to that, {@code gradientAccumulation} the rest. Its {@code alpha} stays, so that a higher
   * rank is scaled by a lower {@code alpha / rank} (Hu et al. 2021, section 4.1); ranks of the
   * trainer's {@code rankPattern} stay too.
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
