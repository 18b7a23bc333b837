package io.telecomllm.examples.guide;

import io.telecomllm.data.Split;
import io.telecomllm.data.TeleQnADataset;
import io.telecomllm.knowledge.KnowledgeBase;
import io.telecomllm.lora.LoraConfig;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.training.QLoraTrainer;
import io.telecomllm.training.progress.TrainingListener;
import io.telecomllm.training.settings.EvaluationConfig;
import java.nio.file.Path;

/** Code of docs/guide/fine-tune.md. */
final class FineTune {
  private FineTune() {}

  static Split questions() {
    TeleQnADataset questions = TeleQnADataset.read(Path.of("TeleQnA.zip"));
    questions.rejections().forEach(System.out::println);
    return questions.split(0.1, 3407);
  }

  static void train(LanguageModel model, Split split) {
    try (QLoraTrainer.Result trained =
        QLoraTrainer.on(model)
            .lora(LoraConfig.builder().rank(16).alpha(16).build())
            .with(c -> c.epochs(3).batchSize(2).gradientAccumulation(4).learningRate(2e-4))
            .run(split)) {
      System.out.println("final loss " + trained.report().finalLoss());
      trained.save(Path.of("adapter"));
    }
  }

  static QLoraTrainer evaluated(LanguageModel model) {
    return QLoraTrainer.on(model)
        .with(c -> c.metricForBestModel(EvaluationConfig.Metric.ACCURACY).accuracyQuestions(200))
        .with(c -> c.earlyStoppingPatience(2));
  }

  static QLoraTrainer.Result withKnowledge(
      LanguageModel model, Split split, KnowledgeBase clauses) {
    return QLoraTrainer.on(model).knowledge(clauses, 3).run(split);
  }

  /** A run on the choice alone that tells how it chooses. */
  static QLoraTrainer choosing(LanguageModel model) {
    return QLoraTrainer.on(model)
        .with(c -> c.textWeight(0))
        .listener(
            new TrainingListener() {
              @Override
              public void evaluated(EvaluationRecord evaluation) {
                System.out.println("loss of the choice " + evaluation.choices().loss());
              }
            });
  }
}
