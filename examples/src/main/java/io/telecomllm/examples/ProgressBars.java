package io.telecomllm.examples;

import io.telecomllm.training.progress.TrainingListener;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** Shows a run as a progress bar: steps, time left, loss and tokens a second. */
final class ProgressBars implements TrainingListener, AutoCloseable {
  private final ProgressBar bar;

  ProgressBars(String task) {
    bar = open(task);
  }

  /** Opens a bar for another task. */
  static ProgressBar open(String task) {
    return new ProgressBarBuilder()
        .setTaskName(task)
        .setStyle(ProgressBarStyle.ASCII)
        .setUpdateIntervalMillis(1000)
        .setMaxRenderedLength(100)
        .build();
  }

  @Override
  public void started(RunRecord run) {
    bar.maxHint(run.steps());
    bar.stepTo(run.resumedAt());
  }

  @Override
  public void step(StepRecord step) {
    bar.step();
    bar.setExtraMessage(
        String.format(" loss %.3f, %.0f tokens/s", step.loss(), step.tokens() / step.seconds()));
  }

  @Override
  public void close() {
    bar.close();
  }
}
