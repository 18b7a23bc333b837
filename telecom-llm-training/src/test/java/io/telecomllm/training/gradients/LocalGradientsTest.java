package io.telecomllm.training.gradients;

import static io.telecomllm.testing.Vectors.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.telecomllm.lora.Gradients;
import io.telecomllm.lora.LoraAdapter;
import io.telecomllm.lora.LoraConfig;
import io.telecomllm.lora.LoraInitialization;
import io.telecomllm.lora.Parameter;
import io.telecomllm.lora.TargetModule;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.model.files.ModelSpec;
import io.telecomllm.quantization.FourBitCode;
import io.telecomllm.tensor.Scope;
import io.telecomllm.tensor.Seed;
import io.telecomllm.testing.Adapters;
import io.telecomllm.training.batching.Example;
import io.telecomllm.training.batching.PackedBatch;
import io.telecomllm.training.batching.StepBatch;
import io.telecomllm.training.batching.TrainingNoise;
import io.telecomllm.training.objective.Likelihood;
import io.telecomllm.training.objective.Loss;
import io.telecomllm.training.objective.Objective;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** All that is computed for Spark, without Spark. */
class LocalGradientsTest {
  @TempDir static Path folder;
  private static ModelSpec spec;
  private static LanguageModel model;
  private static LoraAdapter adapter;
  private static ParameterArrays values;
  private static StepBatch window;

  @BeforeAll
  static void open() throws IOException {
    spec = Steps.spec(folder);
    model = spec.load();
    adapter = LoraAdapter.create(Steps.LORA, model, 5);
    Adapters.randomise(adapter, 0.1);
    values = values(adapter);
    window = Steps.window(Steps.examples(model, 14), 2);
  }

  @AfterAll
  static void close() {
    adapter.close();
    model.close();
  }

  private static ParameterArrays values(LoraAdapter any) {
    try (Scope scope = Scope.open(model.device())) {
      return ParameterArrays.of(any.parameters(), scope);
    }
  }

