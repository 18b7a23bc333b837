package io.telecomllm.lora.peft;

import io.telecomllm.InvalidDataException;
import io.telecomllm.UnsupportedModelException;
import io.telecomllm.json.JsonText;
import io.telecomllm.json.JsonView;
import io.telecomllm.json.StrictJson;
import io.telecomllm.lora.Bias;
import io.telecomllm.lora.LoraAdapter;
import io.telecomllm.lora.LoraConfig;
import io.telecomllm.lora.LoraInitialization;
import io.telecomllm.lora.LoraTargets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Reads and writes {@code adapter_config.json} as PEFT does. */
final class PeftConfigFile {
  /** Settings that change what an adapter computes and are not supported. */
  private static final List<String> REFUSED =
      List.of(
          "alora_invocation_tokens",
          "arrow_config",
          "fan_in_fan_out",
          "kasa_config",
          "layer_replication",
          "lora_bias",
          "monteclora_config",
          "target_parameters",
          "trainable_token_indices",
          "velora_config");

  private static final Set<String> KNOWN_USES = Set.of("use_rslora", "use_dora");

  /** Initializations with which PEFT changes the base model. */
  private static final List<String> CHANGED_BASE =
      List.of("pissa", "olora", "corda", "lora_ga", "loftq");

  private PeftConfigFile() {}

  static LoraConfig read(Path file) {
    JsonView json = StrictJson.read(file);
    String type = json.string("peft_type");
    if (!type.equals("LORA")) {
      throw refused(file, "peft_type", type, "only LORA is supported");
    }
    for (String setting : json.names()) {
      boolean unknown =
          REFUSED.contains(setting)
              || (setting.startsWith("use_") && !KNOWN_USES.contains(setting));
      if (unknown && !isOff(json.value(setting))) {
        throw refused(file, setting, json.value(setting), "which is not supported");
      }
    }
    if (json.value("init_lora_weights") instanceof String init
        && CHANGED_BASE.stream().anyMatch(init::startsWith)) {
      throw refused(
          file,
          "init_lora_weights",
          init,
          "which belongs to a changed base model; PEFT's save_pretrained converts it with"
              + " path_initial_model_for_weight_conversion");
    }
    int rank = json.integer("r", 1, LoraConfig.MAX_RANK);
    double alpha = json.number("lora_alpha");
    try {
      return new LoraConfig(
          rank,
          alpha,
          json.bool("use_rslora", false),
          json.bool("use_dora", false),
          json.optionalNumber("lora_dropout").orElse(0),
          bias(file, json.optionalString("bias").orElse("none")),
          targets(json, "target_modules"),
          json.has("exclude_modules")
              ? targets(json, "exclude_modules")
              : new LoraTargets.Names(Set.of()),
          layers(json),
          strings(json, "layers_pattern"),
          strings(json, "modules_to_save"),
          json.bool("ensure_weight_tying", false),
          ranks(json),
          alphas(json),
          LoraInitialization.KAIMING);
    } catch (IllegalArgumentException e) {
      throw new InvalidDataException(file + ": " + e.getMessage(), e);
    }
  }

  private static UnsupportedModelException refused(
      Path file, String setting, @Nullable Object value, String why) {
    return new UnsupportedModelException(file + ": " + setting + " is " + value + ", " + why);
  }

  private static boolean isOff(@Nullable Object value) {
    return value == null
        || value.equals(false)
        || (value instanceof Map<?, ?> map && map.isEmpty())
        || (value instanceof List<?> list && list.isEmpty());
  }

  private static Bias bias(Path file, String word) {
    for (Bias bias : Bias.values()) {
      if (bias.word().equals(word)) {
        return bias;
      }
    }
    throw refused(file, "bias", word, "only none, all and lora_only are supported");
  }

  private static LoraTargets targets(JsonView json, String field) {
    if (json.value(field) instanceof String text) {
      boolean all =
          field.equals("target_modules") && text.toLowerCase(Locale.ROOT).equals("all-linear");
      return all ? new LoraTargets.AllLinear() : new LoraTargets.Pattern(text);
    }
    return new LoraTargets.Names(new LinkedHashSet<>(json.strings(field)));
  }

