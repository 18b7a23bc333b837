package io.telecomllm.examples.guide;

import io.telecomllm.data.Split;
import io.telecomllm.inference.TelecomAnswerer;
import io.telecomllm.inference.evaluation.Evaluation;
import io.telecomllm.inference.evaluation.Evaluator;
import io.telecomllm.inference.evaluation.report.Comparison;
import io.telecomllm.inference.evaluation.report.Comparison.Named;
import io.telecomllm.inference.evaluation.report.ComparisonReport;
import io.telecomllm.inference.evaluation.report.EvaluationFigures;
import io.telecomllm.inference.evaluation.report.EvaluationReport;
import io.telecomllm.inference.evaluation.report.Figure;
import io.telecomllm.inference.evaluation.report.Gate;
import io.telecomllm.inference.evaluation.report.Verdict;
import io.telecomllm.inference.statistics.Bootstrap;
import io.telecomllm.model.LanguageModel;
import java.nio.file.Path;

/** Code of docs/guide/evaluate.md. */
final class Evaluate {
  private Evaluate() {}

  static Evaluation evaluate(LanguageModel model, Split split) {
    try (TelecomAnswerer answerer =
        TelecomAnswerer.on(model).adapter(Path.of("adapter")).batchSize(16).build()) {
      Evaluation evaluation =
          Evaluator.on(answerer)
              .listener((done, total, right) -> System.out.println(done + " of " + total))
              .evaluate(split.validation());
      System.out.println(evaluation.table());
      return evaluation;
    }
  }

  static void report(Evaluation evaluation, Path folder) {
    EvaluationFigures figures =
        EvaluationReport.of(evaluation).name("Phi-3, adapter of Tuesday").write(folder);
    System.out.println(figures.all().estimate(Figure.AURC));
  }

  static boolean compare(Evaluation yesterday, Evaluation tonight, Path folder) {
    Comparison comparison =
        Comparison.of(
            new Named("yesterday", yesterday), new Named("tonight", tonight), Bootstrap.seeded(1));
    Verdict verdict = Gate.defaults().judge(comparison);
    ComparisonReport.write(folder, comparison, verdict);
    verdict.reasons().forEach(System.out::println);
    return verdict.passed();
  }
}
