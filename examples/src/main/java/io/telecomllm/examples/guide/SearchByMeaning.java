package io.telecomllm.examples.guide;

import io.telecomllm.embedding.EncoderSettings;
import io.telecomllm.embedding.TextEncoder;
import io.telecomllm.inference.TelecomAnswerer;
import io.telecomllm.knowledge.DenseRetriever;
import io.telecomllm.knowledge.HybridRetriever;
import io.telecomllm.knowledge.KnowledgeBase;
import io.telecomllm.knowledge.Passage;
import io.telecomllm.knowledge.RelevanceExample;
import io.telecomllm.knowledge.RelevanceGate;
import io.telecomllm.model.LanguageModel;
import java.nio.file.Path;
import java.util.List;

/** Code of docs/guide/search-by-meaning.md. */
final class SearchByMeaning {
  private SearchByMeaning() {}

  static void search() {
    try (KnowledgeBase clauses = KnowledgeBase.open(Path.of("index"));
        TextEncoder encoder = TextEncoder.load(Path.of("all-MiniLM-L6-v2"))) {
      HybridRetriever both =
          HybridRetriever.of(
              DenseRetriever.on(clauses, encoder)
                  .cache(Path.of("vectors"))
                  .listener(p -> System.out.printf("%d of %d%n", p.encoded(), p.clauses()))
                  .build());
      for (Passage passage : both.search("Who registers a handset?", 3)) {
        System.out.println(passage.clause().id());
      }
    }
  }

  static TextEncoder bge() {
    return TextEncoder.load(
        Path.of("bge-small-en-v1.5"),
        EncoderSettings.defaults().queryInstruction(EncoderSettings.BGE_INSTRUCTION));
  }

  static TelecomAnswerer gated(
      LanguageModel model, HybridRetriever both, List<RelevanceExample> examples) {
    RelevanceGate gate = RelevanceGate.fit(both, examples, 0.9);
    gate.save(Path.of("gate.json"));
    System.out.println(gate.figures());
    return TelecomAnswerer.on(model).knowledge(gate).build();
  }

  static RelevanceGate again(HybridRetriever both) {
    return RelevanceGate.load(Path.of("gate.json"), both);
  }
}
