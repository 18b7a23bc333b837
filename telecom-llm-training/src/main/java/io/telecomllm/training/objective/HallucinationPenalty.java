package io.telecomllm.training.objective;

import com.google.common.primitives.Ints;
import io.telecomllm.Internal;
import io.telecomllm.lora.Gradients;
import io.telecomllm.tensor.Operators;
import io.telecomllm.tensor.Tensor;
import io.telecomllm.training.batching.PackedBatch;
import io.telecomllm.training.settings.PenaltyConfig;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The likelihood of the answers, and what wrong ones cost; see {@link PenaltyConfig} for the
 * formula. One forward pass gives both. The penalty of a question counts as much as the
 * cross-entropy of the token that chooses.
 *
 * @param likelihood the loss without a penalty
 */
@Internal
public record HallucinationPenalty(Likelihood likelihood, PenaltyConfig config)
    implements Objective {
  /**
   * The least 1 - p of a token that is to be unlikely; below it, 1 - p is lost in the rounding of
   * p, which is computed in fp32.
   */
  private static final double LEAST_REST = 1e-6;

  @Override
  public double terms(List<PackedBatch> batches) {
    return likelihood.terms(batches);
  }

  @Override
  public Result lossAndGradient(Predictions predictions, double weight, Gradients gradients) {
    Result plain =
        likelihood.lossAndGradient(predictions, weight * config.likelihoodWeight(), gradients);
    double penalty = penalty(predictions, weight, plain.hidden(), gradients);
    return new Result(plain.loss().withPenalty(penalty), plain.hidden());
  }

  @Override
  public Loss loss(Predictions predictions, double weight) {
    Loss plain = likelihood.loss(predictions, weight * config.likelihoodWeight());
    return plain.withPenalty(penalty(predictions, weight, null, null));
  }

  /**
   * Returns the penalty.
   *
   * @param hidden the gradient of the hidden states, to which this adds; null if none is wanted
   */
  private double penalty(
      Predictions predictions,
      double weight,
      @Nullable Tensor hidden,
      @Nullable Gradients gradients) {
    double penalty = 0;
    if (config.costWeight() > 0 || config.brierWeight() > 0 || config.klWeight() > 0) {
      penalty += options(predictions, weight, hidden, gradients);
    }
    if (config.unlikelihoodWeight() > 0) {
      penalty += unlikelihood(predictions, weight, hidden, gradients);
    }
    return penalty;
  }

  private double options(
      Predictions predictions,
      double weight,
      @Nullable Tensor hidden,
      @Nullable Gradients gradients) {
    if (predictions.batch().packed().choices().isEmpty()) {
      return 0;
    }
    ChoiceLogits choices = ChoiceLogits.of(predictions);
    Optional<ChoiceLogits> reference =
        config.klWeight() > 0
            ? Optional.of(ChoiceLogits.of(predictions.withoutAdapter()))
            : Optional.empty();
    // an evaluation draws nothing
    Optional<SplittableRandom> random =
        config.groupSize() > 0 && gradients != null
            ? Optional.of(new SplittableRandom(predictions.draws().value()))
            : Optional.empty();
    float[] g = new float[choices.size() * choices.ids().length];
    double sum = 0;
    for (int i = 0; i < choices.size(); i++) {
      OptionPenalty own = option(choices, i, random);
      if (reference.isPresent()) {
        own =
            own.plus(
                OptionPenalty.divergence(
                    config.klWeight(), choices.logits(i), reference.get().logits(i)));
      }
      sum += own.value();
      int[] columns = choices.columns(i);
      for (int k = 0; k < columns.length; k++) {
        g[i * choices.ids().length + columns[k]] += (float) (weight * own.gradient()[k]);
      }
    }
    if (hidden != null && gradients != null) {
      Operators ops = predictions.scope().operators();
      Tensor own =
          predictions.head(
              (head, workspace) ->
                  head.logitsBackward(
                      workspace,
                      predictions.scope(),
                      choices.hidden(),
                      ops.floats(g, choices.size(), choices.ids().length),
                      gradients,
                      choices.ids()));
      ops.addRowsInPlace(hidden, choices.rows(), own);
    }
    return weight * sum;
  }

  private OptionPenalty option(ChoiceLogits choices, int i, Optional<SplittableRandom> random) {
    double[] logits = choices.logits(i);
    int right = choices.right(i);
    float[] refuted = choices.refuted(i);
    return random
        .map(drawing -> OptionPenalty.sampled(config, logits, right, refuted, drawing))
        .orElseGet(() -> OptionPenalty.of(config, logits, right, refuted));
  }

  /**
   * Makes the tokens of negative weight unlikely: -ln(1 - p) each. Its gradient is that of the
   * cross-entropy times -p / (1 - p).
   */
  private double unlikelihood(
      Predictions predictions,
      double weight,
      @Nullable Tensor hidden,
      @Nullable Gradients gradients) {
    PackedBatch packed = predictions.batch().packed();
    int[] at =
        IntStream.range(0, packed.weights().length).filter(i -> packed.weights()[i] < 0).toArray();
    if (at.length == 0) {
      return 0;
    }
    Operators ops = predictions.scope().operators();
    Tensor rows = ops.longs(at);
    Tensor own = ops.selectRows(predictions.hidden(), rows);
    int[] labels = Ints.toArray(IntStream.of(at).mapToObj(i -> packed.labels()[i]).toList());
    double[] logProbabilities = predictions.logProbabilities(own, labels);
    float[] push = new float[at.length];
    double sum = 0;
    for (int i = 0; i < at.length; i++) {
      double each = weight * config.unlikelihoodWeight() * -packed.weights()[at[i]];
      double rest = Math.max(LEAST_REST, -Math.expm1(logProbabilities[i]));
      sum -= each * Math.log(rest);
      push[i] = (float) (-each * (1 - rest) / rest);
    }
    if (hidden != null && gradients != null) {
      Operators.Pair pair =
          predictions.head(
              (head, workspace) ->
                  head.crossEntropy(
                      workspace,
                      predictions.scope(),
                      own,
                      ops.longs(labels),
                      ops.floats(push, push.length),
                      Likelihood.chunk(head.weight().out()),
                      0,
                      gradients));
      ops.addRowsInPlace(hidden, rows, pair.second());
    }
    return sum;
  }
}
