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
import io.telecomllm.tensor.Operators;
import io.telecomllm.tensor.Scope;
import io.telecomllm.tensor.Tensor;
import io.telecomllm.testing.Adapters;
import io.telecomllm.testing.Losses;
import io.telecomllm.testing.TinyModel;
import io.telecomllm.training.batching.Example;
import io.telecomllm.training.batching.PackedBatch;
import io.telecomllm.training.batching.RoundedBatch;
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

/**
 * An objective of another kind needs nothing but itself: direct preference optimization, which
 * compares the examples of a micro-batch with each other and with the base model, is computed here
 * by the same sources.
 */
class PreferenceTest {
  private static LanguageModel model;
  private static LoraAdapter adapter;

  /**
   * Rafailov et al. 2023, equation 7: of two examples one after the other the first is preferred.
   */
  private record Preference(double beta) implements Objective {
    @Override
    public double terms(List<PackedBatch> batches) {
      return batches.stream().mapToInt(b -> examples(b) / 2).sum();
    }

    private static int examples(PackedBatch batch) {
      return (int) Arrays.stream(batch.owners()).distinct().count();
    }

    @Override
    public Loss loss(Predictions predictions, double weight) {
      return new Loss(
          Arrays.stream(margins(predictions)).map(m -> weight * Math.log1p(Math.exp(-m))).sum());
    }

    @Override
    public Result lossAndGradient(Predictions predictions, double weight, Gradients gradients) {
      double[] margins = margins(predictions);
      RoundedBatch batch = predictions.batch();
      int[] owners = batch.packed().owners();
      float[] weights = batch.weights(1);
      for (int i = 0; i < owners.length; i++) {
        double push = weight * beta / (1 + Math.exp(margins[owners[i] / 2]));
        weights[i] = (float) (owners[i] % 2 == 0 ? push : -push);
      }
      Operators.Pair pair =
          Losses.crossEntropy(
              predictions.model(),
              predictions.deltas(),
              predictions.hidden(),
              batch.labels(),
              weights,
              weights.length,
              gradients,
              predictions.scope());
      double loss = 0;
      for (double margin : margins) {
        loss += weight * Math.log1p(Math.exp(-margin));
      }
      return new Result(new Loss(loss), pair.second());
    }

    private double[] margins(Predictions p) {
      RoundedBatch batch = p.batch();
      Tensor base =
          p.model().network().hidden(batch.tokens(), null, Deltas.none(), batch.rows(), p.scope());
      double[] adapted = logProbabilities(p.deltas(), p.hidden(), p);
      double[] reference = logProbabilities(Deltas.none(), base, p);
      int[] owners = batch.packed().owners();
      double[] margins = new double[examples(batch.packed()) / 2];
      for (int i = 0; i < owners.length; i++) {
        double gain = beta * (adapted[i] - reference[i]);
        margins[owners[i] / 2] += owners[i] % 2 == 0 ? gain : -gain;
      }
      return margins;
    }

    private static double[] logProbabilities(Deltas deltas, Tensor hidden, Predictions p) {
      Operators ops = p.scope().operators();
      float[] logits =
          ops.toFloats(
              p.model()
                  .network()
                  .head(deltas, (head, workspace) -> head.logits(workspace, p.scope(), hidden)));
      int[] labels = p.batch().packed().labels();
      int vocabulary = logits.length / p.batch().rows().length;
      double[] found = new double[labels.length];
      for (int i = 0; i < labels.length; i++) {
        double sum = 0;
        for (int k = 0; k < vocabulary; k++) {
          sum += Math.exp(logits[i * vocabulary + k]);
        }
        found[i] = logits[i * vocabulary + labels[i]] - Math.log(sum);
      }
      return found;
    }
  }

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
    int[] shared = random.ints(12, 0, 256).toArray();
    List<PackedBatch> all = new ArrayList<>();
    for (int b = 0; b < batches; b++) {
      List<Example> examples = new ArrayList<>();
      for (int pair = 0; pair < 2; pair++) {
        int[] prompt = Arrays.copyOf(shared, 12 + 6);
        System.arraycopy(random.ints(6, 0, 256).toArray(), 0, prompt, 12, 6);
        examples.add(Example.of(prompt, random.ints(2 + pair, 0, 256).toArray()));
        examples.add(Example.of(prompt, random.ints(3, 0, 256).toArray()));
      }
      all.add(PackedBatch.of(examples));
    }
    return new StepBatch(all);
  }

  private static Map<String, float[]> gradients(GradientSource source, StepBatch step) {
    try (Scope scope = Scope.open(model.device())) {
      Gradients gradients = Gradients.zeros(adapter.parameters(), scope);
      double loss = source.add(step, 1, gradients, scope).value();
      assertThat(source.loss(step, scope).value()).isCloseTo(loss, within(1e-6));
      Map<String, float[]> values = new LinkedHashMap<>();
      gradients
          .names()
          .forEach(n -> values.put(n, scope.operators().toFloats(gradients.require(n))));
      return values;
    }
  }

  private static double lossWith(
      GradientSource source, StepBatch step, Parameter parameter, int at, float change) {
    FloatBuffer values = parameter.value().bytes().asFloatBuffer();
    float before = values.get(at);
    values.put(at, before + change);
    try (Scope scope = Scope.open(model.device())) {
      return source.loss(step, scope).value();
    } finally {
      values.put(at, before);
    }
  }

  @Test
  void gradientsAreThoseOfFiniteDifferences() {
    InProcessGradients source = InProcessGradients.of(model, adapter, new Preference(0.5));
    StepBatch step = step(1);
    Map<String, float[]> gradients = gradients(source, step);
    for (Parameter parameter : adapter.parameters().subList(0, 8)) {
      float[] gradient = gradients.get(parameter.name());
      int at = 0;
      for (int i = 1; i < gradient.length; i++) {
        at = Math.abs(gradient[i]) > Math.abs(gradient[at]) ? i : at;
      }
      double up = lossWith(source, step, parameter, at, 1e-2f);
      double down = lossWith(source, step, parameter, at, -1e-2f);
      assertThat((up - down) / 2e-2)
          .as(parameter.name() + "[" + at + "]")
          .isCloseTo(gradient[at], within(2e-3 + 0.02 * Math.abs(gradient[at])));
      assertThat(gradient[at]).isNotZero();
    }
  }

  @Test
  void replicasShareItOut() {
    Preference preference = new Preference(0.5);
    StepBatch step = step(5);
    Map<String, float[]> expected =
        gradients(InProcessGradients.of(model, adapter, preference), step);
    try (GradientSource shared = Replicas.of(2).open(model, adapter, preference)) {
      gradients(shared, step).forEach((name, g) -> assertClose(name, g, expected.get(name), 1e-5));
    }
  }
}
