package io.telecomllm.model;

import io.telecomllm.Internal;
import io.telecomllm.lora.Gradients;
import io.telecomllm.tensor.Tensor;

/**
 * A forward pass that can be gone back, once. Its memory belongs to the scope it was recorded in.
 */
@Internal
public final class ForwardPass {
  private final Network network;
  private final Decoder.Tape tape;

  ForwardPass(Network network, Decoder.Tape tape) {
    this.network = network;
    this.tape = tape;
  }

  /** The hidden states after the last norm at the wanted rows, (wanted rows, hidden size). */
  public Tensor hidden() {
    return tape.last().value();
  }

  /** Adds the gradients of all trained parameters, given that of {@link #hidden}. */
  public void backward(Tensor gradient, Gradients gradients) {
    network.backward(tape, gradient, gradients);
  }
}
