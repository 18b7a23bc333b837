package io.telecomllm.export;

import io.telecomllm.StorageException;
import io.telecomllm.files.AtomicFiles;
import io.telecomllm.json.JsonText;
import io.telecomllm.json.JsonView;
import io.telecomllm.json.StrictJson;
import io.telecomllm.model.NetworkWeights;
import io.telecomllm.model.files.HuggingFaceConfig;
import io.telecomllm.quantization.BitsAndBytes;
import io.telecomllm.quantization.BitsAndBytesConfig;
import io.telecomllm.quantization.FourBitWeight;
import io.telecomllm.quantization.GroupWeight;
import io.telecomllm.quantization.Weight;
import io.telecomllm.quantization.Workspace;
import io.telecomllm.tensor.DataType;
import io.telecomllm.tensor.Device;
import io.telecomllm.tensor.Operators;
import io.telecomllm.tensor.Scope;
import io.telecomllm.tensor.Tensor;
import io.telecomllm.weights.SafetensorsWriter;
import io.telecomllm.weights.ShardedWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Writes a model's folder for transformers: config.json, one or several files of safetensors, and
 * the tokenizer's files if the model came with them.
 *
 * @param from the folder that the model was loaded from
 * @param compute the type of the matrices in memory
 * @param type the type of dense weights in the files; packed weights stay packed
 */
record ModelFolder(
    NetworkWeights network, Optional<Path> from, DataType compute, DataType type, Device device) {
  /** The largest file, as in transformers. */
  private static final long SHARD_BYTES = 5_000_000_000L;

  private static final String CONFIG = "config.json";

  /** The other files of a model's folder that are copied. */
  private static final List<String> COMPANIONS =
      List.of(
          "tokenizer.json",
          "tokenizer_config.json",
          "tokenizer.model",
          "special_tokens_map.json",
          "added_tokens.json",
          "vocab.json",
          "vocab.txt",
          "merges.txt",
          "chat_template.jinja",
          "generation_config.json");

  void write(Path folder, Workspace workspace) {
    Map<String, SafetensorsWriter.Tensor> tensors = new LinkedHashMap<>();
    network.vectors().forEach((name, value) -> tensors.put(name, dense(value)));
    network
        .matrices()
        .forEach(
            (name, weight) -> {
              if (weight instanceof FourBitWeight packed) {
                tensors.putAll(BitsAndBytes.tensors(name, packed, type, device));
              } else {
                // transformers has no blocks of GGUF files
                tensors.put(name, dense(weight, workspace));
              }
            });
    ShardedWriter.write(folder, tensors, Map.of("format", "pt"), SHARD_BYTES);
    try {
      AtomicFiles.write(folder.resolve(CONFIG), config());
      if (from.isPresent() && !from.get().equals(folder)) {
        for (String companion : COMPANIONS) {
          Path file = from.get().resolve(companion);
          if (Files.isRegularFile(file)) {
            AtomicFiles.write(folder.resolve(companion), Files.readAllBytes(file));
          }
        }
      }
    } catch (IOException e) {
      throw new StorageException("the model folder " + folder + " cannot be written: " + e, e);
    }
  }

  private SafetensorsWriter.Tensor dense(Tensor tensor) {
    return dense(Arrays.stream(tensor.shape()).boxed().toList(), () -> tensor);
  }

  /** Unpacks the weight when it is written. */
  private SafetensorsWriter.Tensor dense(Weight weight, Workspace workspace) {
    List<Long> shape = List.of((long) weight.out(), (long) weight.in());
    Supplier<Tensor> value = () -> weight.dense(workspace);
    // which is the transposed matrix in memory if it is laid out for answering
    return weight instanceof GroupWeight
        ? new SafetensorsWriter.Tensor(type, shape, () -> copied(value.get()))
        : dense(shape, value);
  }

  private SafetensorsWriter.Tensor dense(List<Long> shape, Supplier<Tensor> value) {
    return new SafetensorsWriter.Tensor(
        type,
        shape,
        () -> {
          Tensor tensor = value.get();
          if (shape.size() > 1 && type == compute && device.kind() == Device.Kind.CPU) {
            return tensor.bytes();
          }
          return copied(tensor);
        });
  }

  private ByteBuffer copied(Tensor tensor) {
    try (Scope host = Scope.open(Device.cpu())) {
      Operators ops = host.operators();
      ByteBuffer bytes = ops.copy(ops.to(tensor, type)).bytes();
      return ByteBuffer.allocate(bytes.remaining()).put(bytes).flip();
    }
  }

  /**
   * Returns config.json: the fields of the file that the model came with, if there is one,
   * overwritten by those of this model.
   */
  private byte[] config() {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    Optional<Path> original = from.map(f -> f.resolve(CONFIG)).filter(Files::isRegularFile);
    if (original.isPresent()) {
      JsonView view = StrictJson.read(original.get());
      view.names().forEach(name -> json.put(name, view.value(name)));
    } else {
      // the tokenizer names these ids; if absent, transformers assumes Phi-3-mini's
      for (String token : List.of("bos_token_id", "eos_token_id", "pad_token_id")) {
        json.put(token, null);
      }
    }
    // other names of fields that are written below
    List.of("rope_parameters", "dtype", "quantization_config", "num_kv_heads")
        .forEach(json::remove);
    json.putAll(HuggingFaceConfig.write(network.config()));
    json.put("torch_dtype", type.name().toLowerCase(Locale.ROOT));
    network
        .packing()
        .ifPresent(p -> json.put("quantization_config", BitsAndBytesConfig.toMap(p, type)));
    return JsonText.file(json);
  }
}
