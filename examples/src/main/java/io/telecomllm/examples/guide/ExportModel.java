package io.telecomllm.examples.guide;

import io.telecomllm.data.Question;
import io.telecomllm.export.Export;
import io.telecomllm.export.MergeReport;
import io.telecomllm.lora.LoraAdapter;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.prompt.ChatTemplate;
import io.telecomllm.prompt.QuestionPrompt;
import io.telecomllm.quantization.QuantizationConfig;
import io.telecomllm.tokenizer.Tokenizer;
import io.telecomllm.weights.Encoding;
import java.nio.file.Path;
import java.util.List;

/** Code of docs/guide/export.md. */
final class ExportModel {
  private ExportModel() {}

  static void folders(LanguageModel model, LoraAdapter adapter) {
    Export.of(model).folder(Path.of("as-it-is"));
    Export.of(model).merging(adapter).folder(Path.of("merged"));
    Export.of(model)
        .merging(adapter)
        .packed(QuantizationConfig.nf4())
        .folder(Path.of("merged-nf4"));
  }

  static void gguf(LanguageModel model, LoraAdapter adapter) {
    Export.of(model).merging(adapter).gguf(Path.of("merged.gguf"), Encoding.Q8_0);
  }

  static MergeReport report(LanguageModel model, LoraAdapter adapter, List<Question> questions) {
    try (Tokenizer tokenizer = Tokenizer.load(model.files())) {
      QuestionPrompt prompt = QuestionPrompt.of(ChatTemplate.of(tokenizer));
      MergeReport report =
          Export.of(model).merging(adapter).folder(Path.of("merged"), questions, tokenizer, prompt);
      System.out.println(report.largestLogitDifference() + " " + report.accuracyDifference());
      return report;
    }
  }
}
