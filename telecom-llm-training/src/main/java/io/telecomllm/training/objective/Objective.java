package io.telecomllm.training.objective;

import io.telecomllm.Internal;
import io.telecomllm.lora.Gradients;
import io.telecomllm.tensor.Tensor;
import io.telecomllm.training.batching.PackedBatch;
import java.io.Serializable;
import java.util.List;

/**
 * What training minimises: the mean of an objective's terms over all micro-batches of a step. It
 * receives the predictions of one micro-batch at a time, and its results are added up.
 *
 * <p>An objective has no state: it is sent to Spark's executors and used by several threads.
 */
@Internal
public interface Objective extends Serializable {
  /**
   * Returns the number of terms in these micro-batches, such as tokens to predict, each counting as
   * much as its weight, or pairs of answers. The loss of a step is divided by the number of terms
   * in all its micro-batches.
   */
  double terms(List<PackedBatch> batches);

  /**
   * Computes the training loss of a micro-batch and its gradients.
   *
   * @param weight the weight of each term: the loss is their sum times this
   * @param gradients the sums to which the head's gradients are added, if the head is trained
   */
  Result lossAndGradient(Predictions predictions, double weight, Gradients gradients);

  /**
   * Computes the loss of a micro-batch without gradients, as an evaluation measures it.
   *
   * @param weight the weight of each term
   */
  Loss loss(Predictions predictions, double weight);

  /**
   * The loss of a micro-batch and its gradient.
   *
   * @param loss its share of the step's loss
   * @param hidden the gradient of that share with respect to {@link Predictions#hidden}, of the
   *     same shape
   */
  record Result(Loss loss, Tensor hidden) {}
}
