package io.telecomllm.examples.guide;

import io.telecomllm.data.Split;
import io.telecomllm.training.QLoraTrainer;
import io.telecomllm.training.progress.LearningRateRange;
import io.telecomllm.training.tracking.HtmlReport;
import java.nio.file.Path;

/** Code of docs/guide/find-settings.md. */
final class FindSettings {
  private FindSettings() {}

  static double learningRate(QLoraTrainer trainer, Split split) {
    LearningRateRange range = trainer.learningRateRange(split, 1e-6, 1e-1, 100);
    HtmlReport.write(Path.of("range.html"), range);
    return range.suggestion().orElse(2e-4);
  }
}
