package io.telecomllm.training.optimizer;

import static com.google.common.base.Preconditions.checkArgument;

import io.telecomllm.DivergenceException;
import io.telecomllm.Internal;
import io.telecomllm.tensor.DataType;

/**
 * The factor that a loss is multiplied by, and its gradients are divided by, so that small
 * gradients do not vanish in fp16 (Micikevicius et al. 2018). It grows and shrinks as torch's
 * {@code GradScaler} does. Immutable; a checkpoint keeps it.
 *
 * @param scale the factor, at least 1
 * @param goodSteps the number of consecutive steps with finite gradients since the factor last
 *     changed, 0 to 1999
 * @param dynamic whether the factor changes
 */
@Internal
public record LossScale(double scale, int goodSteps, boolean dynamic) {
  private static final double FIRST = 65_536;
  private static final double FACTOR = 2;
  private static final int GROWTH_INTERVAL = 2000;

  /** Checks the ranges. */
  public LossScale {
    checkArgument(
        scale >= 1 && scale <= Float.MAX_VALUE,
        "scale is %s, must be 1 to %s",
        scale,
        Float.MAX_VALUE);
    checkArgument(
        goodSteps >= 0 && goodSteps < GROWTH_INTERVAL,
        "goodSteps is %s, must be 0 to %s",
        goodSteps,
        GROWTH_INTERVAL - 1);
  }

  /** Returns the scale of a run's first step: 65,536 and dynamic in FLOAT16, otherwise always 1. */
  public static LossScale of(DataType computeType) {
    return computeType == DataType.FLOAT16
        ? new LossScale(FIRST, 0, true)
        : new LossScale(1, 0, false);
  }

  /**
   * Returns the scale of the next step: half if a gradient was not finite and the step was skipped,
   * double after 2,000 consecutive steps with finite gradients.
   *
   * @throws DivergenceException if gradients are not finite although the scale is 1
   */
  public LossScale next(boolean finite) {
    if (!dynamic) {
      return this;
    }
    if (!finite) {
      if (scale / FACTOR < 1) {
        throw new DivergenceException(
            "gradients in FLOAT16 are not finite even where the loss is multiplied by "
                + scale
                + " only; BFLOAT16 and FLOAT32 have a wider range");
      }
      return new LossScale(scale / FACTOR, 0, true);
    }
    if (goodSteps + 1 < GROWTH_INTERVAL) {
      return new LossScale(scale, goodSteps + 1, true);
    }
    double more = scale * FACTOR;
    return new LossScale(more <= Float.MAX_VALUE ? more : scale, 0, true);
  }
}
