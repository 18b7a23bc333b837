package io.telecomllm.training;

import static org.assertj.core.api.Assertions.assertThat;

import io.telecomllm.json.JsonView;
import io.telecomllm.json.StrictJson;
import io.telecomllm.lora.LoraInitialization;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.model.files.ModelLoader;
import io.telecomllm.tensor.DataType;
import io.telecomllm.tensor.Device;
import io.telecomllm.tensor.Threads;
import io.telecomllm.testing.Reliability;
import io.telecomllm.testing.TinyModel;
import io.telecomllm.training.checkpoint.Checkpoint;
import io.telecomllm.training.checkpoint.Checkpoints;
import io.telecomllm.training.progress.Cancellation;
import io.telecomllm.training.progress.TrainingListener;
import io.telecomllm.training.progress.TrainingListener.StepRecord;
import io.telecomllm.training.progress.TrainingReport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** In FLOAT16 the loss is scaled; a step that overflows is left out and the scale halves. */
class HalfPrecisionRunTest {
  static {
    Threads.use(1);
  }

  @TempDir private Path folder;

  private static QLoraTrainer trainer(LanguageModel model) {
    return ResumeTest.trainer(model, LoraInitialization.KAIMING)
        .prompt(TinyModel.prompt())
        .with(c -> c.epochs(8).loadBestModelAtEnd(false));
  }

  private static double scale(Path run) {
    try (Checkpoints checkpoints = Checkpoints.open(run, 2)) {
      Checkpoint last = checkpoints.newest().orElseThrow();
      JsonView state = StrictJson.read(last.path("state.json"));
      return state.number("lossScale");
    }
  }

  private static LanguageModel load(Path model) {
    return ModelLoader.of(model).device(Device.cpu()).computeType(DataType.FLOAT16).dense().load();
  }

  @Test
  void stepsThatOverflowAreLeftOutAndTheScaleHalves() throws IOException {
    TinyModel.write(folder.resolve("model"), 512);
    try (LanguageModel model = load(folder.resolve("model"))) {
      assertThat(model.computeType()).isEqualTo(DataType.FLOAT16);
      Map<String, float[]> expected;
      Path whole = folder.resolve("whole");
      long total;
      try (QLoraTrainer.Result result =
          trainer(model).checkpoints(whole).run(QLoraTrainerTest.split())) {
        TrainingReport report = result.report();
        List<Long> made = report.steps().stream().map(StepRecord::step).toList();
        total = made.get(made.size() - 1);
        // by design, so no anomaly
        assertThat(report.anomalies()).isEmpty();
        long overflowed = total - made.size();
        assertThat(overflowed).isPositive();
        assertThat(scale(whole)).isEqualTo(65_536.0 / (1L << overflowed));
        assertThat(report.finalLoss()).isLessThan(report.steps().get(0).loss() - 0.3);
        try (Reliability survived = Reliability.of("gradients of fp16 that overflow")) {
          survived.passed(overflowed);
          survived.note("of " + total + " steps; the scale ends at " + scale(whole));
        }
        expected = ResumeTest.values(result.adapter());
      }
      // the scale is part of what a resumed run goes on with
      Path run = folder.resolve("run");
      for (long step = 1; step < total; step++) {
        Cancellation cancellation = new Cancellation();
        long last = step;
        TrainingListener cancels =
            new TrainingListener() {
              @Override
              public void saved(CheckpointRecord checkpoint) {
                if (checkpoint.step() == last) {
                  cancellation.cancel();
                }
              }
            };
        trainer(model)
            .checkpoints(run)
            .cancellation(cancellation)
            .listener(cancels)
            .run(QLoraTrainerTest.split())
            .close();
      }
      try (QLoraTrainer.Result rest =
          trainer(model).checkpoints(run).run(QLoraTrainerTest.split())) {
        ResumeTest.assertSame(ResumeTest.values(rest.adapter()), expected);
      }
    }
  }
}
