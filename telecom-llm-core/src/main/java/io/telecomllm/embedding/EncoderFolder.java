package io.telecomllm.embedding;

import io.telecomllm.InvalidDataException;
import io.telecomllm.UnsupportedModelException;
import io.telecomllm.files.Disk;
import io.telecomllm.json.JsonView;
import io.telecomllm.json.StrictJson;
import io.telecomllm.text.Quoted;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Reads the settings of an encoder: config.json, and the files that sentence-transformers puts next
 * to it.
 */
final class EncoderFolder {
  private static final int MAX_SIZE = 1 << 16;
  private static final int MAX_VOCABULARY = 1 << 22;
  private static final int MAX_LAYERS = 1_000;
  private static final int MAX_BYTES = 1 << 20;
  private static final double BERT_EPSILON = 1e-12;
  private static final int BERT_TYPES = 2;

  // what each module of modules.json may be; Normalize is what every vector gets here
  private static final Set<String> MODULES = Set.of("Transformer", "Pooling", "Normalize");
  private static final Map<String, Pooling> MODES =
      Map.of("pooling_mode_cls_token", Pooling.CLS, "pooling_mode_mean_tokens", Pooling.MEAN);

  private final Path folder;

  private EncoderFolder(Path folder) {
    this.folder = folder;
  }

  /**
   * Reads the configuration.
   *
   * @throws UnsupportedModelException naming the setting that this library cannot run
   * @throws InvalidDataException naming the field that is absent or out of range
   */
  static EncoderConfig read(Path folder, EncoderSettings settings) {
    return new EncoderFolder(folder).config(settings);
  }

  private EncoderConfig config(EncoderSettings settings) {
    JsonView json = StrictJson.read(folder.resolve("config.json"));
    require(json, "model_type", json.string("model_type"), "bert");
    require(json, "hidden_act", json.string("hidden_act"), "gelu");
    require(
        json,
        "position_embedding_type",
        json.optionalString("position_embedding_type").orElse("absolute"),
        "absolute");
    require(json, "is_decoder", json.bool("is_decoder", false), false);
    int hidden = json.integer("hidden_size", 1, MAX_SIZE);
    int heads = json.integer("num_attention_heads", 1, hidden);
    if (hidden % heads != 0) {
      throw json.invalid("num_attention_heads", "a divisor of hidden_size " + hidden);
    }
    double epsilon = json.optionalNumber("layer_norm_eps").orElse(BERT_EPSILON);
    if (!(epsilon > 0 && epsilon < 1)) {
      throw json.invalid("layer_norm_eps", "a number between 0 and 1");
    }
    int positions = json.integer("max_position_embeddings", 2, MAX_SIZE);
    checkModules();
    return new EncoderConfig(
        hidden,
        json.integer("intermediate_size", 1, MAX_SIZE),
        json.integer("num_hidden_layers", 1, MAX_LAYERS),
        heads,
        json.integer("vocab_size", 1, MAX_VOCABULARY),
        positions,
        json.optionalInteger("type_vocab_size", 1, MAX_SIZE).orElse(BERT_TYPES),
        epsilon,
        maxTokens(positions),
        settings.pooling().orElseGet(() -> pooling(hidden)),
        settings.queryInstruction().orElseGet(this::queryInstruction));
  }

  private int maxTokens(int positions) {
    return optional("sentence_bert_config.json")
        .flatMap(json -> boxed(json.optionalInteger("max_seq_length", 2, Integer.MAX_VALUE)))
        .map(stated -> Math.min(stated, positions))
        .orElse(positions);
  }

  private static Optional<Integer> boxed(java.util.OptionalInt value) {
    return value.isPresent() ? Optional.of(value.getAsInt()) : Optional.empty();
  }

  private String queryInstruction() {
    return optional("config_sentence_transformers.json")
        .flatMap(json -> json.optionalObject("prompts"))
        .flatMap(prompts -> prompts.optionalString("query"))
        .orElse("");
  }

  private Pooling pooling(int hidden) {
    Path file = folder.resolve("1_Pooling").resolve("config.json");
    if (!Files.exists(file)) {
      throw new InvalidDataException(
          file + ": no such file; it says how rows become one vector, unless pooling is set");
    }
    JsonView json = StrictJson.read(file);
    int dimensions = json.integer("word_embedding_dimension", 1, MAX_SIZE);
    if (dimensions != hidden) {
      throw json.invalid("word_embedding_dimension", "hidden_size " + hidden);
    }
    require(json, "include_prompt", json.bool("include_prompt", true), true);
    List<String> modes =
        json.names().stream()
            .filter(name -> name.startsWith("pooling_mode_") && json.bool(name, false))
            .toList();
    Pooling pooling = modes.size() == 1 ? MODES.get(modes.get(0)) : null;
    if (pooling == null) {
      throw new UnsupportedModelException(
          json.file() + ": pools by " + modes + ", supported is one of " + MODES.keySet());
    }
    return pooling;
  }

  /** Refuses what else sentence-transformers would compute, such as a further linear layer. */
  private void checkModules() {
    Path file = folder.resolve("modules.json");
    if (!Files.exists(file)) {
      return;
    }
    Object value = StrictJson.parse(file.toString(), Disk.REAL.read(file, MAX_BYTES));
    for (JsonView module :
        JsonView.of(file.toString(), Map.of("modules", value == null ? "null" : value))
            .objects("modules")) {
      String type = module.string("type");
      if (!MODULES.contains(type.substring(type.lastIndexOf('.') + 1))) {
        throw new UnsupportedModelException(
            file + ": module of type " + Quoted.line(type) + ", supported are " + MODULES);
      }
    }
  }

  private Optional<JsonView> optional(String name) {
    Path file = folder.resolve(name);
    return Files.exists(file) ? Optional.of(StrictJson.read(file)) : Optional.empty();
  }

  private static void require(JsonView json, String field, Object found, Object supported) {
    if (!found.equals(supported)) {
      throw new UnsupportedModelException(
          json.file()
              + ": "
              + field
              + " is "
              + Quoted.line(found.toString())
              + ", supported is "
              + supported);
    }
  }
}
