package io.telecomllm.training.memory;

import io.telecomllm.training.memory.LayerShape.Place;
import java.util.List;

/**
 * What a micro-batch computes: floating-point operations of its products, and weights unpacked.
 *
 * @param rows of the micro-batch on average
 * @param supervised of them that predict a token
 */
record StepTime(
    List<LayerShape> layers, double rows, double supervised, double question, long head) {
  /** The backward of attention computes its scores again and has five products to two. */
  private static final double ATTENTION = 1 + 2.5;

  /** Multiplications with additions, two operations each. */
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

  /** Forward, gradient of the input; and the adapter's two and four products. */
  private static double products(Place place, double count, boolean lowest) {
    int passes = lowest ? 1 : 2;
    double adapter = (double) place.rank() * (place.in() + place.out());
    return count * (passes * (double) place.elements() + 3 * adapter);
  }

  /** Each weight is unpacked in the forward pass and, but for the lowest, in the backward pass. */
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
