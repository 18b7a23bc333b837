package io.telecomllm.tokenizer;

import com.google.common.primitives.Floats;
import com.google.common.primitives.Ints;
import io.telecomllm.json.JsonView;
import io.telecomllm.weights.Checkpoint;
import io.telecomllm.weights.GgufFile;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Reads the tokenizer that comes with a model's weights: in the GGUF file, or next to the
 * safetensors.
 */
final class ModelTokenizer {
  private static final String PREFIX = "tokenizer.ggml.";
  private static final int MAX_ID = 1 << 22;
  private static final int MAX_TYPE = 6;

  private ModelTokenizer() {}

  /** Reads the tokenizer of a model's folder or file. */
  static Tokenizer load(Path path) {
    return gguf(path)
        .map(Tokenizer::of)
        .orElseGet(() -> new Tokenizer(TokenizerFile.read(json(path))));
  }

  /** Returns whether a model's folder or file comes with a tokenizer. */
  static boolean isIn(Path path) {
    return Checkpoint.gguf(path).isPresent() || TokenizerFile.isIn(json(path));
  }

  /** Reads the vocabulary of a model's folder or file. */
  static Vocabulary vocabulary(Path path) {
    return gguf(path).orElseGet(() -> TokenizerVocabulary.of(TokenizerFile.read(json(path))));
  }

  private static Optional<Vocabulary> gguf(Path path) {
    return Checkpoint.gguf(path)
        .map(
            file -> {
              try (GgufFile gguf = GgufFile.open(file)) {
                return vocabulary(gguf.fields());
              }
            });
  }

  /** Returns where tokenizer.json is expected. */
  private static Path json(Path path) {
    String name = String.valueOf(path.getFileName());
    boolean weights = name.endsWith(".safetensors") || name.endsWith(".safetensors.index.json");
    return weights ? path.resolveSibling("tokenizer.json") : path;
  }

  static Vocabulary vocabulary(JsonView fields) {
    String model = fields.string(PREFIX + "model");
    // llama.cpp's defaults for the absent fields of a SentencePiece vocabulary
    boolean sentencePiece = model.equals("llama");
    String pre = fields.optionalString(PREFIX + "pre").orElse("");
    OptionalInt bos = id(fields, "bos", sentencePiece, 1);
    boolean addsBos = bos.isPresent() && (sentencePiece || PreTokenizers.addsBos(pre));
    return new Vocabulary(
        model,
        pre,
        fields.strings(PREFIX + "tokens"),
        fields.has(PREFIX + "merges") ? fields.strings(PREFIX + "merges") : List.of(),
        sentencePiece ? Floats.toArray(fields.numbers(PREFIX + "scores")) : new float[0],
        fields.has(PREFIX + "token_type")
            ? Ints.toArray(fields.integers(PREFIX + "token_type", 0, MAX_TYPE))
            : new int[0],
        bos,
        id(fields, "eos", sentencePiece, 2),
        id(fields, "unknown", sentencePiece, 0),
        id(fields, "padding", false, 0),
        fields.bool(PREFIX + "add_bos_token", addsBos),
        fields.bool(PREFIX + "add_space_prefix", sentencePiece),
        fields.optionalString("tokenizer.chat_template").orElse(""));
  }

  private static OptionalInt id(JsonView fields, String name, boolean assumed, int otherwise) {
    OptionalInt id = fields.optionalInteger(PREFIX + name + "_token_id", 0, MAX_ID);
    return id.isPresent() || !assumed ? id : OptionalInt.of(otherwise);
  }
}
