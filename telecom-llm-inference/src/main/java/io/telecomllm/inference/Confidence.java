package io.telecomllm.inference;

import io.telecomllm.inference.MultipleChoice.Asked;
import io.telecomllm.inference.calibration.Abstention;
import io.telecomllm.inference.calibration.AbstentionReason;
import io.telecomllm.inference.calibration.CalibratedAnswer;
import io.telecomllm.inference.calibration.Evidence;
import io.telecomllm.inference.calibration.SavedCalibration;
import io.telecomllm.knowledge.Citation;
import io.telecomllm.knowledge.Passage;
import java.util.List;
import java.util.Optional;

/** Calibrates what a model chooses, and decides whether it is given as the answer. */
record Confidence(Optional<SavedCalibration> calibration, Optional<Abstention> abstention) {
  /** Creates what the settings ask for; a rule of their own comes before the calibration's. */
  static Confidence of(AnswererBuilder settings, Identity identity) {
    Optional<SavedCalibration> calibration =
        settings.calibration.map(source -> source.apply(identity.calibratedFor()));
    return new Confidence(
        calibration,
        settings.abstention.or(() -> calibration.flatMap(SavedCalibration::abstention)));
  }

  Answer answer(Asked asked, Evidence evidence, List<Passage> passages, List<Citation> citations) {
    CalibratedAnswer calibrated =
        calibration
            .map(saved -> saved.calibration().calibrate(evidence))
            .orElseGet(() -> CalibratedAnswer.own(evidence.probabilities()));
    ModelChoice choice =
        new ModelChoice(asked.text(), asked.options(), calibrated, evidence, passages);
    Optional<AbstentionReason> reason = abstention.flatMap(rule -> rule.reason(calibrated));
    return reason.isPresent()
        ? new Abstained(choice, reason.get())
        : new Answered(choice, citations);
  }
}
