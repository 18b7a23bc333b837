package io.telecomllm.training.progress;

import java.util.List;
import java.util.function.Consumer;

/** Passes each event to several listeners in turn. */
record Listeners(List<TrainingListener> all) implements TrainingListener {
  @Override
  public void started(RunRecord run) {
    each(listener -> listener.started(run));
  }

  @Override
  public void step(StepRecord step) {
    each(listener -> listener.step(step));
  }

  @Override
  public void evaluating(EvaluationProgress progress) {
    each(listener -> listener.evaluating(progress));
  }

  @Override
  public void evaluated(EvaluationRecord evaluation) {
    each(listener -> listener.evaluated(evaluation));
  }

  @Override
  public void saved(CheckpointRecord checkpoint) {
    each(listener -> listener.saved(checkpoint));
  }

  @Override
  public void memoryShort(MemoryRecord memory) {
    each(listener -> listener.memoryShort(memory));
  }

  @Override
  public void warned(WarningRecord warning) {
    each(listener -> listener.warned(warning));
  }

  @Override
  public void anomaly(AnomalyRecord anomaly) {
    each(listener -> listener.anomaly(anomaly));
  }

  @Override
  public void finished(TrainingReport report) {
    each(listener -> listener.finished(report));
  }

  private void each(Consumer<TrainingListener> event) {
    all.forEach(event);
  }
}