  private static Set<String> strings(JsonView json, String field) {
    Object value = json.value(field);
    if (value == null || value.equals("")) {
      return Set.of();
    }
    return value instanceof String text ? Set.of(text) : new LinkedHashSet<>(json.strings(field));
  }

  private static Set<Integer> layers(JsonView json) {
    String field = "layers_to_transform";
    if (!json.has(field)) {
      return Set.of();
    }
    if (json.value(field) instanceof Number) {
      return Set.of(json.integer(field, 0, Integer.MAX_VALUE));
    }
    Set<Integer> layers = new LinkedHashSet<>();
    json.integers(field, 0, Integer.MAX_VALUE).forEach(layer -> layers.add(layer.intValue()));
    return layers;
  }

  static Map<String, Integer> ranks(JsonView json) {
    Map<String, Integer> ranks = new LinkedHashMap<>();
    json.optionalObject("rank_pattern")
        .ifPresent(
            map ->
                map.names()
                    .forEach(key -> ranks.put(key, map.integer(key, 1, LoraConfig.MAX_RANK))));
    return ranks;
  }

  static Map<String, Double> alphas(JsonView json) {
    Map<String, Double> alphas = new LinkedHashMap<>();
    json.optionalObject("alpha_pattern")
        .ifPresent(map -> map.names().forEach(key -> alphas.put(key, map.number(key))));
    return alphas;
  }

  /** Returns the text of the file; ranks and alphas are those of the joined matrices. */
  static String text(LoraAdapter adapter, String baseModel) {
    LoraConfig config = JoinedLayers.configOnDisk(adapter);
    Map<String, Object> json = new TreeMap<>();
    json.put("peft_type", "LORA");
    json.put("task_type", "CAUSAL_LM");
    json.put("base_model_name_or_path", baseModel);
    json.put("r", config.rank());
    json.put("lora_alpha", number(config.alpha()));
    json.put("lora_dropout", config.dropout());
    json.put("use_rslora", config.rankStabilized());
    json.put("use_dora", config.dora());
    json.put("bias", config.bias().word());
    json.put("fan_in_fan_out", false);
    json.put("inference_mode", true);
    json.put("init_lora_weights", true);
    json.put("target_modules", value(config.targets(), adapter.modules()));
    json.put("rank_pattern", config.rankPattern());
    Map<String, Number> alphas = new LinkedHashMap<>();
    config.alphaPattern().forEach((key, alpha) -> alphas.put(key, number(alpha)));
    json.put("alpha_pattern", alphas);
    if (!config.excludeModules().equals(new LoraTargets.Names(Set.of()))) {
      json.put("exclude_modules", value(config.excludeModules(), List.of()));
    }
    if (!config.layersToTransform().isEmpty()) {
      json.put("layers_to_transform", config.layersToTransform());
    }
    if (!config.layersPattern().isEmpty()) {
      json.put("layers_pattern", config.layersPattern());
    }
    if (!config.modulesToSave().isEmpty()) {
      json.put("modules_to_save", config.modulesToSave());
    }
    if (config.ensureWeightTying()) {
      json.put("ensure_weight_tying", true);
    }
    return JsonText.pretty(json);
  }

  /**
   * Returns a whole number as an integer: PEFT declares alphas as integers, though it computes with
   * any number.
   */
  static Number number(double value) {
    if (value == Math.rint(value) && Math.abs(value) < 1e9) {
      return (long) value;
    }
    return value;
  }

  private static Object value(LoraTargets targets, List<String> adapted) {
    if (targets instanceof LoraTargets.Names names) {
      return names.names();
    } else if (targets instanceof LoraTargets.Pattern pattern) {
      return pattern.expression();
    }
    // PEFT cannot express other targets independently of how it divides the model into modules
    Set<String> names = new TreeSet<>();
    adapted.forEach(m -> names.add(m.substring(m.lastIndexOf('.') + 1)));
    return names;
  }
}
