package io.telecomllm.model;

import io.telecomllm.Internal;
import io.telecomllm.lora.Gradients;
import io.telecomllm.tensor.Tensor;

/**
 * A recorded forward pass, for one backward pass. Its memory belongs to the scope in which it was
 * recorded.
 */
@Internal
public final class ForwardPass {
  private final Network network;
  private final Decoder.Tape tape;

  ForwardPass(Network network, Decoder.Tape tape) {
    this.network = network;
    this.tape = tape;
  }

  /** Returns the hidden states after the last norm, (wanted rows, hidden size). */
  public Tensor hidden() {
    return tape.last().value();
  }

  /**
   * Runs the backward pass: adds the gradients of all trained parameters. It frees what the layers
   * kept, so it can run only once.
   *
   * @param gradient the gradient of {@link #hidden}
   */
  public void backward(Tensor gradient, Gradients gradients) {
    network.backward(tape, gradient, gradients);
  }
}
