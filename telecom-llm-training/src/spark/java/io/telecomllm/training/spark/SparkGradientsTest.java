package io.telecomllm.training.spark;

import static io.telecomllm.testing.Vectors.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.telecomllm.OutOfMemoryException;
import io.telecomllm.TelecomLlmException;
import io.telecomllm.data.Split;
import io.telecomllm.lineage.Lineage;
import io.telecomllm.lora.Parameter;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.model.files.ModelSpec;
import io.telecomllm.testing.Reliability;
import io.telecomllm.testing.SampleQuestions;
import io.telecomllm.testing.TinyModel;
import io.telecomllm.testing.spark.LocalSpark;
import io.telecomllm.training.QLoraTrainer;
import io.telecomllm.training.batching.Example;
import io.telecomllm.training.batching.StepBatch;
import io.telecomllm.training.gradients.AdapterFiles;
import io.telecomllm.training.gradients.ArrayGradients;
import io.telecomllm.training.gradients.LossAndGradients;
import io.telecomllm.training.gradients.ParameterArrays;
import io.telecomllm.training.gradients.Slice;
import io.telecomllm.training.gradients.Steps;
import io.telecomllm.training.progress.TrainingListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.spark.Success$;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerExecutorRemoved;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.scheduler.SparkListenerTaskStart;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SparkGradientsTest {
  private static final int SLICES = 4;
  @TempDir static Path folder;
  private static ModelSpec spec;
  private static LanguageModel model;
  private static List<StepBatch> windows;
  private static Steps.Outcome alone;

  @BeforeAll
  static void trainAlone() throws IOException {
    spec = Steps.spec(folder.resolve("model"));
    model = spec.load();
    List<Example> examples = Steps.examples(model, 70);
    // the last step is a short one, of fewer micro-batches than slices
    windows =
        IntStream.range(0, 5)
            .mapToObj(i -> Steps.window(examples.subList(16 * i, Math.min(70, 16 * i + 16)), 2))
            .toList();
    alone = Steps.trainAlone(model, windows);
  }

  @AfterAll
  static void close() {
    model.close();
  }

  private static Steps.Outcome train(JavaSparkContext spark, int slices) {
    return Steps.train(model, SparkGradients.on(spark, spec, slices), windows);
  }

  private static void assertCloseToAlone(Steps.Outcome outcome) {
    for (int i = 0; i < alone.losses().size(); i++) {
      assertThat(outcome.losses().get(i)).isCloseTo(alone.losses().get(i), within(1e-5));
    }
    for (int i = 0; i < alone.values().arrays().size(); i++) {
      assertClose(
          "parameter " + i, outcome.values().arrays().get(i), alone.values().arrays().get(i), 1e-5);
    }
    assertThat(alone.losses().get(0)).isGreaterThan(alone.losses().get(5));
  }

  private static void assertSameBits(Steps.Outcome found, Steps.Outcome expected) {
    assertThat(found.losses()).isEqualTo(expected.losses());
    for (int i = 0; i < expected.values().arrays().size(); i++) {
      assertThat(found.values().arrays().get(i)).isEqualTo(expected.values().arrays().get(i));
    }
  }

  /** Counts what went wrong, and does something when the task of that number begins. */
  private static final class Disturbance extends SparkListener {
    private final int at;
    private final java.util.function.LongConsumer act;
    private final AtomicInteger started = new AtomicInteger();
    private final AtomicInteger failed = new AtomicInteger();
    private final AtomicInteger lost = new AtomicInteger();

    Disturbance(int at, java.util.function.LongConsumer act) {
      this.at = at;
      this.act = act;
    }

    @Override
    public void onTaskStart(SparkListenerTaskStart event) {
      if (started.incrementAndGet() == at) {
        act.accept(event.taskInfo().taskId());
      }
    }

    @Override
    public void onTaskEnd(SparkListenerTaskEnd event) {
      if (event.reason() != Success$.MODULE$) {
        failed.incrementAndGet();
      }
    }

    @Override
    public void onExecutorRemoved(SparkListenerExecutorRemoved event) {
      lost.incrementAndGet();
    }
  }

  @Test
  void equalsOneProcessWhateverTheSlices() {
    try (JavaSparkContext spark = LocalSpark.threads(2, 1)) {
      assertCloseToAlone(train(spark, SLICES));
      assertCloseToAlone(train(spark, 3));
      Steps.Outcome one = train(spark, 1);
      assertSameBits(one, alone);
    }
  }

  @Test
  void aTaskThatIsRunAgainChangesNothing() {
    try (JavaSparkContext spark = LocalSpark.threads(2, 4)) {
      Steps.Outcome expected = train(spark, SLICES);
      Disturbance kill =
          new Disturbance(
              9, id -> spark.sc().killTaskAttempt(id, false, "this task is to run again"));
      spark.sc().addSparkListener(kill);
      assertSameBits(train(spark, SLICES), expected);
      assertThat(kill.failed.get()).isPositive();
    }
  }

  @Test
  void aLostExecutorChangesNothing() {
    StepBatch long1 = Steps.window(Steps.examples(model, 400), 2);
    List<StepBatch> heavy = List.of(windows.get(0), long1, windows.get(1));
    Steps.Outcome expected;
    try (JavaSparkContext spark = LocalSpark.threads(2, 1)) {
      expected = Steps.train(model, SparkGradients.on(spark, spec, SLICES), heavy);
    }
    try (JavaSparkContext spark = LocalSpark.executors(2)) {
      Steps.Outcome undisturbed = Steps.train(model, SparkGradients.on(spark, spec, SLICES), heavy);
      assertSameBits(undisturbed, expected);
      assertThat(LocalSpark.processes()).hasSize(2);
      Disturbance kill =
          new Disturbance(SLICES + 2, id -> LocalSpark.processes().get(0).destroyForcibly());
      spark.sc().addSparkListener(kill);
      assertSameBits(Steps.train(model, SparkGradients.on(spark, spec, SLICES), heavy), expected);
      assertThat(kill.lost.get()).isEqualTo(1);
      assertThat(kill.failed.get()).isPositive();
    }
  }

  @Test
  void whatExecutorsCannotComputeIsSaid() throws IOException {
    ModelSpec missing = spec.device(io.telecomllm.tensor.Device.cpu());
    missing =
        new ModelSpec(
            folder.resolve("missing/model").toString(),
            missing.device(),
            missing.computeType(),
            missing.weights(),
            missing.threads());
    Path other = folder.resolve("other");
    TinyModel.write(other, 256);
    ModelSpec wrong =
        new ModelSpec(
            other.toString(), spec.device(), spec.computeType(), spec.weights(), spec.threads());
    try (JavaSparkContext spark = LocalSpark.threads(1, 1)) {
      ArrayGradients.Opener nowhere = SparkGradients.on(spark, missing, 2);
      assertThatThrownBy(() -> Steps.train(model, nowhere, windows))
          .isInstanceOf(TelecomLlmException.class)
          .hasMessageStartingWith("the step failed on Spark: ")
          .hasMessageContaining("missing/model");
      ArrayGradients.Opener unlike = SparkGradients.on(spark, wrong, 2);
      assertThatThrownBy(() -> Steps.train(model, unlike, windows))
          .isInstanceOf(TelecomLlmException.class)
          .hasMessageContaining("the executor's model " + other + " is not the driver's");
      assertThatThrownBy(() -> SparkGradients.on(spark, spec, 0))
          .hasMessage("slices are 0, must be 1 to 1024");
    }
  }

  /** An executor whose memory is enough for two questions at a time. */
  private record SmallExecutor(ExecutorAdapter.Run run, Broadcast<AdapterFiles> adapter)
      implements Exchange.Work<Slice> {
    @Override
    public LossAndGradients of(Slice slice, ParameterArrays values) {
      for (Slice.Packed batch : slice.batches()) {
        // start, length and parent of each; what they share is one more
        if (batch.segments().length > 3 * 3) {
          throw new OutOfMemoryException("out of memory in operator linear");
        }
      }
      return ExecutorAdapter.ofThisProcess().gradients(run, adapter::value, values, slice);
    }
  }

  private static ArrayGradients.Opener small(JavaSparkContext spark) {
    return (base, adapter, objective) -> {
      String fingerprint = Lineage.Base.of(base).fingerprint();
      Broadcast<AdapterFiles> files = spark.broadcast(AdapterFiles.of(adapter));
      SmallExecutor work =
          new SmallExecutor(new ExecutorAdapter.Run("small", spec, fingerprint, objective), files);
      return new ArrayGradients() {
        @Override
        public List<Parameter> parameters() {
          return adapter.parameters();
        }

        @Override
        public LossAndGradients gradients(ParameterArrays values, StepBatch window) {
          return new Exchange(spark).sum(values, Slice.cut(window, objective, 2), work);
        }

        @Override
        public double loss(ParameterArrays values, StepBatch window) {
          throw new AssertionError("there are no validation questions");
        }

        @Override
        public void close() {
          files.destroy();
        }
      };
    };
  }

  @Test
  void anExecutorShortOfMemoryHalvesTheMicroBatch() {
    List<Integer> microBatches = new ArrayList<>();
    TrainingListener listener =
        new TrainingListener() {
          @Override
          public void memoryShort(MemoryRecord memory) {
            assertThat(memory.step()).isEqualTo(1);
            assertThat(memory.message())
                .matches("an executor failed at part 1 of [12]: out of memory in operator linear");
            microBatches.add(memory.microBatch());
          }
        };
    QLoraTrainer trainer =
        QLoraTrainer.on(model)
            .lora(Steps.LORA)
            .prompt(TinyModel.prompt())
            .listener(listener)
            .with(c -> c.epochs(2).batchSize(8).gradientAccumulation(2));
    Split split = new Split(SampleQuestions.of(16), List.of());
    try (JavaSparkContext spark = LocalSpark.executors(1);
        Reliability survived = Reliability.of("out of memory in an executor of Spark");
        QLoraTrainer.Result whole = trainer.run(split)) {
      survived.begins();
      try (QLoraTrainer.Result halved = trainer.gradients(small(spark)).run(split)) {
        assertThat(microBatches).containsExactly(4, 2);
        for (int i = 0; i < whole.report().steps().size(); i++) {
          double expected = whole.report().steps().get(i).loss();
          assertThat(halved.report().steps().get(i).loss())
              .isCloseTo(expected, within(1e-4 * expected));
        }
        assertThat(halved.report().steps()).hasSize(2);
      }
      survived.passed();
      survived.note("micro-batches from 8 to " + microBatches);
    }
  }

  @Test
  void leavesNoFilesBehind() throws IOException {
    try (JavaSparkContext spark = LocalSpark.threads(1, 1);
        var before = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
      long count = adapters(before);
      train(spark, 2);
      try (var after = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
        assertThat(adapters(after)).isEqualTo(count);
      }
    }
  }

  private static long adapters(java.util.stream.Stream<Path> files) {
    return files.filter(f -> f.getFileName().toString().startsWith("telecom-llm-adapter")).count();
  }
}
