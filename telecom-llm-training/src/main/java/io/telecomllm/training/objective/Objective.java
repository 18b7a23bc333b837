package io.telecomllm.training.objective;

import io.telecomllm.lora.Gradients;
import io.telecomllm.tensor.Tensor;
import io.telecomllm.training.batching.PackedBatch;
import java.io.Serializable;
import java.util.List;

/**
 * What training minimises: the mean of some terms over all micro-batches of a step. It is given the
 * predictions of one micro-batch after the other, and adds up.
 *
 * <p>A value without state: it travels to replicas and to Spark's executors, and is used by several
 * threads.
 */
public interface Objective extends Serializable {
  /**
   * The number of terms that these micro-batches have, such as tokens to be predicted, or pairs of
   * answers. The loss of a step is divided by that of all its micro-batches.
   */
  int terms(List<PackedBatch> batches);

  /**
   * The loss of a micro-batch while training, and its gradients.
   *
   * @param weight of each term: the loss is their sum times this
   * @param gradients the head's own are added here, where those are trained
   */
  Result lossAndGradient(Predictions predictions, double weight, Gradients gradients);

  /**
   * The loss of a micro-batch alone, as an evaluation measures it.
   *
   * @param weight of each term
   */
  double loss(Predictions predictions, double weight);

  /**
   * What a micro-batch comes to.
   *
   * @param loss its share of the step's
   * @param hidden the gradient of that by {@link Predictions#hidden}
   */
  record Result(double loss, Tensor hidden) {}
}
