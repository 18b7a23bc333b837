package io.telecomllm.training;

import static org.assertj.core.api.Assertions.assertThat;

import io.telecomllm.lora.LoraInitialization;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.tensor.Threads;
import io.telecomllm.testing.ChildJvm;
import io.telecomllm.testing.Reliability;
import io.telecomllm.testing.TinyModel;
import io.telecomllm.training.progress.TrainingListener;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that trains is killed again and again; the adapter becomes what it would have been. */
class KilledRunTest {
  private static final int KILLS = 20;

  @TempDir private Path temporary;

  private static QLoraTrainer trainer(LanguageModel model) {
    return ResumeTest.trainer(model, LoraInitialization.KAIMING).epochs(40);
  }

  /** Trains in the folder of its first argument, and says each step. */
  static final class Child {
    private Child() {}

    public static void main(String[] arguments) {
      Threads.use(1);
      TrainingListener says =
          new TrainingListener() {
            @Override
            public void step(StepRecord step) {
              System.out.println(step.step());
              System.out.flush();
            }
          };
      try (LanguageModel model = TinyModel.load(512)) {
        trainer(model)
            .checkpoints(Path.of(arguments[0]))
            .listener(says)
            .run(QLoraTrainerTest.split())
            .close();
      }
    }
  }

  private Process child(Path run) throws Exception {
    return ChildJvm.of(Child.class, run)
        .redirectError(temporary.resolve("errors.log").toFile())
        .start();
  }

  @Test
  void killedAtTwentyMomentsItEndsAsTheUninterruptedRun() throws Exception {
    Threads.use(1);
    Path run = temporary.resolve("run");
    Random random = new Random(7);
    TreeSet<Long> reached = new TreeSet<>();
    try (Reliability survived = Reliability.of("kill -9 while training")) {
      for (int i = 0; i < KILLS; i++) {
        survived.begins();
        Process process = child(run);
        // the first step it says is the first since the last kill: then a few milliseconds more
        try (var output = process.inputReader()) {
          String line = output.readLine();
          assertThat(line).as("the child says its first step").isNotNull();
          reached.add(Long.parseLong(line));
          if (i % 2 == 1) {
            // a save lies between two steps: now one is complete, however slow the machine
            output.readLine();
          }
          Thread.sleep(random.nextInt(120));
          process.destroyForcibly();
        }
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
      }
      // it went on from where it was, not from the beginning
      assertThat(reached.last()).isGreaterThan(5);
      try (LanguageModel model = TinyModel.load(512);
          QLoraTrainer.Result whole = trainer(model).run(QLoraTrainerTest.split());
          QLoraTrainer.Result rest =
              trainer(model).checkpoints(run).run(QLoraTrainerTest.split())) {
        Map<String, float[]> expected = ResumeTest.values(whole.adapter());
        ResumeTest.assertSame(ResumeTest.values(rest.adapter()), expected);
        assertThat(rest.report().steps()).hasSize(whole.report().steps().size());
        for (int i = 0; i < KILLS; i++) {
          survived.passed();
        }
        survived.note(
            "the adapter at the end has the bits of the uninterrupted run; killed after step "
                + reached);
      }
    }
  }
}
