package io.telecomllm.prompt;

import com.google.common.primitives.Floats;
import com.google.common.primitives.Ints;
import io.telecomllm.json.JsonView;
import io.telecomllm.weights.Checkpoint;
import io.telecomllm.weights.GgufFile;
import io.telecomllm.weights.TensorSource;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;

/**
 * Reads the tokenizer that lies with a model's weights: in the GGUF file, or beside safetensors.
 */
final class ModelTokenizer {
  private static final String PREFIX = "tokenizer.ggml.";
  private static final int MAX_ID = 1 << 22;
  private static final int MAX_TYPE = 6;

  private ModelTokenizer() {}

  /** The tokenizer for what {@link Checkpoint#open} finds at that path. */
  static Tokenizer load(Path weights) {
    try (TensorSource source = Checkpoint.open(weights)) {
      if (source instanceof GgufFile gguf) {
        return Tokenizer.of(vocabulary(gguf.fields()));
      }
    }
    return Tokenizer.load(beside(weights));
  }

  private static Path beside(Path weights) {
    return Files.isDirectory(weights) ? weights : weights.resolveSibling("tokenizer.json");
  }

  /** The vocabulary for what {@link Checkpoint#open} finds at that path. */
  static Vocabulary vocabulary(Path weights) {
    try (TensorSource source = Checkpoint.open(weights)) {
      if (source instanceof GgufFile gguf) {
        return vocabulary(gguf.fields());
      }
    }
    return TokenizerVocabulary.of(TokenizerFile.read(beside(weights)));
  }

  static Vocabulary vocabulary(JsonView fields) {
    String model = fields.string(PREFIX + "model");
    // what llama.cpp takes a SentencePiece vocabulary to mean where a field is absent
    boolean sentencePiece = model.equals("llama");
    return new Vocabulary(
        model,
        fields.optionalString(PREFIX + "pre").orElse(""),
        fields.strings(PREFIX + "tokens"),
        fields.has(PREFIX + "merges") ? fields.strings(PREFIX + "merges") : List.of(),
        sentencePiece ? Floats.toArray(fields.numbers(PREFIX + "scores")) : new float[0],
        fields.has(PREFIX + "token_type")
            ? Ints.toArray(fields.integers(PREFIX + "token_type", 0, MAX_TYPE))
            : new int[0],
        id(fields, "bos", sentencePiece, 1),
        id(fields, "eos", sentencePiece, 2),
        id(fields, "unknown", sentencePiece, 0),
        id(fields, "padding", false, 0),
        fields.bool(PREFIX + "add_bos_token", sentencePiece),
        fields.bool(PREFIX + "add_space_prefix", sentencePiece),
        fields.optionalString("tokenizer.chat_template").orElse(""));
  }

  private static OptionalInt id(JsonView fields, String name, boolean assumed, int otherwise) {
    OptionalInt id = fields.optionalInteger(PREFIX + name + "_token_id", 0, MAX_ID);
    return id.isPresent() || !assumed ? id : OptionalInt.of(otherwise);
  }
}
