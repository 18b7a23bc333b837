package io.telecomllm.examples;

import io.telecomllm.data.Split;
import io.telecomllm.data.TeleQnADataset;
import io.telecomllm.inference.Answer;
import io.telecomllm.inference.Answered;
import io.telecomllm.inference.TelecomAnswerer;
import io.telecomllm.knowledge.KnowledgeBase;
import io.telecomllm.lora.LoraConfig;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.model.files.ModelLoader;
import io.telecomllm.training.QLoraTrainer;
import java.nio.file.Path;

/** The README's example; it downloads Phi-3-mini and needs your own questions and clauses. */
public final class ReadmeExample {
  private ReadmeExample() {}

  /** Runs the example. */
  public static void main(String[] args) {
    TeleQnADataset questions = TeleQnADataset.read(Path.of("TeleQnA.zip"));
    Split split = questions.split(0.1, 3407);
    try (LanguageModel phi3 = ModelLoader.load("microsoft/Phi-3-mini-4k-instruct");
        KnowledgeBase clauses = KnowledgeBase.read(Path.of("clauses.jsonl"));
        QLoraTrainer.Result trained =
            QLoraTrainer.on(phi3)
                .lora(LoraConfig.builder().rank(16).alpha(16).build())
                .epochs(3)
                .run(split);
        TelecomAnswerer answerer =
            TelecomAnswerer.on(phi3).adapter(trained.adapter()).knowledge(clauses).build()) {
      Answer answer = answerer.answer(split.validation().get(0));
      if (answer instanceof Answered given) {
        System.out.println(given.text() + " " + given.confidence() + " " + given.citations());
      }
      trained.save(Path.of("adapter"));
    }
  }
}
