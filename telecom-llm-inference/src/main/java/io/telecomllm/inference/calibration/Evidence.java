package io.telecomllm.inference.calibration;

import static com.google.common.base.Preconditions.checkArgument;
import static java.util.Objects.requireNonNull;

import io.telecomllm.inference.statistics.OptionProbabilities;
import java.io.Serializable;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What is known of an answer without knowing whether it is right. Immutable.
 *
 * @param probabilities the model's own probability of each option
 * @param features more numbers by name, each finite, such as the agreement of permutations or the
 *     score of the best passage; {@link #PROBABILITY} and {@link #MARGIN} follow from the
 *     probabilities and are not among them
 */
public record Evidence(OptionProbabilities probabilities, Map<String, Double> features)
    implements Serializable {
  /** The feature that is the highest probability of an option. */
  public static final String PROBABILITY = "probability";

  /** The feature that is the distance from the highest probability to the second highest. */
  public static final String MARGIN = "margin";

  /** The feature that is the share of the orders of the options in which the choice is the same. */
  public static final String AGREEMENT = "agreement";

  /** The feature that is the score of the best passage in the prompt; 0 if there is none. */
  public static final String RETRIEVAL = "retrieval";

  /** The feature that is 1 if a passage supports the choice, so that it can be cited; else 0. */
  public static final String SUPPORT = "support";

  private static final List<String> DERIVED = List.of(PROBABILITY, MARGIN);

  /** Checks the features and copies them. */
  public Evidence {
    requireNonNull(probabilities, "probabilities is null");
    features = Collections.unmodifiableMap(new LinkedHashMap<>(features));
    features.forEach(
        (name, value) -> {
          checkArgument(
              !DERIVED.contains(name), "feature '%s' follows from the probabilities", name);
          checkArgument(Double.isFinite(value), "feature '%s' is %s, must be finite", name, value);
        });
  }

  /** Creates the evidence of probabilities alone. */
  public static Evidence of(OptionProbabilities probabilities) {
    return new Evidence(probabilities, Map.of());
  }

  /** Returns a copy with one more feature. */
  public Evidence with(String name, double value) {
    Map<String, Double> more = new LinkedHashMap<>(features);
    more.put(name, value);
    return new Evidence(probabilities, more);
  }

  /**
   * Returns the value of a feature, {@link #PROBABILITY} and {@link #MARGIN} included.
   *
   * @throws IllegalArgumentException naming the features that there are, if it is not among them
   */
  public double feature(String name) {
    return switch (name) {
      case PROBABILITY -> probabilities.highest();
      case MARGIN -> probabilities.margin();
      default -> {
        Double value = features.get(name);
        checkArgument(
            value != null,
            "there is no feature '%s', only %s and %s",
            name,
            DERIVED,
            features.keySet());
        yield requireNonNull(value);
      }
    };
  }
}
