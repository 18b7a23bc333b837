package io.telecomllm.examples.guide;

import io.telecomllm.data.Split;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.training.QLoraTrainer;
import io.telecomllm.training.progress.TrainingListener;
import io.telecomllm.training.tracking.MlflowTracker;
import java.net.URI;

/** Code of docs/guide/track-a-run.md. */
final class TrackRun {
  private TrackRun() {}

  static QLoraTrainer.Result mlflow(LanguageModel model, Split split) {
    URI server = URI.create("http://127.0.0.1:5000");
    try (MlflowTracker mlflow = MlflowTracker.to(server).experiment("telecom").build()) {
      return QLoraTrainer.on(model).listener(mlflow).run(split);
    }
  }

  static TrainingListener printing() {
    return new TrainingListener() {
      @Override
      public void step(StepRecord step) {
        System.out.println("step " + step.step() + ": loss " + step.loss());
      }

      @Override
      public void evaluated(EvaluationRecord evaluation) {
        System.out.println("validation loss " + evaluation.loss());
      }
    };
  }
}
