package io.telecomllm.training.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import io.telecomllm.model.LanguageModel;
import io.telecomllm.tensor.Threads;
import io.telecomllm.testing.ChildJvm;
import io.telecomllm.testing.TinyModel;
import io.telecomllm.training.progress.TrainingListener;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that sweeps is killed again and again; the result becomes what it would have been. */
class KilledSweepTest {
  private static final int KILLS = 5;

  @TempDir private Path temporary;

  private static Sweep sweep(LanguageModel model, TrainingListener listener) {
    return SweepTest.sweep(SweepTest.trainer(model).epochs(16).listener(listener));
  }

  /** Sweeps in the folder of its first argument, and says each step. */
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
        sweep(model, says).run(SweepTest.split(), Path.of(arguments[0]));
      }
    }
  }

  private Process child(Path run) throws Exception {
    return ChildJvm.of(Child.class, run)
        .redirectError(temporary.resolve("errors.log").toFile())
        .start();
  }

  @Test
  void killedAtRandomMomentsItEndsAsTheUninterruptedSweep() throws Exception {
    Threads.use(1);
    Path run = temporary.resolve("run");
    Random random = new Random(7);
    int killed = 0;
    for (int i = 0; i < KILLS; i++) {
      Process process = child(run);
      try (var output = process.inputReader()) {
        if (output.readLine() == null) {
          break;
        }
        Thread.sleep(random.nextInt(700));
        process.destroyForcibly();
        killed++;
      }
      assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
    }
    assertThat(killed).as("killed before it was done").isGreaterThan(3);
    try (LanguageModel model = TinyModel.load(512)) {
      Path once = temporary.resolve("once");
      Sweep.Result whole = sweep(model, TrainingListener.NONE).run(SweepTest.split(), once);
      assertThat(sweep(model, TrainingListener.NONE).run(SweepTest.split(), run)).isEqualTo(whole);
      for (String file : new String[] {"sweep.json", "sweep.html"}) {
        assertThat(run.resolve(file)).hasSameTextualContentAs(once.resolve(file));
      }
    }
  }
}
