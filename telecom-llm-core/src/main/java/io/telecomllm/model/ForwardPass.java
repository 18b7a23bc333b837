package io.telecomllm.model;

import io.telecomllm.lora.Gradients;
import io.telecomllm.tensor.Tensor;

/**
 * A forward pass that can be gone back, once. Its memory belongs to the scope it was recorded in.
 */
public final class ForwardPass {
  private final LanguageModel model;
  private final Decoder.Tape tape;

  ForwardPass(LanguageModel model, Decoder.Tape tape) {
    this.model = model;
    this.tape = tape;
  }

  /** The hidden states after the last norm at the wanted rows, (wanted rows, hidden size). */
  public Tensor hidden() {
    return tape.last().value();
  }

  /** Adds the gradients of all trained parameters, given that of {@link #hidden}. */
  public void backward(Tensor gradient, Gradients gradients) {
    model.backward(tape, gradient, gradients);
  }
}
