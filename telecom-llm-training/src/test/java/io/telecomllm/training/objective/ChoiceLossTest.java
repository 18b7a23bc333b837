package io.telecomllm.training.objective;

import static io.telecomllm.testing.Vectors.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.telecomllm.data.Choices;
import io.telecomllm.lora.Gradients;
import io.telecomllm.lora.LoraAdapter;
import io.telecomllm.lora.LoraConfig;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.model.TokenBatch;
import io.telecomllm.tensor.Operators;
import io.telecomllm.tensor.Scope;
import io.telecomllm.testing.Adapters;
import io.telecomllm.testing.TinyModel;
import io.telecomllm.training.batching.Example;
import io.telecomllm.training.batching.PackedBatch;
import io.telecomllm.training.batching.StepBatch;
import io.telecomllm.training.gradients.InProcessGradients;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The choice's figures and the weight of the text, against logits computed one by one. */
class ChoiceLossTest {
  private static final int[][] OPTIONS = {{7, 3, 11}, {3, 7}, {11, 200, 7, 3}, {5, 6}};
  private static final int[] RIGHT = {2, 0, 1, 1};

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

  /** Answers of two to five tokens whose second one chooses. */
  private static List<Example> examples(double textWeight) {
    Random random = new Random(3);
    int[] instruction = random.ints(24, 0, 256).toArray();
    List<Example> examples = new ArrayList<>();
    for (int i = 0; i < OPTIONS.length; i++) {
      int[] prompt = Arrays.copyOf(instruction, 30 + i);
      Arrays.setAll(prompt, at -> at < 24 ? instruction[at] : random.nextInt(256));
      int[] answer = random.ints(2 + i, 0, 256).toArray();
      answer[1] = OPTIONS[i][RIGHT[i]];
      examples.add(Example.of(prompt, answer, new Example.Choice(1, OPTIONS[i]), textWeight));
    }
    return examples;
  }

  private static StepBatch step(double textWeight) {
    List<Example> all = examples(textWeight);
    return new StepBatch(
        List.of(PackedBatch.of(all.subList(0, 3)), PackedBatch.of(all.subList(3, 4))));
  }

  private static InProcessGradients source() {
    return InProcessGradients.of(model, adapter, new Likelihood());
  }

  private static Loss loss(StepBatch step) {
    try (Scope scope = Scope.open(model.device())) {
      return source().loss(step, scope);
    }
  }

  /**
   * The negative log-probability of each token of the answer, and the choice, each from one pass.
   */
  private record Naive(List<Double> text, double choice, Choices among) {
    static Naive of(Example example, int place) {
      int prompt = example.choice().orElseThrow().position() - 1;
      int[] ids = example.ids();
      List<Double> text = new ArrayList<>();
      double choice = 0;
      Choices among = Choices.NONE;
      for (int i = prompt; i < ids.length; i++) {
        float[] logits = logits(Arrays.copyOf(ids, i));
        double max = 0;
        double sum = 0;
        for (float logit : logits) {
          max = Math.max(max, logit);
        }
        for (float logit : logits) {
          sum += Math.exp(logit - max);
        }
        double nll = max + Math.log(sum) - logits[ids[i]];
        if (i == prompt + 1) {
          choice = nll;
          among =
              Choices.of(
                  Arrays.stream(OPTIONS[place]).mapToDouble(id -> logits[id]).toArray(),
                  RIGHT[place]);
        } else {
          text.add(nll);
        }
      }
      return new Naive(text, choice, among);
    }

    private static float[] logits(int[] ids) {
      try (Scope scope = Scope.open(model.device())) {
        return scope
            .operators()
            .toFloats(
                model
                    .network()
                    .logits(
                        TokenBatch.of(ids),
                        null,
                        adapter.deltas(model.computeType(), scope),
                        new int[] {ids.length - 1},
                        scope));
      }
    }
  }

  @Test
  void lossAndChoicesAreThoseOfTokensOneByOne() {
    List<Naive> naive = new ArrayList<>();
    List<Example> examples = examples(1);
    for (int i = 0; i < examples.size(); i++) {
      naive.add(Naive.of(examples.get(i), i));
    }
    Choices among = naive.stream().map(Naive::among).reduce(Choices.NONE, Choices::plus);
    double choice = naive.stream().mapToDouble(Naive::choice).sum();
    double text = naive.stream().flatMap(n -> n.text().stream()).mapToDouble(d -> d).sum();
    long count = naive.stream().mapToLong(n -> n.text().size()).sum();
    for (double weight : new double[] {1, 0.25, 0}) {
      Loss loss = loss(step(weight));
      assertThat(loss.value())
          .as("text weight " + weight)
          .isCloseTo((choice + weight * text) / (examples.size() + weight * count), within(1e-5));
      assertThat(loss.choices().questions()).isEqualTo(4);
      assertThat(loss.choices().right()).isEqualTo(among.right());
      assertThat(loss.choices().loss()).isCloseTo(among.loss(), within(1e-5));
      assertThat(loss.choices().chance()).isCloseTo(among.chance(), within(1e-12));
    }
  }

  @Test
  void withoutTextOnlyTheChoiceIsComputed() {
    assertThat(step(0).supervised()).isEqualTo(4);
    assertThat(step(1).supervised()).isEqualTo(2 + 3 + 4 + 5);
    // rows after the one that predicts the choice are not computed
    assertThat(step(0).rows()).isEqualTo(step(1).rows() - (0 + 1 + 2 + 3));
  }

  @Test
  void theGradientIsTheWeightedMeanOfChoiceAndText() {
    List<float[]> whole = gradients(1);
    List<float[]> label = gradients(0);
    List<float[]> mixed = gradients(0.25);
    int text = 10;
    for (int i = 0; i < whole.size(); i++) {
      float[] expected = new float[whole.get(i).length];
      for (int k = 0; k < expected.length; k++) {
        double choiceSum = 4 * label.get(i)[k];
        double textSum = (4 + text) * whole.get(i)[k] - choiceSum;
        expected[k] = (float) ((choiceSum + 0.25 * textSum) / (4 + 0.25 * text));
      }
      assertClose(adapter.parameters().get(i).name(), mixed.get(i), expected, 1e-5);
    }
  }

  private static List<float[]> gradients(double textWeight) {
    try (Scope scope = Scope.open(model.device())) {
      Operators ops = scope.operators();
      Gradients gradients = Gradients.zeros(adapter.parameters(), scope);
      Loss added = source().add(step(textWeight), 0.5, gradients, scope);
      Loss alone = loss(step(textWeight));
      assertThat(added.value()).isCloseTo(0.5 * alone.value(), within(1e-6));
      // a weight changes the loss, never how well the options are chosen
      assertThat(added.choices().loss()).isCloseTo(alone.choices().loss(), within(1e-6));
      List<float[]> values = new ArrayList<>();
      gradients
          .names()
          .forEach(
              name -> {
                float[] sums = ops.toFloats(gradients.require(name));
                for (int k = 0; k < sums.length; k++) {
                  sums[k] *= 2;
                }
                values.add(sums);
              });
      return values;
    }
  }
}
