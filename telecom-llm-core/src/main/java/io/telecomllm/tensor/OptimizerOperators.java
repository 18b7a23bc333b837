package io.telecomllm.tensor;

import java.util.List;

/** The operators of optimizers; see {@link Operators}. */
public final class OptimizerOperators {
  private OptimizerOperators() {}

  /** One AdamW step in place on p, m and s (all fp32); step counts from 1. */
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
   * The same with moments of 8 bits.
   *
   * @param state codes and scales of the first moment, then of the second
   * @param tables what the codes of the first moment stand for, and its nearest codes, then of the
   *     second
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

  /** The constants of AdamW. */
  public record AdamW(double beta1, double beta2, double epsilon) {}
}
