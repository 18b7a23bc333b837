package io.telecomllm.training.tracking;

import io.telecomllm.data.Choices;
import io.telecomllm.lora.LoraConfig;
import io.telecomllm.training.progress.TrainingListener.AnomalyRecord;
import io.telecomllm.training.progress.TrainingListener.EvaluationRecord;
import io.telecomllm.training.progress.TrainingListener.RunRecord;
import io.telecomllm.training.progress.TrainingListener.StepRecord;
import io.telecomllm.training.progress.TrainingReport;
import io.telecomllm.training.progress.TrainingReport.CategoryAccuracy;
import io.telecomllm.training.progress.TrainingReport.Ending;
import io.telecomllm.training.settings.TrainingConfig;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.stream.LongStream;

/** Records made by hand. */
final class Runs {
  private Runs() {}

  static RunRecord run(long steps, long resumedAt) {
    return run(TrainingConfig.defaults(), steps, resumedAt);
  }

  static RunRecord run(TrainingConfig config, long steps, long resumedAt) {
    return new RunRecord(
        config, io.telecomllm.lora.LoraConfig.defaults(), steps, resumedAt, 80, 2, 8_912_896, 2);
  }

  /** Values that follow from the step alone. */
  static StepRecord step(long step) {
    Random random = new Random(step * 0x9E3779B97F4A7C15L);
    double loss = 0.4 + 1.6 * Math.exp(-step / 60.0) + 0.12 * random.nextGaussian();
    return new StepRecord(
        step,
        (int) (1 + step / 100),
        loss,
        0,
        choices(step, random),
        Math.abs(0.6 + 0.25 * random.nextGaussian()) + 2.0 / step,
        2e-4 * Math.min(1, step / 20.0),
        8,
        1200,
        700,
        0.5);
  }

  private static Choices choices(long step, Random random) {
    int right = 2 + random.nextInt(6);
    return new Choices(8, right, 0.6 + 0.9 * Math.exp(-step / 80.0), Math.log(4));
  }

  static List<StepRecord> steps(int count) {
    return LongStream.rangeClosed(1, count).mapToObj(Runs::step).toList();
  }

  static EvaluationRecord evaluation(long step, double loss) {
    return new EvaluationRecord(
        step, 1, loss, 0, new Choices(100, 55, 1.1, Math.log(4)), OptionalDouble.of(0.625), true);
  }

  static TrainingReport report(
      List<StepRecord> steps,
      List<EvaluationRecord> evaluations,
      List<AnomalyRecord> anomalies,
      List<CategoryAccuracy> accuracy,
      Ending ending) {
    return new TrainingReport(
        TrainingConfig.defaults(),
        LoraConfig.builder().build(),
        steps,
        evaluations,
        anomalies,
        List.of(),
        accuracy,
        2,
        ending);
  }

  static TrainingReport report(int steps, Ending ending) {
    return report(
        steps(steps),
        List.of(evaluation(steps, 0.5)),
        List.of(),
        List.of(new CategoryAccuracy("Lexicon", 30, 12, 24)),
        ending);
  }
}
