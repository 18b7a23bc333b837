package io.telecomllm.examples.guide;

import io.telecomllm.data.Split;
import io.telecomllm.inference.TelecomAnswerer;
import io.telecomllm.inference.evaluation.Evaluation;
import io.telecomllm.inference.evaluation.Evaluator;
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
}
