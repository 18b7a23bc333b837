package io.telecomllm.examples.pretraining;

import io.telecomllm.knowledge.Lexicon;
import io.telecomllm.knowledge.Term;
import io.telecomllm.tokenizer.Tokenizer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;

/** The glossary of the resources and a tokenizer learned from it. */
final class TinyTokenizer {
  private TinyTokenizer() {}

  static List<Term> terms() throws IOException {
    try (InputStream lines =
        PretrainTinyModel.class.getResourceAsStream("/io/telecomllm/examples/glossary.jsonl")) {
      return Lexicon.read(lines, "glossary.jsonl").terms();
    }
  }

  static List<String> texts() throws IOException {
    return terms().stream().map(PretrainTinyModel::text).toList();
  }

  static Tokenizer in(Path folder) throws IOException {
    TokenizerFolder.write(folder, BytePairTrainer.train(texts(), 2048));
    return Tokenizer.load(folder);
  }
}
