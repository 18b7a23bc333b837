package io.telecomllm.training.objective;

import static io.telecomllm.testing.Vectors.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.telecomllm.lora.Deltas;
import io.telecomllm.lora.Gradients;
import io.telecomllm.lora.LoraAdapter;
import io.telecomllm.lora.LoraConfig;
import io.telecomllm.lora.Parameter;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.model.TokenBatch;
import io.telecomllm.tensor.Scope;
import io.telecomllm.testing.Adapters;
import io.telecomllm.testing.TinyModel;
import io.telecomllm.training.batching.Example;
import io.telecomllm.training.batching.PackedBatch;
import io.telecomllm.training.batching.StepBatch;
import io.telecomllm.training.gradients.GradientSource;
import io.telecomllm.training.gradients.InProcessGradients;
import io.telecomllm.training.gradients.Replicas;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Direct preference optimization against its formula, finite differences, and replicas. */
class DirectPreferenceTest {
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

  /** Micro-batches of two pairs each; all prompts begin alike, those of a pair are equal. */
  private static StepBatch step(int batches) {
    Random random = new Random(3);
    List<PackedBatch> all = new ArrayList<>();
    for (int b = 0; b < batches; b++) {
      all.add(PackedBatch.of(examples(random)));
    }
    return new StepBatch(all);
  }

  private static List<Example> examples(Random random) {
    int[] shared = new Random(4).ints(12, 0, 256).toArray();
    List<Example> examples = new ArrayList<>();
    for (int pair = 0; pair < 2; pair++) {
      int[] prompt = Arrays.copyOf(shared, 12 + 6);
      System.arraycopy(random.ints(6, 0, 256).toArray(), 0, prompt, 12, 6);
      examples.add(Example.of(prompt, random.ints(2 + pair, 0, 256).toArray()));
      examples.add(Example.of(prompt, random.ints(3, 0, 256).toArray()));
    }
    return examples;
  }

  private static Map<String, float[]> gradients(GradientSource source, StepBatch step) {
    try (Scope scope = Scope.open(model.device())) {
      Gradients gradients = Gradients.zeros(adapter.parameters(), scope);
      Loss unused = source.add(step, 1, gradients, scope);
      Map<String, float[]> values = new LinkedHashMap<>();
      gradients
          .names()
          .forEach(n -> values.put(n, scope.operators().toFloats(gradients.require(n))));
      return values;
    }
  }

  /** The loss that is minimised, smoothed. */
  private static double loss(GradientSource source, StepBatch step) {
    try (Scope scope = Scope.open(model.device())) {
      Gradients gradients = Gradients.zeros(adapter.parameters(), scope);
      return source.add(step, 1, gradients, scope).value();
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 0.2})
  void gradientsAreThoseOfFiniteDifferences(double smoothing) {
    InProcessGradients source =
        InProcessGradients.of(model, adapter, new DirectPreference(0.5, smoothing));
    StepBatch step = step(1);
    Map<String, float[]> gradients = gradients(source, step);
    // an a and a b of the last layer, every value
    for (Parameter parameter : lastPair()) {
      float[] gradient = gradients.get(parameter.name());
      FloatBuffer values = parameter.value().bytes().asFloatBuffer();
      for (int at = 0; at < gradient.length; at++) {
        float before = values.get(at);
        values.put(at, before + 1e-2f);
        double up = loss(source, step);
        values.put(at, before - 1e-2f);
        double down = loss(source, step);
        values.put(at, before);
        assertThat((up - down) / 2e-2)
            .as(parameter.name() + "[" + at + "]")
            .isCloseTo(gradient[at], within(1e-3 + 0.02 * Math.abs(gradient[at])));
      }
      assertThat(gradient).isNotEqualTo(new float[gradient.length]);
    }
  }

  private static List<Parameter> lastPair() {
    List<Parameter> of =
        adapter.parameters().stream()
            .filter(p -> p.name().contains("layers.1.self_attn.o_proj"))
            .toList();
    assertThat(of).hasSize(2);
    return of;
  }

  /** The formula, with log-probabilities of whole answers from plain passes. */
  private static double margin(Example chosen, Example rejected, double beta) {
    return beta
        * (logProbability(chosen, true)
            - logProbability(chosen, false)
            - logProbability(rejected, true)
            + logProbability(rejected, false));
  }

  private static double logProbability(Example example, boolean adapted) {
    try (Scope scope = Scope.open(model.device())) {
      Deltas deltas = adapted ? adapter.deltas(model.computeType(), scope) : Deltas.none();
      int[] ids = example.ids();
      float[] logits =
          scope
              .operators()
              .toFloats(model.network().logits(TokenBatch.of(ids), null, deltas, null, scope));
      int vocabulary = logits.length / ids.length;
      double sum = 0;
      for (int i = 1; i < ids.length; i++) {
        if (example.labels()[i] != Example.NO_LABEL) {
          double all = 0;
          for (int k = 0; k < vocabulary; k++) {
            all += Math.exp(logits[(i - 1) * vocabulary + k]);
          }
          sum += logits[(i - 1) * vocabulary + ids[i]] - Math.log(all);
        }
      }
      return sum;
    }
  }

  @Test
  void theLossIsThatOfTheFormula() {
    List<Example> pairs = examples(new Random(3));
    double sum = 0;
    double smoothed = 0;
    int right = 0;
    for (int i = 0; i < pairs.size(); i += 2) {
      double m = margin(pairs.get(i), pairs.get(i + 1), 0.5);
      sum += Math.log(1 + Math.exp(-m));
      smoothed += 0.8 * Math.log(1 + Math.exp(-m)) + 0.2 * Math.log(1 + Math.exp(m));
      right += m > 0 ? 1 : 0;
    }
    StepBatch step = new StepBatch(List.of(PackedBatch.of(pairs)));
    InProcessGradients source =
        InProcessGradients.of(model, adapter, new DirectPreference(0.5, 0.2));
    assertThat(loss(source, step)).isCloseTo(smoothed / 2, within(1e-5));
    try (Scope scope = Scope.open(model.device())) {
      Loss found = source.loss(step, scope);
      assertThat(found.value()).isCloseTo(sum / 2, within(1e-5));
      assertThat(found.choices().loss()).isCloseTo(sum / 2, within(1e-5));
      assertThat(found.choices().right()).isEqualTo(right);
      assertThat(found.choices().questions()).isEqualTo(2);
    }
  }

  @Test
  void withoutAnAdaptersChangeItIsLn2() {
    try (LoraAdapter fresh = LoraAdapter.create(LoraConfig.defaults(), model, 5);
        Scope scope = Scope.open(model.device())) {
      Gradients gradients = Gradients.zeros(fresh.parameters(), scope);
      InProcessGradients source = InProcessGradients.of(model, fresh, new DirectPreference(0.1, 0));
      Loss loss = source.add(step(3), 1, gradients, scope);
      assertThat(loss.value()).isCloseTo(Math.log(2), within(1e-7));
      assertThat(loss.choices().chance()).isCloseTo(Math.log(2), within(1e-12));
    }
  }

  @Test
  void replicasShareItOut() {
    DirectPreference preference = new DirectPreference(0.5, 0);
    StepBatch step = step(5);
    Map<String, float[]> expected =
        gradients(InProcessGradients.of(model, adapter, preference), step);
    try (GradientSource shared = Replicas.of(2).open(model, adapter, preference)) {
      gradients(shared, step).forEach((name, g) -> assertClose(name, g, expected.get(name), 1e-5));
    }
  }
}
