package io.telecomllm.training.gradients;

import static io.telecomllm.testing.Vectors.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.telecomllm.IncompatibleException;
import io.telecomllm.OutOfMemoryException;
import io.telecomllm.TelecomLlmException;
import io.telecomllm.data.Question;
import io.telecomllm.data.Split;
import io.telecomllm.lineage.Lineage;
import io.telecomllm.lora.LoraAdapter;
import io.telecomllm.lora.LoraConfig;
import io.telecomllm.lora.LoraInitialization;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.model.files.ModelSpec;
import io.telecomllm.quantization.FourBitCode;
import io.telecomllm.tensor.DataType;
import io.telecomllm.tensor.Scope;
import io.telecomllm.tensor.Threads;
import io.telecomllm.testing.SampleQuestions;
import io.telecomllm.testing.TinyModel;
import io.telecomllm.training.QLoraTrainer;
import io.telecomllm.training.batching.Example;
import io.telecomllm.training.batching.PackedBatch;
import io.telecomllm.training.batching.StepBatch;
import io.telecomllm.training.objective.Likelihood;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class ReplicasTest {
  @TempDir static Path folder;
  private static ModelSpec spec;
  private static LanguageModel model;
  private static LanguageModel twin;
  private static List<StepBatch> windows;
  private static Steps.Outcome alone;
  private Set<Thread> before;

  @BeforeAll
  static void open() throws IOException {
    spec = Steps.spec(folder);
    model = spec.load();
    twin = spec.load();
    List<Example> examples = Steps.examples(model, 35);
    windows =
        IntStream.range(0, 5)
            .mapToObj(step -> Steps.window(examples.subList(7 * step, 7 * step + 7), 2))
            .toList();
    alone = Steps.trainAlone(model, windows);
  }

  @AfterAll
  static void close() {
    twin.close();
    model.close();
  }

  @BeforeEach
  void countThreads() {
    before = replicaThreads();
    assertThat(before).isEmpty();
  }

  @AfterEach
  void noThreadIsLeft() {
    assertThat(replicaThreads()).isEqualTo(before);
  }

  private static Set<Thread> replicaThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("telecom-llm replica "))
        .collect(Collectors.toSet());
  }

  private static LoraAdapter adapter(LanguageModel any) {
    return LoraAdapter.create(Steps.LORA, any, 5);
  }

  private static ParameterArrays values(LoraAdapter adapter) {
    try (Scope scope = Scope.open(model.device())) {
      return ParameterArrays.of(adapter.parameters(), scope);
    }
  }

  private static void assertClosePerStep(Steps.Outcome found, Steps.Outcome expected) {
    for (int i = 0; i < expected.losses().size(); i++) {
      assertThat(found.losses().get(i))
          .as("loss %s", i)
          .isCloseTo(expected.losses().get(i), within(1e-5));
    }
    for (int i = 0; i < expected.values().arrays().size(); i++) {
      assertClose(
          "parameter " + i,
          found.values().arrays().get(i),
          expected.values().arrays().get(i),
          1e-5);
    }
  }

  private static void assertSame(ParameterArrays found, ParameterArrays expected) {
    assertThat(found.arrays()).hasSameSizeAs(expected.arrays());
    for (int i = 0; i < expected.arrays().size(); i++) {
      assertThat(found.arrays().get(i)).as("array %s", i).isEqualTo(expected.arrays().get(i));
    }
  }

  private static void assertSame(Steps.Outcome found, Steps.Outcome expected) {
    assertThat(found.losses()).isEqualTo(expected.losses());
    assertSame(found.values(), expected.values());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void trainsAsOneProcessDoes(int count) {
    assertThat(alone.losses()).hasSize(6).doesNotHaveDuplicates();
    Steps.Outcome found = Steps.train(model, Replicas.of(count), windows);
    assertClosePerStep(found, alone);
    assertSame(Steps.train(model, Replicas.of(count), windows), found);
    if (count == 1) {
      assertSame(found, alone);
    }
  }

  /** As several devices are used; here all are the CPU. */
  @Test
  void modelsOfTheirOwnGiveTheBitsOfOneThatIsShared() {
    Steps.Outcome found = Steps.train(model, Replicas.on(List.of(model, twin)), windows);
    assertClosePerStep(found, alone);
    assertSame(Steps.train(model, Replicas.on(List.of(twin, model)), windows), found);
    assertSame(Steps.train(model, Replicas.of(2), windows), found);
    assertSame(Steps.train(model, Replicas.on(List.of(twin)), windows), alone);
  }

  /** A model lends one buffer to unpack weights into: two at a time would mix them. */
  @Test
  void packedWeightsAreSharedWithoutMixingThem() {
    ModelSpec packed = spec.packed(FourBitCode.NF4);
    try (LanguageModel one = packed.load();
        LanguageModel two = packed.load();
        LoraAdapter adapter = adapter(one);
        ArrayGradients apart = Replicas.on(List.of(one, two)).open(one, adapter, new Likelihood());
        ArrayGradients shared = Replicas.of(3).open(one, adapter, new Likelihood())) {
      StepBatch window = Steps.window(Steps.examples(one, 60), 2);
      ParameterArrays values = values(adapter);
      LossAndGradients ofTwo = apart.gradients(values, window);
      LossAndGradients ofThree = shared.gradients(values, window);
      assertThat(ofThree.loss().value()).isCloseTo(ofTwo.loss().value(), within(1e-6));
      for (int i = 0; i < 10; i++) {
        assertSame(apart.gradients(values, window).gradients(), ofTwo.gradients());
        assertSame(shared.gradients(values, window).gradients(), ofThree.gradients());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"PISSA", "LOFTQ"})
  void whatOfTheAdapterIsFrozenIsThereToo(String initialization) {
    LoraConfig config =
        Steps.LORA.toBuilder().initialization(LoraInitialization.valueOf(initialization)).build();
    // LoftQ is for packed weights
    ModelSpec packed = spec.packed(FourBitCode.NF4);
    try (LanguageModel one = packed.load();
        LanguageModel two = packed.load();
        LoraAdapter adapter = LoraAdapter.create(config, one, 3);
        ArrayGradients source = Replicas.on(List.of(two)).open(one, adapter, new Likelihood())) {
      ParameterArrays values = values(adapter);
      LossAndGradients expected =
          new LocalGradients(one, adapter, new Likelihood()).gradients(values, windows.get(0));
      LossAndGradients found = source.gradients(values, windows.get(0));
      assertThat(found.loss()).isEqualTo(expected.loss());
      assertSame(found.gradients(), expected.gradients());
    }
  }

  @Test
  void fewerMicroBatchesThanReplicasLeaveSomeIdle() {
    StepBatch one = new StepBatch(windows.get(0).batches().subList(0, 1));
    try (LoraAdapter adapter = adapter(model);
        ArrayGradients source = Replicas.of(3).open(model, adapter, new Likelihood())) {
      ParameterArrays values = values(adapter);
      LossAndGradients expected =
          new LocalGradients(model, adapter, new Likelihood()).gradients(values, one);
      assertSame(source.gradients(values, one).gradients(), expected.gradients());
      assertThatThrownBy(() -> source.gradients(values, new StepBatch(List.of())))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("a step without supervised tokens");
    }
  }

  @Test
  void anErrorOfOneReplicaNamesItAndLeavesTheOthersAtRest() {
    // in the first slice, after the others have begun
    List<PackedBatch> batches = new ArrayList<>(repeated(30).batches());
    batches.set(
        4, PackedBatch.of(List.of(new Example(new int[] {99_999, 1}, new int[] {-100, 2}))));
    StepBatch bad = new StepBatch(batches);
    try (LoraAdapter adapter = adapter(model);
        ArrayGradients source =
            Replicas.on(List.of(model, twin)).open(model, adapter, new Likelihood())) {
      ParameterArrays values = values(adapter);
      LossAndGradients expected = source.gradients(values, windows.get(0));
      assertThatThrownBy(() -> source.gradients(values, bad))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("replica 0 on cpu failed: token id 99999, must be 0 to 263")
          .hasCauseInstanceOf(IllegalArgumentException.class);
      assertThat(replicaThreads()).hasSize(2).noneMatch(ReplicasTest::computes);
      Collections.reverse(batches);
      assertThatThrownBy(() -> source.gradients(values, new StepBatch(batches)))
          .hasMessage("replica 1 on cpu failed: token id 99999, must be 0 to 263");
      assertSame(source.gradients(values, windows.get(0)).gradients(), expected.gradients());
    }
  }

  @Test
  void theKindOfAnErrorStays() {
    LanguageModel lost = spec.load();
    try (LoraAdapter adapter = adapter(model);
        ArrayGradients source =
            Replicas.on(List.of(model, lost)).open(model, adapter, new Likelihood())) {
      ParameterArrays values = values(adapter);
      lost.close();
      assertThatThrownBy(() -> source.gradients(values, windows.get(0)))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("replica 1 on cpu failed: the model is closed");
      // one micro-batch is the first replica's alone
      StepBatch one = new StepBatch(windows.get(0).batches().subList(0, 1));
      assertThat(source.loss(values, one).value()).isFinite();
      ParameterArrays wrong = new ParameterArrays(List.of(new float[3]));
      assertThatThrownBy(() -> source.loss(wrong, one))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(
              "replica 0 on cpu failed: 1 arrays for %s parameters", adapter.parameters().size());
    }
  }

  private static StepBatch repeated(int times) {
    List<PackedBatch> batches = new ArrayList<>();
    Collections.nCopies(times, windows.get(0).batches()).forEach(batches::addAll);
    return new StepBatch(batches);
  }

  @Test
  void anInterruptEndsTheStepAndNotTheSource() throws InterruptedException {
    StepBatch large = repeated(100);
    try (LoraAdapter adapter = adapter(model);
        ArrayGradients source =
            Replicas.on(List.of(model, twin)).open(model, adapter, new Likelihood())) {
      ParameterArrays values = values(adapter);
      LossAndGradients expected = source.gradients(values, windows.get(0));

      Thread.currentThread().interrupt();
      Throwable early = catchThrowable(() -> source.gradients(values, windows.get(0)));
      assertThat(Thread.interrupted()).isTrue();
      assertThat(early)
          .isInstanceOf(TelecomLlmException.class)
          .hasMessage("the step was interrupted");

      List<Throwable> late = new ArrayList<>();
      List<Boolean> flag = new ArrayList<>();
      Thread caller =
          new Thread(
              () -> {
                late.add(catchThrowable(() -> source.gradients(values, large)));
                flag.add(Thread.currentThread().isInterrupted());
              });
      caller.start();
      while (replicaThreads().stream().noneMatch(ReplicasTest::computes)) {
        Thread.sleep(1);
      }
      caller.interrupt();
      caller.join();
      assertThat(late.get(0)).hasMessage("the step was interrupted");
      assertThat(flag).containsExactly(true);
      assertThat(replicaThreads()).hasSize(2).noneMatch(ReplicasTest::computes);

      assertSame(source.gradients(values, windows.get(0)).gradients(), expected.gradients());
    }
  }

  private static boolean computes(Thread thread) {
    return List.of(thread.getStackTrace()).stream()
        .anyMatch(frame -> frame.getClassName().equals(InProcessGradients.class.getName()));
  }

  @Test
  void closedTwiceAndUsedAfterwards() {
    try (LoraAdapter adapter = adapter(model)) {
      ArrayGradients source = Replicas.of(2).open(model, adapter, new Likelihood());
      ParameterArrays values = values(adapter);
      assertThat(source.loss(values, windows.get(0)).value()).isFinite();
      assertThat(replicaThreads())
          .hasSize(2)
          .allMatch(Thread::isDaemon)
          .extracting(Thread::getName)
          .containsExactlyInAnyOrder(
              "telecom-llm replica 0 on cpu", "telecom-llm replica 1 on cpu");
      source.close();
      assertThat(replicaThreads()).isEmpty();
      source.close();
      assertThatThrownBy(() -> source.gradients(values, windows.get(0)))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("the gradients' source is closed");
      assertThatThrownBy(() -> source.loss(values, windows.get(0)))
          .hasMessage("the gradients' source is closed");
      assertThat(values(adapter).arrays()).hasSize(adapter.parameters().size());
    }
  }

  @Test
  void closingWaitsForTheStepUnderWay() throws InterruptedException {
    StepBatch large = repeated(50);
    try (LoraAdapter adapter = adapter(model)) {
      ArrayGradients source = Replicas.of(2).open(model, adapter, new Likelihood());
      ParameterArrays values = values(adapter);
      List<Double> losses = new ArrayList<>();
      Thread caller = new Thread(() -> losses.add(source.loss(values, large).value()));
      caller.start();
      while (replicaThreads().stream().noneMatch(ReplicasTest::computes)) {
        Thread.sleep(1);
      }
      source.close();
      caller.join();
      assertThat(losses).hasSize(1);
    }
  }

  @Test
  void anotherModelIsRefused() throws IOException {
    Path other = Files.createDirectory(folder.resolve("other"));
    TinyModel.write(other, 256);
    ModelSpec of = new ModelSpec(other.toString(), "cpu", "FLOAT32", "DENSE", 1);
    try (LoraAdapter adapter = adapter(model);
        LanguageModel stranger = of.load();
        LanguageModel packed = spec.packed(FourBitCode.NF4).load();
        LanguageModel half = spec.computeType(DataType.BFLOAT16).load()) {
      assertThatThrownBy(
              () ->
                  Replicas.on(List.of(model, twin, stranger))
                      .open(model, adapter, new Likelihood()))
          .isInstanceOf(IncompatibleException.class)
          .hasMessage(
              "the model of replica 2 on cpu is not the run's: its fingerprint is %s, expected %s",
              Lineage.Base.of(stranger).fingerprint(), Lineage.Base.of(model).fingerprint());
      assertThatThrownBy(() -> Replicas.on(List.of(packed)).open(model, adapter, new Likelihood()))
          .isInstanceOf(IncompatibleException.class)
          .hasMessage(
              "replica 0 on cpu computes differently from the run: NF4 weights in FLOAT32, expected"
                  + " DENSE weights in FLOAT32");
      assertThatThrownBy(
              () -> Replicas.on(List.of(model, half)).open(model, adapter, new Likelihood()))
          .isInstanceOf(IncompatibleException.class)
          .hasMessageStartingWith("replica 1 on cpu computes differently from the run: ");
    }
    for (int count : new int[] {0, 65}) {
      assertThatThrownBy(() -> Replicas.of(count))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("replicas are %s, must be 1 to 64", count);
      assertThatThrownBy(() -> Replicas.on(Collections.nCopies(count, model)))
          .hasMessage("replicas are %s, must be 1 to 64", count);
    }
  }

  @Test
  void openingThatFailsHalfwayLeavesNothing() {
    LanguageModel closed = spec.load();
    closed.close();
    try (LoraAdapter adapter = adapter(model)) {
      assertThatThrownBy(
              () -> Replicas.on(List.of(model, closed)).open(model, adapter, new Likelihood()))
          .isInstanceOf(IllegalStateException.class);
      assertThat(replicaThreads()).isEmpty();
    }
  }

  /** What Linux counts holds the teams of native threads that Java does not know. */
  @Test
  void noNativeThreadIsLeft() throws IOException {
    Path tasks = Path.of("/proc/self/task");
    assumeTrue(Files.isDirectory(tasks), "no /proc/self/task");
    int all = Threads.count();
    Threads.use(8);
    try (LoraAdapter adapter = adapter(model)) {
      ParameterArrays values = values(adapter);
      int start = 0;
      for (int i = 0; i < 12; i++) {
        try (ArrayGradients source =
            Replicas.on(List.of(model, twin)).open(model, adapter, new Likelihood())) {
          assertThat(source.loss(values, windows.get(0)).value()).isFinite();
        }
        start = i == 1 ? count(tasks) : start;
      }
      // ten times two teams of three and their masters would be 80
      assertThat(count(tasks)).isLessThan(start + 10);
    } finally {
      Threads.use(all);
    }
  }

  private static int count(Path folder) throws IOException {
    try (Stream<Path> entries = Files.list(folder)) {
      return (int) entries.count();
    }
  }

  /** The native library keeps the number for each thread that calls it. */
  @Test
  void threadsAreDividedAmongModelsAndLeftAsTheyWere() throws Exception {
    int all = Threads.count();
    try (LoraAdapter adapter = adapter(model)) {
      for (int threads : new int[] {1, 2, 5}) {
        Threads.use(threads);
        try (Replicas two =
                (Replicas)
                    Replicas.on(List.of(model, twin)).open(model, adapter, new Likelihood());
            Replicas shared = (Replicas) Replicas.of(2).open(model, adapter, new Likelihood())) {
          assertThat(two.threads()).containsOnly(Math.max(1, threads / 2)).hasSize(2);
          assertThat(shared.threads()).containsOnly(Math.max(1, threads / 2)).hasSize(2);
          assertThat(Threads.count()).isEqualTo(threads);
          List<Integer> fresh = new ArrayList<>();
          Thread thread = new Thread(() -> fresh.add(Threads.count()));
          thread.start();
          thread.join();
          assertThat(fresh).containsExactly(threads);
        }
      }
    } finally {
      Threads.use(all);
    }
  }

  /** The trainer halves its micro-batches when it sees that type. */
  @Test
  void memoryThatIsShortIsStillCalledSo() {
    OutOfMemoryException cause = new OutOfMemoryException("out of memory in operator linear");
    assertThat(Replica.failure("replica 1 on cpu", new ExecutionException(cause)))
        .isInstanceOf(OutOfMemoryException.class)
        .hasMessage("replica 1 on cpu failed: out of memory in operator linear")
        .hasCause(cause);
  }

  /** The run's own weights may be kept unpacked, those of the replicas are packed all the same. */
  @Test
  void aTrainerSharesItsStepsOutAmongPackedModels() {
    List<Question> questions = SampleQuestions.of(12);
    Split split = new Split(questions.subList(0, 9), questions.subList(9, 12));
    ModelSpec packed = spec.packed(FourBitCode.NF4);
    try (LanguageModel one = packed.load();
        LanguageModel two = packed.load()) {
      QLoraTrainer trainer = QLoraTrainer.on(one).lora(Steps.LORA).epochs(2);
      try (QLoraTrainer.Result alone = trainer.run(split);
          QLoraTrainer.Result together =
              trainer.gradients(Replicas.on(List.of(one, two))).run(split)) {
        assertThat(alone.report().steps()).hasSize(4);
        for (int i = 0; i < 4; i++) {
          assertThat(together.report().steps().get(i).loss())
              .isCloseTo(alone.report().steps().get(i).loss(), within(1e-5));
        }
      }
    }
  }
}
