package io.telecomllm.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.telecomllm.DivergenceException;
import io.telecomllm.lora.LoraInitialization;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.tensor.DataType;
import io.telecomllm.tensor.Threads;
import io.telecomllm.testing.Reliability;
import io.telecomllm.testing.TinyModel;
import io.telecomllm.training.checkpoint.Checkpoint;
import io.telecomllm.training.checkpoint.Checkpoints;
import io.telecomllm.training.gradients.ArrayGradients;
import io.telecomllm.training.gradients.LossAndGradients;
import io.telecomllm.training.gradients.ParameterArrays;
import io.telecomllm.training.objective.Loss;
import io.telecomllm.training.progress.TrainingListener;
import io.telecomllm.training.progress.TrainingListener.Anomaly;
import io.telecomllm.training.progress.TrainingListener.AnomalyRecord;
import io.telecomllm.training.progress.TrainingListener.EvaluationRecord;
import io.telecomllm.training.tracking.MetricsFile;
import io.telecomllm.weights.Encoding;
import io.telecomllm.weights.SafetensorsFile;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A number that goes wrong, wherever it does, is seen in its step and named, and nothing of it
 * reaches the disk: started again without it, the run ends as the one that nothing befell.
 */
class InjectedNumbersTest {
  private static final int STEP = 5;

  static {
    Threads.use(1);
  }

  @TempDir private Path temporary;

  /**
   * Where a number goes wrong in the fifth step, when it is known what is usual, and what is said
   * of it.
   */
  private record Place(
      String name, Anomaly kind, String message, UnaryOperator<LossAndGradients> change) {}

  private static final List<Place> PLACES =
      List.of(
          new Place(
              "loss NaN", Anomaly.LOSS_NOT_FINITE, "the loss is NaN", g -> loss(g, Double.NaN)),
          new Place(
              "loss infinite",
              Anomaly.LOSS_NOT_FINITE,
              "the loss is Infinity",
              g -> loss(g, Double.POSITIVE_INFINITY)),
          new Place(
              "loss explodes",
              Anomaly.LOSS_SPIKE,
              ", over 3.0 times the ",
              g -> loss(g, 100 * g.loss().value())),
          new Place(
              "first gradient NaN",
              Anomaly.GRADIENT_NOT_FINITE,
              "the gradient norm is NaN, the first gradient that is not finite is that of"
                  + " base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight",
              g -> gradient(g, 0, Float.NaN)),
          new Place(
              "last gradient infinite",
              Anomaly.GRADIENT_NOT_FINITE,
              "is that of base_model.model.model.layers.1.mlp.down_proj.lora_B.weight",
              g -> gradient(g, g.gradients().arrays().size() - 1, Float.POSITIVE_INFINITY)),
          new Place(
              "a gradient minus infinite",
              Anomaly.GRADIENT_NOT_FINITE,
              "is that of base_model.model.model.layers.0.self_attn.k_proj.lora_B.weight",
              g -> gradient(g, 3, Float.NEGATIVE_INFINITY)),
          // its square is more than fp32 holds
          new Place(
              "a gradient explodes",
              Anomaly.GRADIENT_NOT_FINITE,
              "the gradient norm is Infinity",
              g -> gradient(g, 3, Float.MAX_VALUE)),
          new Place(
              "all gradients NaN",
              Anomaly.GRADIENT_NOT_FINITE,
              "the gradient norm is NaN",
              InjectedNumbersTest::noNumbers));

  private static LossAndGradients noNumbers(LossAndGradients given) {
    LossAndGradients changed = given;
    for (int i = 0; i < given.gradients().arrays().size(); i++) {
      changed = gradient(changed, i, Float.NaN);
    }
    return changed;
  }

  private static LossAndGradients loss(LossAndGradients given, double loss) {
    return new LossAndGradients(new Loss(loss, given.loss().choices()), given.gradients());
  }

  private static LossAndGradients gradient(LossAndGradients given, int array, float value) {
    List<float[]> arrays = new ArrayList<>(given.gradients().arrays());
    float[] changed = arrays.get(array).clone();
    changed[1] = value;
    arrays.set(array, changed);
    return new LossAndGradients(given.loss(), new ParameterArrays(arrays));
  }

  /** The process's own gradients, changed in the fifth call, and evaluations, all changed. */
  private static ArrayGradients.Opener changed(
      UnaryOperator<LossAndGradients> change, UnaryOperator<Double> evaluation) {
    return new ChangedGradients(
        batch -> {}, (call, found) -> call == STEP ? change.apply(found) : found, evaluation);
  }

