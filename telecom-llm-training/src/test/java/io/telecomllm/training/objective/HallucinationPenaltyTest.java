package io.telecomllm.training.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.telecomllm.lora.Gradients;
import io.telecomllm.lora.LoraAdapter;
import io.telecomllm.lora.LoraConfig;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.tensor.Operators;
import io.telecomllm.tensor.Scope;
import io.telecomllm.tensor.Seed;
import io.telecomllm.tensor.Tensor;
import io.telecomllm.testing.Adapters;
import io.telecomllm.testing.TinyModel;
import io.telecomllm.training.batching.Example;
import io.telecomllm.training.batching.Offer;
import io.telecomllm.training.batching.PackedBatch;
import io.telecomllm.training.batching.RoundedBatch;
import io.telecomllm.training.batching.StepBatch;
import io.telecomllm.training.gradients.InProcessGradients;
import io.telecomllm.training.settings.PenaltyConfig;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The penalty's value against logits computed one by one, its gradients against differences. */
class HallucinationPenaltyTest {
  private static final PenaltyConfig NONE = new PenaltyConfig(1, 0, 0, 0, 0.6, 1.5, 2, 0, 0);
  private static final PenaltyConfig COST = new PenaltyConfig(1, 1.5, 0, 0, 0.6, 1.5, 2, 0, 0);
  private static final PenaltyConfig BRIER = new PenaltyConfig(1, 0, 0.7, 0, 0.6, 1.5, 2, 0, 0);
  private static final PenaltyConfig UNLIKELY = new PenaltyConfig(1, 0, 0, 1.3, 0.6, 1.5, 2, 0, 0);
  private static final PenaltyConfig ALL = new PenaltyConfig(1, 1.5, 0.7, 1.3, 0.6, 1.5, 2, 0, 0);
  private static final PenaltyConfig NEAR = new PenaltyConfig(0.5, 0, 0, 0, 0.6, 1.5, 2, 1.2, 0);
  private static final PenaltyConfig REWARD = new PenaltyConfig(0, 1.5, 0, 0, 0.6, 1.5, 2, 0.4, 0);

  private static LanguageModel model;
  private static LoraAdapter adapter;

  @BeforeAll
  static void open() {
    model = TinyModel.load(256);
    // the head is trained too
    adapter =
        LoraAdapter.create(
            LoraConfig.builder().rank(4).alpha(8).modulesToSave("lm_head").build(), model, 5);
    Adapters.randomise(adapter, 0.1);
  }

  @AfterAll
  static void close() {
    adapter.close();
    model.close();
  }

  static Stream<PenaltyConfig> weights() {
    return Stream.of(COST, BRIER, UNLIKELY, ALL, NEAR, REWARD);
  }

  /** Three questions with abstention, one where it is right, the last with refuted tokens. */
  private static PackedBatch batch() {
    Random random = new Random(3);
    int[] instruction = random.ints(24, 0, 256).toArray();
    int[][] options = {{7, 3, 11}, {3, 7}, {11, 200, 7, 3}};
    int[] right = {11, 48, 200};
    List<Example> examples = new ArrayList<>();
    for (int i = 0; i < options.length; i++) {
      int[] prompt = Arrays.copyOf(instruction, 30 + i);
      Arrays.setAll(prompt, at -> at < 24 ? instruction[at] : random.nextInt(256));
      int[] answer = random.ints(4 + i, 0, 256).toArray();
      answer[1] = right[i];
      float[] refuted = new float[options[i].length];
      refuted[0] = 0.5f;
      Example.Choice choice = new Example.Choice(1, new Offer(options[i], 48, refuted));
      Example example = Example.of(prompt, answer, choice, 0.5);
      if (i == 2) {
        example.weights()[prompt.length + 3] = -1;
        example.weights()[prompt.length + 4] = -0.25f;
      }
      examples.add(example);
    }
    return PackedBatch.of(examples);
  }

  private static HallucinationPenalty penalty(PenaltyConfig config) {
    return new HallucinationPenalty(new Likelihood(0.1), config);
  }

  /** The hidden states of the rows, as numbers that can be changed. */
  private static float[] hidden(RoundedBatch batch, Scope scope) {
    return scope
        .operators()
        .toFloats(
            model
                .network()
                .hidden(
                    batch.tokens(),
                    null,
                    adapter.deltas(model.computeType(), scope),
                    batch.rows(),
                    scope));
  }

  private static Loss loss(
      Objective objective, RoundedBatch batch, float[] hidden, double weight, Scope owner) {
    try (Scope scope = owner.child()) {
      return objective.loss(predictions(batch, hidden, scope), weight);
    }
  }

  private static Predictions predictions(RoundedBatch batch, float[] hidden, Scope scope) {
    int rows = batch.rows().length;
    Tensor h = scope.operators().floats(hidden, rows, hidden.length / rows);
    return new Predictions(
        model, adapter.deltas(model.computeType(), scope), batch, h, scope, new Seed(7));
  }

