package io.telecomllm.inference.calibration;

import static com.google.common.base.Preconditions.checkArgument;

import io.telecomllm.inference.calibration.AbstentionReason.Kind;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Optional;

/**
 * Gives the answers of at least some confidence (Chow 1970). Immutable.
 *
 * @param threshold the least confidence of an answer that is given, 0 to 1
 */
public record ThresholdRule(double threshold) implements Abstention {
  /** Checks the range. */
  public ThresholdRule {
    checkArgument(threshold >= 0 && threshold <= 1, "threshold is %s, must be 0 to 1", threshold);
  }

  /** Rounds away from the other number, so that no two look alike. */
  private static BigDecimal digits(double value, RoundingMode rounding) {
    return BigDecimal.valueOf(value).setScale(3, rounding);
  }

  @Override
  public Optional<AbstentionReason> reason(CalibratedAnswer answer) {
    return answer.confidence() >= threshold
        ? Optional.empty()
        : Optional.of(
            AbstentionReason.anyOption(
                Kind.LOW_CONFIDENCE,
                "the confidence "
                    + digits(answer.confidence(), RoundingMode.FLOOR)
                    + " is under "
                    + digits(threshold, RoundingMode.CEILING),
                answer));
  }
}
