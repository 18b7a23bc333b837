package io.telecomllm.training.objective;

import static com.google.common.base.Preconditions.checkArgument;

import io.telecomllm.Internal;
import io.telecomllm.data.Choices;
import io.telecomllm.lora.Gradients;
import io.telecomllm.tensor.Operators;
import io.telecomllm.training.batching.PackedBatch;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The negative log-likelihood of the answers: the weighted mean cross-entropy over the tokens to
 * predict. Prompts have no loss.
 *
 * @param labelSmoothing the share of each label that is spread over the whole vocabulary in
 *     training, 0 to less than 1; evaluations do not smooth
 */
@Internal
public record Likelihood(double labelSmoothing) implements Objective {
  /** The number of logits held at a time: 64 MB in fp32. */
  private static final int LOGITS = 1 << 24;

  /** Checks the range. */
  public Likelihood {
    checkArgument(
        labelSmoothing >= 0 && labelSmoothing < 1,
        "labelSmoothing is %s, must be 0 to less than 1",
        labelSmoothing);
  }

  /** Creates the objective without smoothing. */
  public Likelihood() {
    this(0);
  }

  /**
   * Returns the number of rows of logits held at a time; with fewer, the head's matrix is read more
   * often.
   */
  @Internal
  public static int chunk(int vocabulary) {
    return Math.max(32, LOGITS / vocabulary);
  }

  /** Returns the sum of the weights of the tokens to predict. */
  @Override
  public double terms(List<PackedBatch> batches) {
    return batches.stream().mapToDouble(PackedBatch::weight).sum();
  }

  @Override
  public Result lossAndGradient(Predictions predictions, double weight, Gradients gradients) {
    Operators.Pair sum = crossEntropy(predictions, weight, labelSmoothing, gradients);
    return new Result(value(predictions, sum), sum.second());
  }

  @Override
  public Loss loss(Predictions predictions, double weight) {
    return value(predictions, crossEntropy(predictions, weight, 0, null));
  }

  private static Operators.Pair crossEntropy(
      Predictions predictions, double weight, double smoothing, @Nullable Gradients gradients) {
    Operators ops = predictions.scope().operators();
    float[] weights = predictions.batch().weights(weight);
    return predictions.head(
        (head, workspace) ->
            head.crossEntropy(
                workspace,
                predictions.scope(),
                predictions.hidden(),
                ops.longs(predictions.batch().labels()),
                ops.floats(weights, weights.length),
                chunk(head.weight().out()),
                smoothing,
                gradients));
  }

  private static Loss value(Predictions predictions, Operators.Pair sum) {
    return new Loss(predictions.scope().operators().toFloats(sum.first())[0], choices(predictions));
  }

  private static Choices choices(Predictions predictions) {
    Choices sum = Choices.NONE;
    if (!predictions.batch().packed().choices().isEmpty()) {
      ChoiceLogits choices = ChoiceLogits.of(predictions);
      for (int i = 0; i < choices.size(); i++) {
        if (choices.right(i) >= 0) {
          sum = sum.plus(Choices.of(choices.optionLogits(i), choices.right(i)));
        }
      }
    }
    return sum;
  }
}