  @ParameterizedTest
  @MethodSource("weights")
  void theGradientOfTheHiddenStatesIsThatOfFiniteDifferences(PenaltyConfig config) {
    RoundedBatch batch = RoundedBatch.of(batch(), 256);
    try (Scope scope = Scope.open(model.device())) {
      float[] hidden = hidden(batch, scope);
      // without label smoothing, which an evaluation does not have
      Objective objective = new HallucinationPenalty(new Likelihood(), config);
      Gradients none = Gradients.zeros(List.of(), scope);
      Objective.Result result =
          objective.lossAndGradient(predictions(batch, hidden, scope), 0.5, none);
      float[] gradient = scope.operators().toFloats(result.hidden());
      assertThat(result.loss()).isEqualTo(loss(objective, batch, hidden, 0.5, scope));
      int own = batch.packed().labels().length * 32;
      for (int i = 0; i < own; i++) {
        float[] up = hidden.clone();
        float[] down = hidden.clone();
        up[i] += 0.01f;
        down[i] -= 0.01f;
        double difference =
            loss(objective, batch, up, 0.5, scope).value()
                - loss(objective, batch, down, 0.5, scope).value();
        assertThat((double) gradient[i])
            .as("%s", i)
            .isCloseTo(difference / (up[i] - down[i]), within(1e-3));
      }
      for (int i = own; i < gradient.length; i++) {
        assertThat(gradient[i]).isZero();
      }
    }
  }

  @Test
  void theValueIsThatOfTokensOneByOne() {
    RoundedBatch batch = RoundedBatch.of(batch(), 256);
    try (Scope scope = Scope.open(model.device())) {
      Operators ops = scope.operators();
      float[] hidden = hidden(batch, scope);
      Predictions predictions = predictions(batch, hidden, scope);
      float[] logits =
          ops.toFloats(
              predictions.head((head, ws) -> head.logits(ws, scope, predictions.hidden())));
      int vocabulary = logits.length / batch.rows().length;
      PackedBatch packed = batch.packed();
      double options = 0;
      for (PackedBatch.Choice choice : packed.choices()) {
        int[] tokens = choice.offer().tokens();
        double[] own = new double[tokens.length];
        int right = -1;
        for (int i = 0; i < tokens.length; i++) {
          own[i] = logits[choice.label() * vocabulary + tokens[i]];
          boolean option = i < tokens.length - 1;
          right = option && tokens[i] == packed.labels()[choice.label()] ? i : right;
        }
        options += OptionPenalty.of(ALL, own, right, choice.offer().refuted()).value();
      }
      double unlikely = 0;
      for (int row = 0; row < packed.labels().length; row++) {
        if (packed.weights()[row] < 0) {
          double sum = 0;
          for (int k = 0; k < vocabulary; k++) {
            sum += Math.exp(logits[row * vocabulary + k]);
          }
          double p = Math.exp(logits[row * vocabulary + packed.labels()[row]]) / sum;
          unlikely += 1.3 * packed.weights()[row] * Math.log(1 - p);
        }
      }
      assertThat(packed.choices()).hasSize(3);
      assertThat(unlikely).isPositive();
      Loss found = loss(penalty(ALL), batch, hidden, 0.5, scope);
      Loss plain = loss(new Likelihood(), batch, hidden, 0.5, scope);
      assertThat(found.penalty()).isCloseTo(0.5 * (options + unlikely), within(1e-5));
      assertThat(found.value()).isCloseTo(plain.value() + found.penalty(), within(1e-9));
      assertThat(found.choices()).isEqualTo(plain.choices());
      // where it is right to abstain there is no right choice
      assertThat(found.choices().questions()).isEqualTo(2);
    }
  }

  private static Map<String, float[]> gradients(Objective objective) {
    StepBatch step = new StepBatch(List.of(batch()));
    try (Scope scope = Scope.open(model.device())) {
      Gradients gradients = Gradients.zeros(adapter.parameters(), scope);
      Loss unused = InProcessGradients.of(model, adapter, objective).add(step, 1, gradients, scope);
      Map<String, float[]> values = new LinkedHashMap<>();
      gradients
          .names()
          .forEach(n -> values.put(n, scope.operators().toFloats(gradients.require(n))));
      return values;
    }
  }

  @Test
  void withoutWeightsItIsTheLikelihoodBitForBit() {
    Map<String, float[]> plain = gradients(new Likelihood(0.1));
    gradients(penalty(NONE))
        .forEach((name, g) -> assertThat(g).as(name).containsExactly(plain.get(name)));
  }

  @ParameterizedTest
  @MethodSource("weights")
  void theHeadsGradientIsThatOfFiniteDifferences(PenaltyConfig config) {
    RoundedBatch batch = RoundedBatch.of(batch(), 256);
    Objective objective = new HallucinationPenalty(new Likelihood(), config);
    try (Scope scope = Scope.open(model.device())) {
      float[] hidden = hidden(batch, scope);
      Gradients gradients = Gradients.zeros(adapter.parameters(), scope);
      Objective.Result unused =
          objective.lossAndGradient(predictions(batch, hidden, scope), 0.5, gradients);
      var head =
          adapter.parameters().stream()
              .filter(p -> p.name().contains("lm_head"))
              .findFirst()
              .orElseThrow();
      float[] gradient = scope.operators().toFloats(gradients.require(head.name()));
      var values = head.value().bytes().asFloatBuffer();
      // the rows of an option, of abstention and of a refuted token
      int refuted = batch.packed().labels()[batch.packed().labels().length - 1];
      for (int token : new int[] {7, 48, refuted}) {
        for (int at = token * 32; at < token * 32 + 32; at++) {
          float before = values.get(at);
          values.put(at, before + 0.01f);
          double up = loss(objective, batch, hidden, 0.5, scope).value();
          values.put(at, before - 0.01f);
          double down = loss(objective, batch, hidden, 0.5, scope).value();
          values.put(at, before);
          assertThat((double) gradient[at])
              .as("%s", at)
              .isCloseTo((up - down) / 0.02, within(1e-3));
        }
      }
    }
  }
}
