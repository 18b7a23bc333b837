package io.telecomllm.examples.guide;

import io.telecomllm.data.Question;
import io.telecomllm.inference.Answer;
import io.telecomllm.inference.TelecomAnswerer;
import io.telecomllm.inference.audit.AuditLog;
import io.telecomllm.inference.calibration.Calibration;
import io.telecomllm.inference.calibration.CalibrationQuestion;
import io.telecomllm.inference.calibration.TemperatureCalibration;
import io.telecomllm.inference.evaluation.Evaluation;
import io.telecomllm.inference.evaluation.Outcome;
import io.telecomllm.inference.statistics.Bootstrap;
import io.telecomllm.inference.statistics.Estimate;
import io.telecomllm.inference.statistics.Figures;
import io.telecomllm.inference.statistics.GradedAnswer;
import io.telecomllm.model.LanguageModel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Code of docs/guide/trust-an-answer.md. */
final class TrustAnAnswer {
  private TrustAnAnswer() {}

  static double calibrated(TelecomAnswerer answerer, List<Question> questions, Answer answered) {
    List<CalibrationQuestion> known = new ArrayList<>();
    for (Question question : questions) {
      Answer answer = answerer.answer(question);
      known.add(new CalibrationQuestion(answer.evidence(), question.answer()));
    }
    Calibration calibration = TemperatureCalibration.fit(known);
    return calibration.calibrate(answered.evidence()).confidence();
  }

  static void measure(Evaluation evaluation) {
    List<GradedAnswer> graded = new ArrayList<>();
    for (Outcome outcome : evaluation.outcomes()) {
      graded.add(outcome.graded());
    }
    Estimate error = Bootstrap.seeded(1).estimate(graded, Figures::expectedCalibrationError);
    System.out.println(error);
  }

  static void record(LanguageModel model, Path folder, String question, List<String> options) {
    try (AuditLog log = AuditLog.open(folder);
        TelecomAnswerer answerer = TelecomAnswerer.on(model).audit(log).build()) {
      answerer.answer(question, options);
      System.out.println(AuditLog.verify(folder, log.head()));
    }
  }
}
