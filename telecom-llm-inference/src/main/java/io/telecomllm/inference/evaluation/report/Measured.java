package io.telecomllm.inference.evaluation.report;

import static io.telecomllm.inference.evaluation.report.Figure.ACCURACY;
import static io.telecomllm.inference.evaluation.report.Figure.AURC;
import static io.telecomllm.inference.evaluation.report.Figure.AUROC;
import static io.telecomllm.inference.evaluation.report.Figure.BRIER;
import static io.telecomllm.inference.evaluation.report.Figure.CALIBRATION_ERROR;
import static io.telecomllm.inference.evaluation.report.Figure.LOG_LOSS;
import static io.telecomllm.inference.evaluation.report.Figure.MARGIN_AURC;
import static io.telecomllm.inference.evaluation.report.Figure.OWN_AURC;
import static io.telecomllm.inference.evaluation.report.Figure.OWN_CALIBRATION_ERROR;
import static io.telecomllm.inference.evaluation.report.Figure.OWN_LOG_LOSS;
import static io.telecomllm.inference.evaluation.report.Figure.SELECTIVE_50;
import static io.telecomllm.inference.evaluation.report.Figure.SELECTIVE_70;
import static io.telecomllm.inference.evaluation.report.Figure.SELECTIVE_80;
import static io.telecomllm.inference.evaluation.report.Figure.SELECTIVE_90;
import static java.util.Comparator.comparing;

import io.telecomllm.inference.evaluation.Outcome;
import io.telecomllm.inference.statistics.Figures;
import io.telecomllm.inference.statistics.Forecast;
import io.telecomllm.inference.statistics.GradedAnswer;
import io.telecomllm.inference.statistics.RiskCoverage;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * An outcome as the numbers that figures need, prepared once for all resamples.
 *
 * @param forecast the probabilities after the calibration
 * @param confidence the confidence, and whether the choice is right
 * @param own the model's own probabilities
 * @param ownConfidence the model's own highest probability, and whether that option is right
 * @param margin the distance from the model's highest probability to its second highest, and the
 *     same
 */
record Measured(
    Forecast forecast,
    GradedAnswer confidence,
    Forecast own,
    GradedAnswer ownConfidence,
    GradedAnswer margin) {

  static Measured of(Outcome outcome) {
    Forecast own = new Forecast(outcome.evidence().probabilities(), outcome.question().answer());
    return new Measured(
        outcome.forecast(),
        outcome.graded(),
        own,
        own.graded(),
        new GradedAnswer(own.probabilities().margin(), own.right()));
  }

  /** Prepares outcomes, the surest first, so that resamples are nearly sorted. */
  static List<Measured> of(List<Outcome> outcomes) {
    Comparator<Measured> rising = comparing(measured -> measured.confidence().confidence());
    return outcomes.stream().map(Measured::of).sorted(rising.reversed()).toList();
  }

  static <T> List<T> each(List<Measured> sample, Function<Measured, T> part) {
    return sample.stream().map(part).toList();
  }

  /** Returns the figures of a sample whose intervals come from resamples. */
  static Map<Figure, Double> figures(List<Measured> sample) {
    List<GradedAnswer> confidences = each(sample, Measured::confidence);
    List<GradedAnswer> own = each(sample, Measured::ownConfidence);
    List<Forecast> forecasts = each(sample, Measured::forecast);
    RiskCoverage curve = RiskCoverage.of(confidences);
    Map<Figure, Double> figures = new EnumMap<>(Figure.class);
    figures.put(SELECTIVE_90, curve.selectiveAccuracy(0.9));
    figures.put(SELECTIVE_80, curve.selectiveAccuracy(0.8));
    figures.put(SELECTIVE_70, curve.selectiveAccuracy(0.7));
    figures.put(SELECTIVE_50, curve.selectiveAccuracy(0.5));
    figures.put(AURC, curve.aurc());
    figures.put(AUROC, curve.auroc());
    figures.put(CALIBRATION_ERROR, Figures.expectedCalibrationError(confidences));
    figures.put(BRIER, Figures.brierScore(forecasts));
    figures.put(LOG_LOSS, Figures.logLoss(forecasts));
    figures.put(OWN_LOG_LOSS, Figures.logLoss(each(sample, Measured::own)));
    figures.put(OWN_CALIBRATION_ERROR, Figures.expectedCalibrationError(own));
    figures.put(OWN_AURC, Figures.aurc(own));
    figures.put(MARGIN_AURC, Figures.aurc(each(sample, Measured::margin)));
    return figures;
  }

  /** Returns the figures by which two evaluations are compared. */
  static Map<Figure, Double> compared(List<Measured> sample) {
    List<GradedAnswer> confidences = each(sample, Measured::confidence);
    Map<Figure, Double> figures = new EnumMap<>(Figure.class);
    figures.put(ACCURACY, Figures.accuracy(confidences));
    figures.put(AURC, Figures.aurc(confidences));
    figures.put(CALIBRATION_ERROR, Figures.expectedCalibrationError(confidences));
    figures.put(LOG_LOSS, Figures.logLoss(each(sample, Measured::forecast)));
    return figures;
  }
}
