package io.telecomllm.examples;

import io.telecomllm.data.Split;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.training.QLoraTrainer;
import io.telecomllm.training.optimizer.Schedule;
import io.telecomllm.training.progress.TrainingListener;
import io.telecomllm.training.settings.IntervalStrategy;
import io.telecomllm.training.tracking.HtmlReport;
import io.telecomllm.training.tracking.MetricsFile;
import io.telecomllm.training.tracking.TensorBoardFile;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A run that may take days: if it is killed and started again, it resumes from its newest
 * checkpoint.
 */
final class LongRun {
  private LongRun() {}

  static QLoraTrainer.Result train(LanguageModel model, Split split, Path run) {
    try (MetricsFile metrics = MetricsFile.in(run);
        TensorBoardFile board = TensorBoardFile.in(run)) {
      QLoraTrainer.Result result =
          QLoraTrainer.on(model)
              .with(c -> c.epochs(3).lrScheduler(Schedule.COSINE).warmupRatio(0.05))
              .with(c -> c.evalStrategy(IntervalStrategy.STEPS).evalSteps(200))
              .with(c -> c.earlyStoppingPatience(3).labelSmoothing(0.05))
              .with(c -> c.saveStrategy(IntervalStrategy.STEPS).saveSteps(100))
              .checkpoints(run.resolve("checkpoints"))
              .listener(TrainingListener.all(metrics, board))
              .run(split);
      HtmlReport.write(run.resolve("report.html"), result.report(), Optional.of(result.lineage()));
      return result;
    }
  }
}
