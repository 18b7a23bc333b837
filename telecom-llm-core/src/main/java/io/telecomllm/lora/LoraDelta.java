package io.telecomllm.lora;

import io.telecomllm.tensor.Operators;
import io.telecomllm.tensor.Tensor;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The update of one linear layer in the compute type: y += scale (x a^T) b^T.
 *
 * @param a (rank, in)
 * @param b (out, rank)
 * @param scale the factor
 * @param gradientA gathers the gradient of a in fp32; null where it is not trained
 * @param gradientB the same for b
 */
public record LoraDelta(
    Tensor a, Tensor b, double scale, @Nullable Tensor gradientA, @Nullable Tensor gradientB) {
  /** What the backward needs. */
  public record Saved(Tensor lowRank) {
    /** To be kept until the backward. */
    public Stream<Tensor> tensors() {
      return Stream.of(lowRank);
    }
  }

  /** Adds the update of x (rows, in) to y (rows, out). */
  public Saved apply(Operators ops, Tensor y, Tensor x, Tensor w) {
    return new Saved(ops.loraInPlace(y, x, a, b, 0, scale));
  }

  /** The gradient of the product from that of the output. */
  public Tensor outputGradient(Operators ops, Tensor g, Saved saved) {
    return g;
  }

  /** Adds to the gradients, and to gx (rows, in) unless it has no elements. */
  public void backward(Operators ops, Tensor gx, Tensor g, Tensor x, Saved saved) {
    if (gradientA == null || gradientB == null) {
      throw new IllegalStateException("a backward pass through an adapter that is not trained");
    }
    ops.loraBackwardInPlace(gx, g, x, saved.lowRank(), a, b, 0, scale, gradientA, gradientB);
  }
}
