package io.telecomllm.training.objective;

import static com.google.common.base.Preconditions.checkArgument;

import io.telecomllm.Internal;
import io.telecomllm.data.Choices;
import io.telecomllm.lora.Gradients;
import io.telecomllm.tensor.Operators;
import io.telecomllm.training.batching.PackedBatch;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Direct preference optimization (Rafailov et al. 2023, equation 7): of two answers one after the
 * other the first is preferred. With m the margin, beta times the difference of what both have
 * gained in log-probability over the model without the adapter, the loss of a pair is {@code -ln
 * sigmoid(m)}: ln 2 before the first step. A micro-batch holds whole pairs.
 *
 * @param beta how strongly the adapter is held near the model, over 0: the less, the farther it may
 *     go
 * @param smoothing the probability that a pair is the wrong way round (Mitchell 2023), 0 to less
 *     than 0.5; evaluations do not smooth
 */
@Internal
public record DirectPreference(double beta, double smoothing) implements Objective {
  /** Checks the ranges. */
  public DirectPreference {
    checkArgument(beta > 0 && Double.isFinite(beta), "beta is %s, must be finite and over 0", beta);
    checkArgument(
        smoothing >= 0 && smoothing < 0.5,
        "labelSmoothing is %s, must be 0 to less than 0.5",
        smoothing);
  }

  /** Returns the number of pairs. */
  @Override
  public double terms(List<PackedBatch> batches) {
    return batches.stream().mapToInt(DirectPreference::pairs).sum();
  }

  private static int pairs(PackedBatch batch) {
    return (IntStream.of(batch.owners()).max().orElse(-1) + 1) / 2;
  }

  @Override
  public Loss loss(Predictions predictions, double weight) {
    return loss(margins(predictions), 0, weight);
  }

  @Override
  public Result lossAndGradient(Predictions predictions, double weight, Gradients gradients) {
    double[] margins = margins(predictions);
    int[] owners = predictions.batch().packed().owners();
    float[] push = new float[predictions.batch().labels().length];
    for (int i = 0; i < owners.length; i++) {
      double wrong = sigmoid(-margins[owners[i] / 2]);
      double each = weight * beta * ((1 - smoothing) * wrong - smoothing * (1 - wrong));
      push[i] = (float) (owners[i] % 2 == 0 ? each : -each);
    }
    // the gradient of a log-probability is that of the cross-entropy with the other sign
    Operators ops = predictions.scope().operators();
    Operators.Pair pair =
        predictions.head(
            (head, workspace) ->
                head.crossEntropy(
                    workspace,
                    predictions.scope(),
                    predictions.hidden(),
                    ops.longs(predictions.batch().labels()),
                    ops.floats(push, push.length),
                    Likelihood.chunk(head.weight().out()),
                    0,
                    gradients));
    return new Result(loss(margins, smoothing, weight), pair.second());
  }

  private static Loss loss(double[] margins, double smoothing, double weight) {
    Loss sum = Loss.NONE;
    for (double m : margins) {
      double own = (1 - smoothing) * negativeLogSigmoid(m) + smoothing * negativeLogSigmoid(-m);
      // a pair is a choice between its answers; a tie is not yet right
      sum = sum.plus(new Loss(weight * own, Choices.of(new double[] {0, m}, 1)));
    }
    return sum;
  }

  /** Returns the margin of each pair. */
  private double[] margins(Predictions p) {
    PackedBatch packed = p.batch().packed();
    Predictions base = p.withoutAdapter();
    double[] adapted = p.logProbabilities(p.hidden(), packed.labels());
    double[] reference = base.logProbabilities(base.hidden(), packed.labels());
    int[] owners = packed.owners();
    double[] margins = new double[pairs(packed)];
    for (int i = 0; i < owners.length; i++) {
      double gain = beta * (adapted[i] - reference[i]);
      margins[owners[i] / 2] += owners[i] % 2 == 0 ? gain : -gain;
    }
    return margins;
  }

  private static double sigmoid(double x) {
    return 1 / (1 + Math.exp(-x));
  }

  /** Returns -ln sigmoid(x) without overflow. */
  private static double negativeLogSigmoid(double x) {
    return Math.max(-x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
  }
}
