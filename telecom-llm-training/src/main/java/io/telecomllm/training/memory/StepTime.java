package io.telecomllm.training.memory;

import io.telecomllm.training.memory.LayerShape.Place;
import java.util.List;

/**
 * The work of a micro-batch: the floating-point operations of its products, and the weights
 * unpacked.
 *
 * @param rows the mean number of rows of a micro-batch
 * @param supervised the rows that predict a token
 * @param question the tokens of a question
 * @param head the number of weights of the head
 */
record StepTime(
    List<LayerShape> layers, double rows, double supervised, double question, long head) {
  /**
   * Forward and backward of attention relative to forward: backward recomputes the scores, five
   * products to two.
   */
  private static final double ATTENTION = 1 + 2.5;

  /** Returns the number of floating-point operations; a multiplication with its addition is two. */
  double operations() {
    // logits and the gradient of the hidden states
    double sum = 2 * supervised * head;
    for (LayerShape layer : layers) {
      double after = layer.last() ? supervised : rows;
      for (Place place : layer.qkv()) {
        sum += products(place, rows, layer.first());
      }
      sum += products(layer.output(), after, false) + products(layer.down(), after, false);
      for (Place place : layer.up()) {
        sum += products(place, after, false);
      }
      // scores and their sum of values, half of it masked
      sum += ATTENTION * rows * question * layer.output().in();
    }
    return 2 * sum;
  }

  /**
   * Counts the multiplications of forward and gradient of the input, and of the adapter's six
   * products.
   */
  private static double products(Place place, double count, boolean lowest) {
    int passes = lowest ? 1 : 2;
    double adapter = (double) place.rank() * (place.in() + place.out());
    return count * (passes * (double) place.elements() + 3 * adapter);
  }

  /**
   * Returns the number of weights unpacked: each in the forward pass and, except the lowest layer's
   * first ones, in the backward pass.
   */
  double unpacked() {
    double sum = 0;
    for (LayerShape layer : layers) {
      for (Place place : layer.qkv()) {
        sum += (layer.first() ? 1.0 : 2.0) * place.elements();
      }
      for (Place place : layer.up()) {
        sum += 2.0 * place.elements();
      }
      sum += 2.0 * (layer.output().elements() + layer.down().elements());
    }
    return sum;
  }
}
