package io.telecomllm.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.telecomllm.BusyException;
import io.telecomllm.IncompatibleException;
import io.telecomllm.StorageException;
import io.telecomllm.lora.LoraAdapter;
import io.telecomllm.lora.LoraConfig;
import io.telecomllm.lora.LoraInitialization;
import io.telecomllm.lora.Parameter;
import io.telecomllm.lora.peft.PeftFolder;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.tensor.Device;
import io.telecomllm.tensor.Scope;
import io.telecomllm.tensor.Threads;
import io.telecomllm.testing.TinyModel;
import io.telecomllm.training.checkpoint.Checkpoint;
import io.telecomllm.training.checkpoint.Checkpoints;
import io.telecomllm.training.progress.Cancellation;
import io.telecomllm.training.progress.TrainingListener;
import io.telecomllm.training.progress.TrainingReport.Ending;
import io.telecomllm.training.settings.IntervalStrategy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A run that was interrupted becomes, bit for bit, what it would have become without. */
class ResumeTest {
  static {
    Threads.use(1);
  }

  @TempDir private Path folder;

  /** Everything that is random at once: dropout, noise, shuffled options. */
  static QLoraTrainer trainer(LanguageModel model, LoraInitialization initialization) {
    return QLoraTrainer.on(model)
        .lora(
            LoraConfig.builder()
                .rank(4)
                .alpha(4)
                .dropout(0.1)
                .initialization(initialization)
                .build())
        .with(
            c ->
                c.epochs(2)
                    .learningRate(5e-3)
                    .neftuneNoiseAlpha(5)
                    .labelSmoothing(0.05)
                    .loraPlusRatio(4)
                    .evalStrategy(IntervalStrategy.STEPS)
                    .evalSteps(2)
                    .saveStrategy(IntervalStrategy.STEPS)
                    .saveSteps(1)
                    .saveTotalLimit(2)
                    .seed(11));
  }

  static Map<String, float[]> values(LoraAdapter adapter) {
    Map<String, float[]> values = new LinkedHashMap<>();
    try (Scope scope = Scope.open(Device.cpu())) {
      for (Parameter p : adapter.parameters()) {
        values.put(p.name(), scope.operators().toFloats(p.value()));
      }
    }
    return values;
  }

  static void assertSame(Map<String, float[]> found, Map<String, float[]> expected) {
    assertThat(found.keySet()).isEqualTo(expected.keySet());
    expected.forEach((name, value) -> assertThat(found.get(name)).as(name).containsExactly(value));
  }

  /** Cancels after that step. */
  private static TrainingListener until(long step, Cancellation cancellation) {
    return new TrainingListener() {
      @Override
      public void step(StepRecord record) {
        if (record.step() == step) {
          cancellation.cancel();
        }
      }
    };
  }

  /** Trains for a step. */
  static void interrupt(QLoraTrainer trainer) {
    Cancellation cancellation = new Cancellation();
    trainer
        .cancellation(cancellation)
        .listener(until(1, cancellation))
        .run(QLoraTrainerTest.split())
        .close();
  }

