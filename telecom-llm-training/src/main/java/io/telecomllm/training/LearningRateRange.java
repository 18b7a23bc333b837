package io.telecomllm.training;

import static com.google.common.base.Preconditions.checkArgument;

import io.telecomllm.lora.LoraAdapter;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.training.loss.TrainingNoise;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/**
 * A learning-rate range test (Smith 2017): a new adapter takes some steps while the rate rises by
 * the same factor each step; where the loss falls fastest is a good rate, where it rises is too
 * much.
 *
 * @param points in the order of the steps; the test ends early when the loss is far above its best
 */
public record LearningRateRange(List<Point> points) {
  /** How much of the smoothed loss stays from step to step. */
  private static final double SMOOTHING = 0.8;

  /** The test ends when the smoothed loss is so many times its least. */
  private static final double DIVERGED = 2;

  /** The first steps say little: the smoothed loss is made of few. */
  private static final int FIRST = 3;

  /**
   * A step.
   *
   * @param learningRate of this step
   * @param loss before it
   * @param smoothed the mean of the losses so far, later ones counting more
   */
  public record Point(double learningRate, double loss, double smoothed) {}

  /** Keeps a copy. */
  public LearningRateRange {
    points = List.copyOf(points);
  }

  /** The rate at which the smoothed loss fell fastest; empty if it never fell. */
  public OptionalDouble suggestion() {
    double steepest = 0;
    OptionalDouble best = OptionalDouble.empty();
    for (int i = FIRST; i < points.size(); i++) {
      // equal steps of the rate's logarithm: differences are slopes
      double slope = points.get(i).smoothed() - points.get(i - 1).smoothed();
      if (slope < steepest) {
        steepest = slope;
        best = OptionalDouble.of(points.get(i - 1).learningRate());
      }
    }
    return best;
  }

  static LearningRateRange measure(
      QLoraTrainer trainer, TrainingData data, double from, double to, int steps) {
    checkArgument(from > 0 && from < to, "from is %s, must be over 0 and below to, %s", from, to);
    checkArgument(to <= 10, "to is %s, must be at most 10", to);
    checkArgument(steps >= 5, "steps are %s, must be at least 5", steps);
    LanguageModel model = trainer.model();
    TrainingConfig config = trainer.config();
    List<Point> points = new ArrayList<>();
    try (LoraAdapter adapter = LoraAdapter.create(trainer.lora(), model, config.seed());
        Optimization optimization = Optimization.of(model, adapter, config.optimizer(), null)) {
      double average = 0;
      double least = Double.POSITIVE_INFINITY;
      for (int i = 0; i < steps && !trainer.cancellation().requested(); i++) {
        // beyond the run's last step the questions come again
        TrainingData.Step step = data.step(i % data.steps() + 1);
        Optimization.Measured measured =
            optimization.measure(
                List.of(
                    new Optimization.Objective(
                        data.window(step.examples(), config.batchSize(), TrainingNoise.NONE), 1)));
        double rate = from * Math.pow(to / from, (double) i / (steps - 1));
        average = SMOOTHING * average + (1 - SMOOTHING) * measured.loss();
        double smoothed = average / (1 - Math.pow(SMOOTHING, i + 1.0));
        points.add(new Point(rate, measured.loss(), smoothed));
        least = Math.min(least, smoothed);
        if (!measured.finite() || smoothed > DIVERGED * least) {
          break;
        }
        optimization.update(rate);
      }
    }
    return new LearningRateRange(points);
  }
}
