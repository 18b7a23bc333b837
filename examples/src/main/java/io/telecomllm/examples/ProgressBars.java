package io.telecomllm.examples;

import io.telecomllm.data.Choices;
import io.telecomllm.inference.evaluation.EvaluationListener;
import io.telecomllm.training.progress.TrainingListener;
import java.util.ArrayDeque;
import java.util.Queue;
import me.tongfei.progressbar.DelegatingProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/**
 * Shows a run as a progress bar: steps, time left, the loss of the whole answer, the loss of the
 * choice and the share of right ones over the last steps, tokens a second.
 */
final class ProgressBars implements TrainingListener, AutoCloseable {
  private static final int MEAN_OF = 10;
  private static final int LENGTH = 100;

  private final ProgressBar bar;
  private final Queue<Choices> last = new ArrayDeque<>();

  ProgressBars(String task) {
    bar = open(task);
  }

  /** Opens a bar for another task; where no terminal draws it, a line every ten seconds. */
  @SuppressWarnings("SystemConsoleNull") // since Java 22 there is one even if no terminal draws it
  static ProgressBar open(String task) {
    ProgressBarBuilder bar =
        new ProgressBarBuilder()
            .setTaskName(task)
            .setStyle(ProgressBarStyle.ASCII)
            .setUpdateIntervalMillis(1000)
            .setMaxRenderedLength(LENGTH);
    if (System.console() == null) {
      bar.setUpdateIntervalMillis(10_000)
          .setConsumer(new DelegatingProgressBarConsumer(System.err::println, LENGTH));
    }
    return bar.build();
  }

  /** Returns a listener that shows an evaluation in a bar. */
  static EvaluationListener evaluation(ProgressBar bar) {
    return (done, total, right) -> {
      bar.maxHint(total);
      bar.stepTo(done);
    };
  }

  @Override
  public void started(RunRecord run) {
    bar.maxHint(run.steps());
    bar.stepTo(run.resumedAt());
  }

  @Override
  public void evaluating(EvaluationProgress progress) {
    bar.setExtraMessage(
        String.format(" evaluated %d of %d", progress.done(), progress.questions()));
  }

  @Override
  public void step(StepRecord step) {
    bar.step();
    last.add(step.choices());
    if (last.size() > MEAN_OF) {
      last.remove();
    }
    Choices choices = last.stream().reduce(Choices.NONE, Choices::plus);
    String choice =
        choices.questions() == 0
            ? ""
            : String.format(
                ", choice %.2f (%.0f %%)", choices.loss(), 100 * choices.accuracy().value());
    bar.setExtraMessage(
        String.format(
            " loss %.3f%s, %.0f tokens/s", step.loss(), choice, step.tokens() / step.seconds()));
  }

  @Override
  public void warned(WarningRecord warning) {
    System.err.printf("%nafter step %d %s%n", warning.step(), warning.message());
  }

  @Override
  public void close() {
    bar.close();
  }
}
