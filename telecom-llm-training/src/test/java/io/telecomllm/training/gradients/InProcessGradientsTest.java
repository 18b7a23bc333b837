package io.telecomllm.training.gradients;

import static io.telecomllm.testing.Vectors.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.telecomllm.lora.Gradients;
import io.telecomllm.lora.LoraAdapter;
import io.telecomllm.lora.LoraConfig;
import io.telecomllm.lora.Parameter;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.tensor.Operators;
import io.telecomllm.tensor.Scope;
import io.telecomllm.testing.Adapters;
import io.telecomllm.testing.TinyModel;
import io.telecomllm.training.batching.Example;
import io.telecomllm.training.batching.PackedBatch;
import io.telecomllm.training.batching.StepBatch;
import io.telecomllm.training.objective.Likelihood;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Packing, sharing and accumulating change how much is computed, never what comes out. */
class InProcessGradientsTest {
  private static LanguageModel model;
  private static LoraAdapter adapter;

  @BeforeAll
  static void open() {
    model = TinyModel.load(256);
    adapter = LoraAdapter.create(LoraConfig.builder().rank(4).alpha(8).build(), model, 5);
    Adapters.randomise(adapter, 0.1);
  }

  @AfterAll
  static void close() {
    adapter.close();
    model.close();
  }

  private static List<Example> examples() {
    Random random = new Random(3);
    int[] instruction = random.ints(24, 0, 256).toArray();
    int[] question = random.ints(12, 0, 256).toArray();
    List<Example> examples = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      List<Integer> prompt = new ArrayList<>();
      for (int id : instruction) {
        prompt.add(id);
      }
      if (i % 2 == 0) {
        for (int id : question) {
          prompt.add(id);
        }
      }
      random.ints(5 + i, 0, 256).forEach(prompt::add);
      int[] answer = random.ints(1 + i, 0, 256).toArray();
      examples.add(Example.of(prompt.stream().mapToInt(Integer::intValue).toArray(), answer));
    }
    return examples;
  }

  private record Outcome(double loss, Map<String, float[]> gradients) {}

  private static Outcome run(StepBatch window) {
    try (Scope scope = Scope.open(model.device())) {
      Operators ops = scope.operators();
      Gradients gradients = Gradients.zeros(adapter.parameters(), scope);
      InProcessGradients source = InProcessGradients.of(model, adapter, new Likelihood());
      double loss = source.add(window, 1, gradients, scope).value();
      assertThat(source.loss(window, scope).value()).isCloseTo(loss, within(1e-6));
      Map<String, float[]> values = new LinkedHashMap<>();
      gradients.names().forEach(n -> values.put(n, ops.toFloats(gradients.require(n))));
      return new Outcome(loss, values);
    }
  }

  @Test
  void oneTreeEqualsExamplesOneByOne() {
    List<Example> examples = examples();
    PackedBatch tree = PackedBatch.of(examples);
    assertThat(tree.tokens().rows()).isLessThan(tree.unshared());
    assertThat(tree.tokens().segments()).hasSizeGreaterThan(examples.size() + 1);
    Outcome packed = run(new StepBatch(List.of(tree)));
    Outcome single =
        run(new StepBatch(examples.stream().map(e -> PackedBatch.of(List.of(e))).toList()));
    Outcome pairs =
        run(
            new StepBatch(
                List.of(
                    PackedBatch.of(examples.subList(0, 2)),
                    PackedBatch.of(examples.subList(2, 6)))));
    for (Outcome other : List.of(single, pairs)) {
      assertThat(packed.loss()).isCloseTo(other.loss(), within(1e-5));
      packed
          .gradients()
          .forEach((name, g) -> assertClose(name, g, other.gradients().get(name), 1e-5));
    }
    assertThat(packed.gradients().values())
        .allMatch(g -> java.util.stream.IntStream.range(0, g.length).anyMatch(i -> g[i] != 0));
  }

  @Test
  void gradientsAreThoseOfFiniteDifferences() {
    StepBatch window = new StepBatch(List.of(PackedBatch.of(examples())));
    Outcome outcome = run(window);
    double step = 1e-2;
    for (Parameter parameter : adapter.parameters().subList(0, 8)) {
      float[] gradient = outcome.gradients().get(parameter.name());
      int at = largest(gradient);
      double up = lossWith(window, parameter, at, step);
      double down = lossWith(window, parameter, at, -step);
      assertThat((up - down) / (2 * step))
          .as(parameter.name() + "[" + at + "]")
          .isCloseTo(gradient[at], within(2e-3 + 0.02 * Math.abs(gradient[at])));
    }
  }

  @Test
  void labelsAreSmoothedWhileTrainingAlone() {
    StepBatch step = new StepBatch(List.of(PackedBatch.of(examples())));
    try (Scope scope = Scope.open(model.device())) {
      Gradients gradients = Gradients.zeros(adapter.parameters(), scope);
      InProcessGradients plain = InProcessGradients.of(model, adapter, new Likelihood());
      InProcessGradients smoothed = InProcessGradients.of(model, adapter, new Likelihood(0.2));
      double loss = plain.add(step, 1, gradients, scope).value();
      assertThat(Math.abs(smoothed.add(step, 1, gradients, scope).value() - loss))
          .isGreaterThan(1e-3);
      assertThat(smoothed.loss(step, scope)).isEqualTo(plain.loss(step, scope));
    }
  }

  private static int largest(float[] values) {
    int best = 0;
    for (int i = 1; i < values.length; i++) {
      if (Math.abs(values[i]) > Math.abs(values[best])) {
        best = i;
      }
    }
    return best;
  }

  private static double lossWith(StepBatch window, Parameter parameter, int at, double step) {
    var floats = parameter.value().bytes().asFloatBuffer();
    float before = floats.get(at);
    floats.put(at, (float) (before + step));
    try (Scope scope = Scope.open(model.device())) {
      return InProcessGradients.of(model, adapter, new Likelihood()).loss(window, scope).value();
    } finally {
      floats.put(at, before);
    }
  }
}
