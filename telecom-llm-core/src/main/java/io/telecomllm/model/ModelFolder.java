package io.telecomllm.model;

import com.google.gson.GsonBuilder;
import io.telecomllm.TelecomLlmException;
import io.telecomllm.lora.Parameter;
import io.telecomllm.tensor.DataType;
import io.telecomllm.tensor.Device;
import io.telecomllm.tensor.Operators;
import io.telecomllm.tensor.Scope;
import io.telecomllm.tensor.Tensor;
import io.telecomllm.weights.AtomicFiles;
import io.telecomllm.weights.SafetensorsWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Writes a model as transformers reads it: config.json and model.safetensors. */
final class ModelFolder {
  private ModelFolder() {}

  static void write(ModelConfig config, List<Parameter> weights, DataType type, Path folder) {
    try (Scope host = Scope.open(Device.cpu())) {
      Files.createDirectories(folder);
      Operators ops = host.operators();
      Map<String, SafetensorsWriter.Tensor> tensors = new LinkedHashMap<>();
      for (Parameter weight : weights) {
        Tensor value = ops.copy(ops.to(weight.value(), type));
        List<Long> shape = Arrays.stream(value.shape()).boxed().toList();
        tensors.put(weight.name(), SafetensorsWriter.Tensor.of(type, shape, value.bytes()));
      }
      SafetensorsWriter.write(folder.resolve("model.safetensors"), tensors, Map.of("format", "pt"));
      AtomicFiles.write(
          folder.resolve("config.json"), json(config, type).getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new TelecomLlmException("the model folder " + folder + " cannot be written: " + e, e);
    }
  }

  private static String json(ModelConfig config, DataType type) {
    Map<String, Object> json = HuggingFaceConfig.write(config);
    json.put("torch_dtype", type.name().toLowerCase(Locale.ROOT));
    // the tokenizer's to name; left out, transformers takes Phi-3-mini's, beyond a smaller
    // vocabulary
    for (String token : List.of("bos_token_id", "eos_token_id", "pad_token_id")) {
      json.put(token, null);
    }
    return new GsonBuilder().serializeNulls().setPrettyPrinting().create().toJson(json) + "\n";
  }
}