  @SuppressWarnings("unchecked")
  private static <T> T travelled(T value) throws IOException, ClassNotFoundException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(value);
    }
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      return (T) in.readObject();
    }
  }

  /** As the window itself computes them beside an adapter that nobody touched. */
  private static LossAndGradients expected() {
    return expected(window, adapter, new Likelihood());
  }

  private static LossAndGradients expected(
      StepBatch window, LoraAdapter adapter, Objective objective) {
    try (Scope scope = Scope.open(model.device())) {
      Gradients gradients = Gradients.zeros(adapter.parameters(), scope);
      Loss loss = InProcessGradients.of(model, adapter, objective).add(window, 1, gradients, scope);
      return new LossAndGradients(loss, ParameterArrays.of(gradients, scope));
    }
  }

  private static void assertSame(LossAndGradients found, LossAndGradients expected) {
    assertThat(found.loss()).isEqualTo(expected.loss());
    List<float[]> arrays = expected.gradients().arrays();
    for (int i = 0; i < arrays.size(); i++) {
      assertThat(found.gradients().arrays().get(i)).isEqualTo(arrays.get(i));
    }
  }

  @Test
  void anotherAdapterOfTheSameShapeGivesTheSameBits() {
    LossAndGradients expected = expected();
    assertThat(expected.gradients().arrays()).hasSize(adapter.parameters().size());
    try (LoraAdapter scratch = LoraAdapter.create(Steps.LORA, model, 99)) {
      LocalGradients local = new LocalGradients(model, scratch, new Likelihood());
      assertSame(local.gradients(values, window), expected);
      assertThat(local.loss(values, window).value())
          .isCloseTo(expected.loss().value(), within(1e-6));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7, 100})
  void slicesAddUpToTheWindow(int slices) throws Exception {
    try (LoraAdapter dropping =
        LoraAdapter.create(Steps.LORA.toBuilder().dropout(0.2).build(), model, 5)) {
      // with all noise that a training pass may have: each micro-batch draws its own
      StepBatch noisy = new StepBatch(window.batches(), new TrainingNoise(5, new Seed(3), 0));
      slicesAddUp(slices, noisy, dropping, new Likelihood(0.1));
      slicesAddUp(slices, window, adapter, new Likelihood());
    }
  }

  private static void slicesAddUp(
      int slices, StepBatch window, LoraAdapter adapter, Objective objective) throws Exception {
    ParameterArrays values;
    try (Scope scope = Scope.open(model.device())) {
      values = ParameterArrays.of(adapter.parameters(), scope);
    }
    LossAndGradients expected = expected(window, adapter, objective);
    List<Slice> cut = Slice.cut(window, objective, slices);
    assertThat(cut).hasSize(Math.min(slices, 7));
    assertThat(cut.stream().mapToDouble(Slice::share).sum()).isCloseTo(1, within(1e-12));
    List<PackedBatch> batches = new ArrayList<>();
    List<LossAndGradients> parts = new ArrayList<>();
    LocalGradients local = new LocalGradients(model, adapter, travelled(objective));
    for (Slice slice : cut) {
      StepBatch part = travelled(slice).step();
      batches.addAll(part.batches());
      parts.add(local.gradients(values, part, slice.share()));
    }
    for (int i = 0; i < batches.size(); i++) {
      PackedBatch whole = window.batches().get(i);
      PackedBatch part = batches.get(i);
      assertThat(part.tokens().ids()).isEqualTo(whole.tokens().ids());
      assertThat(part.tokens().segments()).isEqualTo(whole.tokens().segments());
      assertThat(part.rows()).isEqualTo(whole.rows());
      assertThat(part.labels()).isEqualTo(whole.labels());
      assertThat(part.owners()).isEqualTo(whole.owners());
      assertThat(part.unshared()).isEqualTo(whole.unshared());
    }
    LossAndGradients sum = SliceSum.of(parts.stream().map(SliceSum.Part::of).toList());
    assertThat(sum.loss().value()).isCloseTo(expected.loss().value(), within(1e-6));
    for (int i = 0; i < expected.gradients().arrays().size(); i++) {
      assertClose(
          "gradient " + i,
          sum.gradients().arrays().get(i),
          expected.gradients().arrays().get(i),
          1e-6);
    }
  }

  @Test
  void aSliceWithNothingToPredictIsLeftOut() {
    int[] ids = {1, 2, 3, 4};
    int[] none = {-100, -100, -100, -100};
    PackedBatch silent = PackedBatch.of(List.of(new Example(ids, none)));
    PackedBatch spoken = window.batches().get(0);
    List<Slice> cut = Slice.cut(new StepBatch(List.of(silent, spoken)), new Likelihood(), 2);
    assertThat(cut).hasSize(1);
    assertThat(cut.get(0).share()).isEqualTo(1);
    assertThatThrownBy(() -> Slice.cut(new StepBatch(List.of(silent)), new Likelihood(), 2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a step without supervised tokens");
  }

  /** What of an adapter is not trained must travel too: PiSSA's frozen part, roles, DoRA. */
  @ParameterizedTest
  @ValueSource(strings = {"plain", "pissa", "roles", "dora", "loftq", "whole"})
  void anAdapterTravelsWithAllItsSettings(String kind) throws Exception {
    LoraConfig.Builder builder = Steps.LORA.toBuilder();
    LoraConfig config =
        switch (kind) {
          case "pissa" -> builder.initialization(LoraInitialization.PISSA).build();
          case "loftq" -> builder.initialization(LoraInitialization.LOFTQ).build();
          case "roles" -> builder.targetModules(TargetModule.Q, TargetModule.V).build();
          case "dora" -> builder.dora(true).build();
          case "whole" -> builder.modulesToSave("lm_head").build();
          default -> builder.build();
        };
    // LoftQ is for packed weights
    ModelSpec used = kind.equals("loftq") ? spec.packed(FourBitCode.NF4) : spec;
    try (LanguageModel base = used.load();
        LoraAdapter sent = LoraAdapter.create(config, base, 3);
        LoraAdapter received = travelled(AdapterFiles.of(sent)).load(base)) {
      assertThat(received.parameters().stream().map(Parameter::name))
          .isEqualTo(sent.parameters().stream().map(Parameter::name).toList());
      Adapters.randomise(sent, 0.1);
      ParameterArrays now = values(sent);
      LossAndGradients expected =
          new LocalGradients(base, sent, new Likelihood()).gradients(now, window);
      assertSame(
          new LocalGradients(base, received, new Likelihood())
              .gradients(ParameterArrays.ofBytes(travelled(now.toBytes())), window),
          expected);
    }
  }

  @Test
  void arraysAreAddedInOrderAndInDoublePrecision() {
    List<ParameterArrays> parts =
        List.of(
            new ParameterArrays(List.of(new float[] {1e8f, 1}, new float[] {2})),
            new ParameterArrays(List.of(new float[] {1, 2}, new float[] {3})),
            new ParameterArrays(List.of(new float[] {-1e8f, 3}, new float[] {-5})));
    LossAndGradients added =
        SliceSum.of(
            parts.stream()
                .map(p -> SliceSum.Part.of(new LossAndGradients(new Loss(0.5), p)))
                .toList());
    assertThat(added.loss()).isEqualTo(new Loss(1.5));
    List<float[]> sum = added.gradients().arrays();
    assertThat(sum.get(0)).containsExactly(1, 6);
    assertThat(sum.get(1)).containsExactly(0);
    assertThat(parts.get(0).arrays().get(0)).containsExactly(1e8f, 1);
    assertThat(parts.get(0).bytes()).isEqualTo(12);
    try (Scope scope = Scope.open(model.device())) {
      assertThatThrownBy(() -> parts.get(0).copyInto(adapter.parameters(), scope))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("2 arrays for %s parameters", adapter.parameters().size());
      assertThatThrownBy(() -> parts.get(0).copyInto(adapter.parameters().subList(0, 2), scope))
          .hasMessage("array 0 has 2 values, its parameter 128");
    }
  }
}
