package io.telecomllm.inference;

import io.telecomllm.IncompatibleException;
import io.telecomllm.inference.MultipleChoice.Asked;
import io.telecomllm.inference.calibration.Abstention;
import io.telecomllm.inference.calibration.AbstentionReason;
import io.telecomllm.inference.calibration.CalibratedAnswer;
import io.telecomllm.inference.calibration.Calibration;
import io.telecomllm.inference.calibration.Evidence;
import io.telecomllm.inference.calibration.LogisticCalibration;
import io.telecomllm.inference.calibration.PositionPrior;
import io.telecomllm.inference.calibration.SavedCalibration;
import io.telecomllm.inference.statistics.OptionProbabilities;
import io.telecomllm.knowledge.Citation;
import io.telecomllm.knowledge.Passage;
import io.telecomllm.scoring.OptionScores;
import io.telecomllm.text.Quoted;
import java.util.List;
import java.util.Optional;

/** Calibrates what a model chooses, and decides whether it is given as the answer. */
record Confidence(
    Optional<PositionPrior> prior,
    Optional<SavedCalibration> calibration,
    Optional<Abstention> abstention) {
  private static final List<String> FEATURES =
      List.of(
          Evidence.PROBABILITY,
          Evidence.MARGIN,
          Evidence.AGREEMENT,
          Evidence.RETRIEVAL,
          Evidence.SUPPORT);

  /** Creates what the settings ask for; a rule of their own comes before the calibration's. */
  static Confidence of(AnswererBuilder settings, Identity identity) {
    Optional<SavedCalibration> calibration =
        settings.calibration.map(source -> source.apply(identity.calibratedFor()));
    calibration.ifPresent(saved -> checkFeatures(saved.calibration()));
    Optional<PositionPrior> fitted = calibration.flatMap(SavedCalibration::prior);
    if (calibration.isPresent() && settings.prior.isPresent() && !settings.prior.equals(fitted)) {
      throw new IncompatibleException(
          "the calibration was fitted with "
              + fitted.map(PositionPrior::toString).orElse("no position prior")
              + ", in use is "
              + settings.prior.get());
    }
    return new Confidence(
        settings.prior.or(() -> fitted),
        calibration,
        settings.abstention.or(() -> calibration.flatMap(SavedCalibration::abstention)));
  }

  private static void checkFeatures(Calibration calibration) {
    if (calibration instanceof LogisticCalibration regression) {
      for (LogisticCalibration.Feature feature : regression.features()) {
        if (!FEATURES.contains(feature.name())) {
          throw new IncompatibleException(
              "the calibration needs the feature '"
                  + Quoted.line(feature.name())
                  + "', an answer has only "
                  + FEATURES);
        }
      }
    }
  }

  /** Returns the scores of one reading, without the model's liking for places. */
  OptionScores debiased(OptionScores places) {
    return prior
        .filter(own -> own.covers(places.logProbabilities().size()))
        .map(
            own ->
                scores(own.debias(new OptionProbabilities(places.probabilities())))
                    .withAbstentionOf(places))
        .orElse(places);
  }

  private static OptionScores scores(OptionProbabilities probabilities) {
    return OptionScores.of(
        probabilities.values().stream()
            .mapToDouble(p -> Math.log(Math.max(p, Double.MIN_VALUE)))
            .toArray());
  }

  Answer answer(Asked asked, Evidence evidence, List<Passage> passages, List<Citation> citations) {
    CalibratedAnswer calibrated =
        calibration
            .map(saved -> saved.calibration().calibrate(evidence))
            .orElseGet(() -> CalibratedAnswer.own(evidence.probabilities()));
    ModelChoice choice =
        new ModelChoice(asked.text(), asked.options(), calibrated, evidence, passages);
    Optional<AbstentionReason> reason =
        AbstentionReason.ofModel(evidence, calibrated)
            .or(() -> abstention.flatMap(rule -> rule.reason(calibrated)));
    return reason.isPresent()
        ? new Abstained(choice, reason.get())
        : new Answered(choice, citations);
  }
}