  private static QLoraTrainer trainer(LanguageModel model) {
    return ResumeTest.trainer(model, LoraInitialization.KAIMING)
        // no dropout: the scratch adapter's would be another
        .lora(
            io.telecomllm.lora.LoraConfig.builder()
                .rank(4)
                .alpha(4)
                .targetModules("q_proj", "k_proj", "down_proj")
                .build())
        .prompt(TinyModel.prompt())
        .with(c -> c.epochs(3).lossSpikeFactor(3).saveTotalLimit(0));
  }

  /** Every number in every file of tensors below a folder. */
  private static void assertFinite(Path folder) throws IOException {
    try (var files = Files.walk(folder)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".safetensors")).toList()) {
        try (SafetensorsFile tensors = SafetensorsFile.open(file)) {
          for (String name : tensors.names()) {
            if (tensors.info(name).encoding() == Encoding.of(DataType.FLOAT32)) {
              float[] values = new float[Math.toIntExact(tensors.info(name).elements())];
              tensors.readFloats(name, FloatBuffer.wrap(values));
              for (float value : values) {
                assertThat(Float.isFinite(value)).as(file + " " + name).isTrue();
              }
            }
          }
        }
      }
    }
  }

  @Test
  void isSeenInItsStepAndLeavesNothingOnDisk() throws IOException {
    try (LanguageModel model = TinyModel.load(512);
        QLoraTrainer.Result whole =
            trainer(model).gradients(changed(g -> g, loss -> loss)).run(QLoraTrainerTest.split());
        Reliability survived = Reliability.of("NaN, Inf, exploding loss or gradient")) {
      Map<String, float[]> expected = ResumeTest.values(whole.adapter());
      for (Place place : PLACES) {
        survived.begins();
        Path run = temporary.resolve(place.name());
        List<AnomalyRecord> heard = new ArrayList<>();
        TrainingListener listener =
            new TrainingListener() {
              @Override
              public void anomaly(AnomalyRecord anomaly) {
                heard.add(anomaly);
              }
            };
        try (MetricsFile metrics = MetricsFile.in(run)) {
          QLoraTrainer broken =
              trainer(model)
                  .checkpoints(run.resolve("checkpoints"))
                  .listener(TrainingListener.all(metrics, listener))
                  .gradients(changed(place.change, loss -> loss));
          assertThatThrownBy(() -> broken.run(QLoraTrainerTest.split()).close())
              .as(place.name())
              .isExactlyInstanceOf(DivergenceException.class)
              .hasMessageStartingWith("step " + STEP + ": ")
              .hasMessageContaining(place.message);
        }
        assertThat(heard).hasSize(1);
        assertThat(heard.get(0).step()).isEqualTo(STEP);
        assertThat(heard.get(0).kind()).isEqualTo(place.kind);
        assertThat(run.resolve("metrics.jsonl"))
            .content()
            .contains("\"kind\":\"" + place.kind.name().toLowerCase(java.util.Locale.ROOT))
            .doesNotContain(":NaN", ":Infinity");
        assertFinite(run);
        try (Checkpoints kept = Checkpoints.open(run.resolve("checkpoints"), 1)) {
          assertThat(kept.newest().map(Checkpoint::step)).contains(STEP - 1L);
        }
        // what was injected is gone: the run that goes on does not see it
        try (QLoraTrainer.Result rest =
            trainer(model)
                .checkpoints(run.resolve("checkpoints"))
                .gradients(changed(g -> g, loss -> loss))
                .run(QLoraTrainerTest.split())) {
          ResumeTest.assertSame(ResumeTest.values(rest.adapter()), expected);
        }
        survived.passed();
      }
      survived.note(PLACES.stream().map(Place::name).collect(Collectors.joining(", ")));
    }
  }

  @Test
  void anEvaluationThatIsNotFiniteIsNeverTheBest() throws IOException {
    try (LanguageModel model = TinyModel.load(512)) {
      for (double broken : new double[] {Double.NaN, Double.POSITIVE_INFINITY}) {
        Path run = temporary.resolve("evaluation-" + broken);
        int[] windows = new int[1];
        QLoraTrainer trainer =
            trainer(model)
                .with(c -> c.loadBestModelAtEnd(true))
                .checkpoints(run)
                .gradients(changed(g -> g, loss -> windows[0]++ == 0 ? broken : loss));
        try (QLoraTrainer.Result result = trainer.run(QLoraTrainerTest.split())) {
          List<EvaluationRecord> evaluations = result.report().evaluations();
          assertThat(Double.toString(evaluations.get(0).loss())).isEqualTo(Double.toString(broken));
          assertThat(evaluations.get(0).best()).isFalse();
          assertThat(evaluations.get(1).best()).isTrue();
        }
        assertFinite(run);
      }
    }
  }
}
