package io.telecomllm.training.run;

import static com.google.common.base.Preconditions.checkArgument;

import io.telecomllm.Internal;
import io.telecomllm.data.Split;
import io.telecomllm.lora.LoraAdapter;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.training.batching.StepBatch;
import io.telecomllm.training.gradients.GradientSource;
import io.telecomllm.training.progress.LearningRateRange;
import io.telecomllm.training.settings.TrainingConfig;
import java.util.ArrayList;
import java.util.List;

/** Measures a {@link LearningRateRange} on a new adapter that is discarded. */
@Internal
public final class RangeTest {
  /** The weight of the earlier losses in the smoothed loss. */
  private static final double SMOOTHING = 0.8;

  /** The test ends when the smoothed loss is this multiple of its lowest value. */
  private static final double DIVERGED = 2;

  private RangeTest() {}

  /**
   * Takes steps at rising rates.
   *
   * @param from the first rate, over 0
   * @param to the last rate, over the first and at most 10
   * @param steps the number of steps, at least 5
   */
  public static LearningRateRange measure(
      RunSetup setup, Split split, double from, double to, int steps) {
    checkArgument(from > 0 && from < to, "from is %s, must be over 0 and below to, %s", from, to);
    checkArgument(to <= 10, "to is %s, must be at most 10", to);
    checkArgument(steps >= 5, "steps are %s, must be at least 5", steps);
    LanguageModel model = setup.model();
    TrainingConfig config = setup.config();
    RunData data = new RunData(config, setup.questions(split));
    List<LearningRateRange.Point> points = new ArrayList<>();
    try (LoraAdapter adapter = LoraAdapter.create(setup.lora(), model, config.seed());
        GradientSource source = setup.source(model, adapter);
        Optimization optimization = Optimization.of(model, adapter, source, config.optimizer())) {
      double average = 0;
      double least = Double.POSITIVE_INFINITY;
      for (int i = 0; i < steps && !setup.cancellation().requested(); i++) {
        // after the run's last step, start again with its first
        long number = i % data.steps() + 1;
        StepBatch batch =
            data.batch(data.step(number).items(), config.batchSize(), setup.noise(number));
        Optimization.Measured measured = measure(optimization, batch);
        double rate = from * Math.pow(to / from, (double) i / (steps - 1));
        average = SMOOTHING * average + (1 - SMOOTHING) * measured.loss();
        double smoothed = average / (1 - Math.pow(SMOOTHING, i + 1.0));
        points.add(new LearningRateRange.Point(rate, measured.loss(), smoothed));
        least = Math.min(least, smoothed);
        if (!measured.finite() || smoothed > DIVERGED * least) {
          break;
        }
        optimization.update(rate);
      }
    }
    return new LearningRateRange(points);
  }

  /** Measures a step; in fp16 again with half the loss scale until it does not overflow. */
  private static Optimization.Measured measure(Optimization optimization, StepBatch batch) {
    while (true) {
      Optimization.Measured measured =
          optimization.measure(List.of(new Optimization.Part(batch, 1)));
      if (measured.finite()
          || !optimization.lossScale().dynamic()
          || !Double.isFinite(measured.loss())) {
        return measured;
      }
      optimization.lossScale(optimization.lossScale().next(false));
    }
  }
}
