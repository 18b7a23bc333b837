package io.telecomllm.inference.evaluation;

import static com.google.common.base.Preconditions.checkArgument;

import io.telecomllm.data.Question;
import io.telecomllm.inference.calibration.AbstentionReason;
import io.telecomllm.inference.calibration.CalibratedAnswer;
import io.telecomllm.inference.calibration.Evidence;
import io.telecomllm.inference.statistics.OptionProbabilities;
import io.telecomllm.inference.statistics.Reading;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An answer as an {@link AnswersFile} keeps it.
 *
 * @param id the id of the question
 * @param seconds its share of the time of its batch
 * @param choice the chosen option and how sure it is
 * @param own the model's own probabilities
 * @param readings the probabilities in each order
 * @param features the features of the evidence
 * @param abstained why it is not given; empty if it is
 */
record KeptAnswer(
    String id,
    double seconds,
    CalibratedAnswer choice,
    OptionProbabilities own,
    List<Reading> readings,
    List<Feature> features,
    Optional<AbstentionReason> abstained) {
  /** Checks that no feature is there twice. */
  KeptAnswer {
    readings = List.copyOf(readings);
    features = List.copyOf(features);
    long names = features.stream().map(Feature::name).distinct().count();
    checkArgument(names == features.size(), "a feature is twice in %s", features);
  }

  /** A feature of the evidence. */
  record Feature(String name, double value) {}

  static KeptAnswer of(TimedOutcome timed) {
    Outcome outcome = timed.outcome();
    Evidence evidence = outcome.evidence();
    List<Feature> features =
        evidence.features().entrySet().stream()
            .map(feature -> new Feature(feature.getKey(), feature.getValue()))
            .toList();
    return new KeptAnswer(
        outcome.question().id(),
        timed.seconds(),
        outcome.choice(),
        evidence.probabilities(),
        evidence.readings(),
        features,
        outcome.abstained());
  }

  /**
   * Returns the outcome that it was.
   *
   * @throws IllegalArgumentException if it is not one of this question
   */
  TimedOutcome outcome(Question question) {
    Map<String, Double> values = new LinkedHashMap<>();
    features.forEach(feature -> values.put(feature.name(), feature.value()));
    Evidence evidence = new Evidence(own, readings, values);
    return new TimedOutcome(new Outcome(question, choice, evidence, abstained), seconds);
  }
}
