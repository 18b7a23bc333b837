package io.telecomllm.tensor;

import io.telecomllm.Internal;
import java.util.List;

/** The operators of optimizers, which change tensors in place. */
@Internal
public final class OptimizerOperators {
  private OptimizerOperators() {}

  /**
   * Takes one AdamW step.
   *
   * @param p the parameter, fp32
   * @param g its gradient, fp32
   * @param m the first moment, fp32
   * @param s the second moment, fp32
   * @param rate the learning rate
   * @param decay the weight decay
   * @param step the step's number, from 1
   */
  public static void adamwInPlace(
      Tensor p,
      Tensor g,
      Tensor m,
      Tensor s,
      AdamW settings,
      double rate,
      double decay,
      long step) {
    Operators.run(
        "adamw_",
        p,
        g,
        m,
        s,
        rate,
        settings.beta1(),
        settings.beta2(),
        settings.epsilon(),
        decay,
        step);
  }

  /**
   * Takes one AdamW step with moments of 8 bits.
   *
   * @param p the parameter, fp32
   * @param g its gradient, fp32
   * @param state the codes and scales of the first moment, then those of the second
   * @param tables the values of the first moment's codes and its nearest codes, then those of the
   *     second
   * @param rate the learning rate
   * @param decay the weight decay
   * @param step the step's number, from 1
   */
  public static void adamw8bitInPlace(
      Tensor p,
      Tensor g,
      List<Tensor> state,
      List<Tensor> tables,
      AdamW settings,
      double rate,
      double decay,
      long step) {
    Operators.run(
        "adamw_8bit_",
        p,
        g,
        state.get(0),
        state.get(1),
        state.get(2),
        state.get(3),
        tables.get(0),
        tables.get(1),
        tables.get(2),
        tables.get(3),
        rate,
        settings.beta1(),
        settings.beta2(),
        settings.epsilon(),
        decay,
        step);
  }

  /** AdamW's constants. */
  public record AdamW(double beta1, double beta2, double epsilon) {}
}
