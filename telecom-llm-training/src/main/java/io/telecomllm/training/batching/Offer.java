package io.telecomllm.training.batching;

import static com.google.common.base.Preconditions.checkArgument;

import java.io.Serializable;
import java.util.stream.IntStream;

/**
 * What a question offers at the token that chooses. The arrays are not copied.
 *
 * @param options the token that would choose each option
 * @param abstain the token that would say that the answer is not known; {@link #NO_ABSTENTION} if
 *     that is not offered
 * @param refuted how far trusted knowledge refutes each option as the answer, 0 to 1; as long as
 *     {@code options}
 */
@SuppressWarnings("ArrayRecordComponent")
public record Offer(int[] options, int abstain, float[] refuted) implements Serializable {
  /** Stands for the token of abstention where it is not offered. */
  public static final int NO_ABSTENTION = -1;

  /** Checks lengths and ranges. */
  public Offer {
    checkArgument(
        options.length == refuted.length,
        "%s options and %s refutations",
        options.length,
        refuted.length);
    for (float each : refuted) {
      checkArgument(each >= 0 && each <= 1, "refuted is %s, must be 0 to 1", each);
    }
  }

  /** Creates an offer of options of which nothing is known, without abstention. */
  public Offer(int[] options) {
    this(options, NO_ABSTENTION, new float[options.length]);
  }

  /** Returns the tokens of the options and, last, that of abstention if it is offered. */
  public int[] tokens() {
    return abstain == NO_ABSTENTION
        ? options
        : IntStream.concat(IntStream.of(options), IntStream.of(abstain)).toArray();
  }
}
