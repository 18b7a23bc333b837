package io.telecomllm.lora;

import com.google.gson.GsonBuilder;
import io.telecomllm.IncompatibleException;
import io.telecomllm.InvalidDataException;
import io.telecomllm.TelecomLlmException;
import io.telecomllm.UnsupportedModelException;
import io.telecomllm.tensor.DataType;
import io.telecomllm.tensor.Device;
import io.telecomllm.tensor.Operators;
import io.telecomllm.tensor.Scope;
import io.telecomllm.tensor.Tensor;
import io.telecomllm.weights.AtomicFiles;
import io.telecomllm.weights.JsonView;
import io.telecomllm.weights.SafetensorsFile;
import io.telecomllm.weights.SafetensorsWriter;
import io.telecomllm.weights.StrictJson;
import io.telecomllm.weights.TensorInfo;
import io.telecomllm.weights.TensorSource;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/** An adapter as PEFT keeps it on disk. */
final class PeftFolder {
  private static final String CONFIG = "adapter_config.json";
  private static final String WEIGHTS = "adapter_model.safetensors";
  private static final String PREFIX = "base_model.model.";
  private static final int MAX_RANK = 4096;

  /** Settings that change what an adapter computes and that this version does not know. */
  private static final List<String> UNKNOWN_SETTINGS =
      List.of(
          "use_dora",
          "use_qalora",
          "use_bdlora",
          "lora_bias",
          "fan_in_fan_out",
          "modules_to_save",
          "rank_pattern",
          "alpha_pattern",
          "layers_to_transform",
          "layer_replication",
          "target_parameters",
          "trainable_token_indices",
          "alora_invocation_tokens");

  private PeftFolder() {}

  static String nameOfA(String module) {
    return PREFIX + module + ".lora_A.weight";
  }

  static String nameOfB(String module) {
    return PREFIX + module + ".lora_B.weight";
  }