  @ParameterizedTest
  @EnumSource(names = {"KAIMING", "PISSA"})
  void cancelledAfterEachStepAndGoneOn(LoraInitialization initialization) {
    try (LanguageModel model = TinyModel.load(512);
        QLoraTrainer.Result whole = trainer(model, initialization).run(QLoraTrainerTest.split())) {
      long total = whole.report().steps().size();
      for (long step = 1; step < total; step++) {
        Cancellation cancellation = new Cancellation();
        try (QLoraTrainer.Result part =
            trainer(model, initialization)
                .checkpoints(folder)
                .cancellation(cancellation)
                .listener(until(step, cancellation))
                .run(QLoraTrainerTest.split())) {
          assertThat(part.report().ending()).isEqualTo(Ending.CANCELLED);
          assertThat(part.report().steps()).hasSize((int) step);
        }
      }
      List<Long> resumedAt = new ArrayList<>();
      TrainingListener listener =
          new TrainingListener() {
            @Override
            public void started(RunRecord run) {
              resumedAt.add(run.resumedAt());
            }
          };
      try (QLoraTrainer.Result rest =
          trainer(model, initialization)
              .checkpoints(folder)
              .listener(listener)
              .run(QLoraTrainerTest.split())) {
        assertThat(resumedAt).containsExactly(total - 1);
        assertThat(rest.report().ending()).isEqualTo(Ending.COMPLETED);
        assertSame(values(rest.adapter()), values(whole.adapter()));
        for (int i = 0; i < total; i++) {
          TrainingListener.StepRecord a = whole.report().steps().get(i);
          TrainingListener.StepRecord b = rest.report().steps().get(i);
          assertThat(b.loss()).isEqualTo(a.loss());
          assertThat(b.gradientNorm()).isEqualTo(a.gradientNorm());
          assertThat(b.learningRate()).isEqualTo(a.learningRate());
        }
        assertThat(rest.report().evaluations()).isEqualTo(whole.report().evaluations());
        assertThat(rest.report().accuracy()).isEqualTo(whole.report().accuracy());
      }
      // one that was finished is not made again
      try (QLoraTrainer.Result again =
          trainer(model, initialization).checkpoints(folder).run(QLoraTrainerTest.split())) {
        assertSame(values(again.adapter()), values(whole.adapter()));
        assertThat(again.report().steps()).hasSize((int) total);
      }
      try (Checkpoints kept = Checkpoints.open(folder, 2)) {
        assertThat(kept.all()).hasSizeLessThanOrEqualTo(2);
      }
    }
  }

  @Test
  void aCheckpointIsAnAdapterThatCanBeUsed() {
    try (LanguageModel model = TinyModel.load(512)) {
      Cancellation cancellation = new Cancellation();
      try (QLoraTrainer.Result part =
          trainer(model, LoraInitialization.KAIMING)
              .checkpoints(folder)
              .cancellation(cancellation)
              .listener(until(2, cancellation))
              .run(QLoraTrainerTest.split())) {
        Optional<Checkpoint> last;
        try (Checkpoints checkpoints = Checkpoints.open(folder, 2)) {
          last = checkpoints.newest();
        }
        assertThat(last.orElseThrow().step()).isEqualTo(2);
        try (LoraAdapter kept = PeftFolder.load(last.orElseThrow().path("adapter"), model)) {
          assertThat(kept.modules()).isEqualTo(part.adapter().modules());
        }
      }
    }
  }

  @Test
  void anotherRunsFolderIsRefused() {
    try (LanguageModel model = TinyModel.load(512)) {
      QLoraTrainer trainer = trainer(model, LoraInitialization.KAIMING).checkpoints(folder);
      trainer.run(QLoraTrainerTest.split()).close();
      assertThatThrownBy(
              () -> trainer.with(c -> c.learningRate(1e-3)).run(QLoraTrainerTest.split()))
          .isInstanceOf(IncompatibleException.class)
          .hasMessageContaining(
              "belongs to another run: it differs in training.optimizer.learningRate ("
                  + trainer.config().optimizer().learningRate()
                  + ", here 0.001); take another folder, or the settings of that run");
      assertThatThrownBy(() -> trainer.lora(LoraConfig.defaults()).run(QLoraTrainerTest.split()))
          .hasMessageContaining("it differs in lora.")
          .hasMessageContaining(", here ");
      // more or less memory is no other run
      trainer.with(c -> c.memoryLimit(8L << 30)).run(QLoraTrainerTest.split()).close();
    }
  }

  @Test
  void aSecondTrainerOnTheFolderIsRefused() throws Exception {
    try (LanguageModel model = TinyModel.load(512);
        Checkpoints held = Checkpoints.open(folder, 1)) {
      assertThatThrownBy(
              () ->
                  trainer(model, LoraInitialization.KAIMING)
                      .checkpoints(held.folder())
                      .run(QLoraTrainerTest.split()))
          .isInstanceOf(BusyException.class)
          .hasMessageContaining(folder.getFileName().toString());
    }
  }

  @Test
  void aFileInPlaceOfTheFolderIsRefusedBeforeTheFirstStep() throws Exception {
    Path file = Files.writeString(folder.resolve("file"), "x");
    try (LanguageModel model = TinyModel.load(512)) {
      assertThatThrownBy(
              () ->
                  trainer(model, LoraInitialization.KAIMING)
                      .checkpoints(file)
                      .run(QLoraTrainerTest.split()))
          .isInstanceOf(StorageException.class)
          .hasMessageContaining("file");
    }
  }
}
