package io.telecomllm.examples.guide;

import io.telecomllm.data.Question;
import io.telecomllm.inference.Abstained;
import io.telecomllm.inference.Answer;
import io.telecomllm.inference.Answered;
import io.telecomllm.inference.TelecomAnswerer;
import io.telecomllm.inference.audit.AuditLog;
import io.telecomllm.inference.calibration.PositionPrior;
import io.telecomllm.inference.evaluation.Calibrator;
import io.telecomllm.inference.evaluation.Evaluation;
import io.telecomllm.inference.evaluation.Evaluator;
import io.telecomllm.inference.evaluation.Outcome;
import io.telecomllm.inference.statistics.Bootstrap;
import io.telecomllm.inference.statistics.Estimate;
import io.telecomllm.inference.statistics.Figures;
import io.telecomllm.model.LanguageModel;
import java.nio.file.Path;
import java.util.List;

/** Code of docs/guide/trust-an-answer.md. */
final class TrustAnAnswer {
  private TrustAnAnswer() {}

  static void calibrate(LanguageModel model, Path adapter, List<Question> questions) {
    try (TelecomAnswerer answerer = TelecomAnswerer.on(model).adapter(adapter).build()) {
      Evaluation evaluation =
          Evaluator.on(answerer).resumeFrom(Path.of("answers.jsonl")).evaluate(questions);
      Calibrator.on(answerer).targetAccuracy(0.8, 0.95).fit(evaluation).save(adapter);
    }
  }

  static void answer(LanguageModel model, Path adapter, Question question) {
    try (TelecomAnswerer answerer =
        TelecomAnswerer.on(model).adapter(adapter).calibration(adapter).build()) {
      Answer answer = answerer.answer(question);
      if (answer instanceof Answered given) {
        System.out.printf("%.2f %s %s%n", given.confidence(), given.text(), given.citations());
      } else if (answer instanceof Abstained left) {
        System.out.printf("%s: %s%n", left.reason().text(), left.candidates());
      }
    }
  }

  static void debias(LanguageModel model, List<Question> some, Question question) {
    PositionPrior prior;
    try (TelecomAnswerer turned = TelecomAnswerer.on(model).permutations(9).build()) {
      prior =
          PositionPrior.fit(
              turned.answer(some).stream().map(a -> a.evidence().readings()).toList());
    }
    try (TelecomAnswerer answerer = TelecomAnswerer.on(model).prior(prior).build()) {
      System.out.println(answerer.answer(question).probabilities());
    }
  }

  static void measure(Evaluation evaluation) {
    Estimate error =
        Bootstrap.seeded(1)
            .estimate(
                evaluation.outcomes().stream().map(Outcome::graded).toList(),
                Figures::expectedCalibrationError);
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
