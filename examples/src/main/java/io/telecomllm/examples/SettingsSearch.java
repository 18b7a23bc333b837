package io.telecomllm.examples;

import io.telecomllm.data.Split;
import io.telecomllm.training.QLoraTrainer;
import io.telecomllm.training.sweep.Sweep;
import java.nio.file.Path;

/** Compares settings by short runs and returns the trainer with the best ones. */
final class SettingsSearch {
  private SettingsSearch() {}

  static QLoraTrainer best(QLoraTrainer trainer, Split split, Path folder) {
    Sweep.Result result =
        Sweep.of(trainer)
            .learningRates(1e-4, 2e-4, 4e-4)
            .effectiveBatches(4, 8)
            .ranks(8, 16)
            .run(split, folder);
    System.out.println(result.table());
    return result.best().orElseThrow().applied(trainer);
  }
}
