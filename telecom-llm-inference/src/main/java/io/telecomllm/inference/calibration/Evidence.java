package io.telecomllm.inference.calibration;

import static com.google.common.base.Preconditions.checkArgument;
import static java.util.Objects.requireNonNull;

import io.telecomllm.inference.statistics.OptionProbabilities;
import io.telecomllm.inference.statistics.Reading;
import java.io.Serializable;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What is known of an answer without knowing whether it is right. Immutable.
 *
 * @param probabilities the model's own probability of each option
 * @param readings the model's own probabilities in each order of the options that was read, with
 *     its liking for places; empty if they are not known
 * @param features more numbers by name, each finite, such as the score of the best passage; {@link
 *     #PROBABILITY}, {@link #MARGIN} and {@link #AGREEMENT} follow from the others and are not
 *     among them
 */
public record Evidence(
    OptionProbabilities probabilities, List<Reading> readings, Map<String, Double> features)
    implements Serializable {
  /** The feature that is the highest probability of an option. */
  public static final String PROBABILITY = "probability";

  /** The feature that is the distance from the highest probability to the second highest. */
  public static final String MARGIN = "margin";

  /**
   * The feature that is the share of the readings that choose what the probabilities do; it needs
   * readings.
   */
  public static final String AGREEMENT = "agreement";

  /** The feature that is the score of the best passage in the prompt; 0 if there is none. */
  public static final String RETRIEVAL = "retrieval";

  /** The feature that is 1 if a passage supports the choice, so that it can be cited; else 0. */
  public static final String SUPPORT = "support";

  /**
   * The feature that is the probability of the answer that it is not known, among the options and
   * itself; only where the prompt offers it.
   */
  public static final String ABSTENTION = "abstention";

  private static final List<String> DERIVED = List.of(PROBABILITY, MARGIN, AGREEMENT);

  /** Checks the features and copies them. */
  public Evidence {
    requireNonNull(probabilities, "probabilities is null");
    readings = List.copyOf(readings);
    int options = probabilities.values().size();
    readings.forEach(
        reading ->
            checkArgument(
                reading.order().size() == options,
                "a reading has %s options, must be %s",
                reading.order().size(),
                options));
    features = Collections.unmodifiableMap(new LinkedHashMap<>(features));
    features.forEach(
        (name, value) -> {
          checkArgument(!DERIVED.contains(name), "feature '%s' follows from the others", name);
          checkArgument(Double.isFinite(value), "feature '%s' is %s, must be finite", name, value);
        });
  }

  /** Creates the evidence of probabilities alone. */
  public static Evidence of(OptionProbabilities probabilities) {
    return new Evidence(probabilities, List.of(), Map.of());
  }

  /** Returns a copy with one more feature. */
  public Evidence with(String name, double value) {
    Map<String, Double> more = new LinkedHashMap<>(features);
    more.put(name, value);
    return new Evidence(probabilities, readings, more);
  }

  /** Returns a copy with these readings. */
  public Evidence read(List<Reading> newReadings) {
    return new Evidence(probabilities, newReadings, features);
  }

  /**
   * Returns the value of a feature, those that follow from the others included.
   *
   * @throws IllegalArgumentException naming the features that there are, if it is not among them
   */
  public double feature(String name) {
    return switch (name) {
      case PROBABILITY -> probabilities.highest();
      case MARGIN -> probabilities.margin();
      case AGREEMENT -> agreement();
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

  /** Returns whether the model finds it more probable that it does not know than any option. */
  public boolean abstains() {
    double unknown = features.getOrDefault(ABSTENTION, 0.0);
    return unknown > (1 - unknown) * probabilities.highest();
  }

  private double agreement() {
    checkArgument(!readings.isEmpty(), "there are no readings, which '%s' needs", AGREEMENT);
    int best = probabilities.best();
    long same = readings.stream().filter(reading -> reading.option() == best).count();
    return (double) same / readings.size();
  }
}