  static void write(LoraAdapter adapter, Path folder, String baseModel) {
    try {
      Files.createDirectories(folder);
      Map<String, SafetensorsWriter.Tensor> tensors = new LinkedHashMap<>();
      try (Scope host = Scope.open(Device.cpu())) {
        Operators ops = host.operators();
        for (Parameter parameter : adapter.parameters()) {
          Tensor value = ops.copy(ops.to(parameter.value(), DataType.FLOAT32));
          List<Long> shape = List.of((long) value.size(0), (long) value.size(1));
          tensors.put(
              parameter.name(),
              SafetensorsWriter.Tensor.of(DataType.FLOAT32, shape, value.bytes()));
        }
        SafetensorsWriter.write(folder.resolve(WEIGHTS), tensors, Map.of("format", "pt"));
      }
      AtomicFiles.write(
          folder.resolve(CONFIG), json(adapter, baseModel).getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new TelecomLlmException("the adapter folder " + folder + " cannot be written: " + e, e);
    }
  }

  private static String json(LoraAdapter adapter, String baseModel) {
    LoraConfig config = adapter.config();
    Map<String, Object> json = new TreeMap<>();
    json.put("peft_type", "LORA");
    json.put("task_type", "CAUSAL_LM");
    json.put("base_model_name_or_path", baseModel);
    json.put("r", config.rank());
    json.put("lora_alpha", config.alpha());
    json.put("lora_dropout", 0.0);
    json.put("use_rslora", config.rankStabilized());
    json.put("use_dora", false);
    json.put("bias", "none");
    json.put("fan_in_fan_out", false);
    json.put("inference_mode", true);
    json.put("init_lora_weights", true);
    Set<String> targets = new TreeSet<>(config.targetModules());
    if (targets.isEmpty()) {
      adapter.modules().forEach(m -> targets.add(m.substring(m.lastIndexOf('.') + 1)));
    }
    json.put("target_modules", targets);
    return new GsonBuilder().setPrettyPrinting().create().toJson(json) + "\n";
  }

  static LoraAdapter read(Path folder, List<AdaptedModule> modules, Device device) {
    LoraConfig config = readConfig(folder.resolve(CONFIG));
    Map<String, AdaptedModule> byName =
        modules.stream().collect(Collectors.toMap(AdaptedModule::name, Function.identity()));
    Scope scope = Scope.open(device);
    try (TensorSource file = SafetensorsFile.open(folder.resolve(WEIGHTS))) {
      Map<String, LoraAdapter.Pair> pairs = new LinkedHashMap<>();
      for (String name : adapted(file)) {
        AdaptedModule module = byName.get(name);
        if (module == null) {
          throw new IncompatibleException(
              file.path()
                  + " adapts the layer "
                  + name
                  + ", which this base model does not have; its layers are "
                  + byName.keySet().stream().sorted().limit(8).toList());
        }
        Tensor a = readMatrix(file, nameOfA(name), config.rank(), module.in(), scope);
        Tensor b = readMatrix(file, nameOfB(name), module.out(), config.rank(), scope);
        pairs.put(name, new LoraAdapter.Pair(a, b));
      }
      return new LoraAdapter(config, scope, pairs);
    } catch (RuntimeException e) {
      scope.close();
      throw e;
    }
  }

  private static LoraConfig readConfig(Path file) {
    JsonView json = StrictJson.read(file);
    require(file, "peft_type", json.string("peft_type"), "LORA");
    require(file, "bias", json.optionalString("bias").orElse("none"), "none");
    for (String setting : UNKNOWN_SETTINGS) {
      Object value = json.has(setting) ? json.value(setting) : null;
      boolean off =
          value == null
              || value.equals(false)
              || (value instanceof Map<?, ?> map && map.isEmpty())
              || (value instanceof List<?> list && list.isEmpty());
      if (!off) {
        throw new UnsupportedModelException(
            file + ": " + setting + " is " + value + ", which is not supported");
      }
    }
    Object targets = json.value("target_modules");
    Set<String> names;
    if ("all-linear".equals(targets)) {
      names = Set.of();
    } else if (targets instanceof String pattern) {
      throw new UnsupportedModelException(
          file + ": target_modules is the pattern " + pattern + ", only a list is supported");
    } else {
      names = new LinkedHashSet<>(json.strings("target_modules"));
    }
    int rank = json.integer("r", 1, MAX_RANK);
    double alpha = json.number("lora_alpha");
    try {
      return new LoraConfig(rank, alpha, json.bool("use_rslora", false), names);
    } catch (IllegalArgumentException e) {
      throw new InvalidDataException(file + ": " + e.getMessage(), e);
    }
  }

  private static void require(Path file, String field, String found, String expected) {
    if (!found.equals(expected)) {
      throw new UnsupportedModelException(
          file + ": " + field + " is " + found + ", only " + expected + " is supported");
    }
  }

  private static Set<String> adapted(TensorSource file) {
    Set<String> names = new LinkedHashSet<>();
    for (String key : file.names()) {
      String name = key.replaceAll("\\.lora_[AB]\\.weight$", "");
      if (!key.startsWith(PREFIX) || name.equals(key)) {
        throw new InvalidDataException(
            file.path()
                + ": tensor "
                + key
                + " is no "
                + PREFIX
                + "*.lora_A.weight or lora_B.weight");
      }
      names.add(name.substring(PREFIX.length()));
    }
    if (names.isEmpty()) {
      throw new InvalidDataException(file.path() + " holds no adapter matrix");
    }
    return names;
  }

  private static Tensor readMatrix(
      TensorSource file, String name, int rows, int columns, Scope scope) {
    TensorInfo info = file.info(name);
    if (!info.shape().equals(List.of((long) rows, (long) columns))) {
      throw new IncompatibleException(
          file.path()
              + ": tensor "
              + name
              + " has shape "
              + info.shape()
              + ", this base model and rank need ["
              + rows
              + ", "
              + columns
              + "]");
    }
    return scope
        .operators()
        .filled(
            DataType.FLOAT32,
            bytes -> {
              FloatBuffer floats = bytes.asFloatBuffer();
              file.readFloats(name, floats);
              requireFinite(floats.flip(), file, name);
            },
            rows,
            columns);
  }

  private static void requireFinite(FloatBuffer values, TensorSource file, String name) {
    while (values.hasRemaining()) {
      int at = values.position();
      float value = values.get();
      if (!Float.isFinite(value)) {
        throw new InvalidDataException(
            file.path() + ": tensor " + name + " holds " + value + " at element " + at);
      }
    }
  }
}
