package io.telecomllm.examples.guide;

import io.telecomllm.inference.TelecomAnswerer;
import io.telecomllm.lineage.Accept;
import io.telecomllm.lineage.AdapterFolder;
import io.telecomllm.lineage.Lineage;
import io.telecomllm.lora.LoraAdapter;
import io.telecomllm.lora.LoraConfig;
import io.telecomllm.lora.TargetModule;
import io.telecomllm.lora.peft.PeftFolder;
import io.telecomllm.model.LanguageModel;
import java.nio.file.Path;

/** Code of docs/guide/adapters-and-peft.md. */
final class Adapters {
  private Adapters() {}

  static LoraConfig attentionOnly() {
    return LoraConfig.builder()
        .rank(16)
        .alpha(32)
        .rankStabilized(true)
        .targetModules(TargetModule.Q, TargetModule.V)
        .build();
  }

  static void exchange(LanguageModel model) {
    try (LoraAdapter adapter = PeftFolder.load(Path.of("from-peft"), model)) {
      System.out.println(adapter.trainableParameters() + " values");
      PeftFolder.save(Path.of("for-peft"), adapter, "microsoft/Phi-3-mini-4k-instruct");
    }
  }

  static void lineage() {
    Lineage lineage = AdapterFolder.lineage(Path.of("adapter")).orElseThrow();
    System.out.println(lineage.base().name() + ", made " + lineage.created());
    lineage.metrics().ifPresent(metrics -> System.out.println(metrics.finalLoss()));
  }

  static TelecomAnswerer withAnotherPrompt(LanguageModel model) {
    return TelecomAnswerer.on(model).adapter(Path.of("adapter"), Accept.OTHER_PROMPT).build();
  }
}
