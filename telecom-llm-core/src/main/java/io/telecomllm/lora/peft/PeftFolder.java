package io.telecomllm.lora.peft;

import static java.util.Objects.requireNonNull;

import io.telecomllm.InvalidDataException;
import io.telecomllm.StorageException;
import io.telecomllm.files.AtomicFiles;
import io.telecomllm.lora.AdaptableModel;
import io.telecomllm.lora.AdaptableNetwork;
import io.telecomllm.lora.AdaptedLayer;
import io.telecomllm.lora.AdapterPlan;
import io.telecomllm.lora.LoraAdapter;
import io.telecomllm.lora.LoraConfig;
import io.telecomllm.tensor.DataType;
import io.telecomllm.tensor.Device;
import io.telecomllm.tensor.Operators;
import io.telecomllm.tensor.Scope;
import io.telecomllm.tensor.Tensor;
import io.telecomllm.weights.SafetensorsFile;
import io.telecomllm.weights.SafetensorsWriter;
import io.telecomllm.weights.TensorSource;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Reads and writes adapters in PEFT's format: a folder with {@code adapter_config.json} and {@code
 * adapter_model.safetensors}.
 */
public final class PeftFolder {
  private static final String PREFIX = AdaptedLayer.PREFIX;

  private static final String CONFIG = "adapter_config.json";
  private static final String WEIGHTS = "adapter_model.safetensors";
  private static final String PICKLE = "adapter_model.bin";
  private static final String A = ".lora_A.weight";
  private static final String B = ".lora_B.weight";
  private static final String MAGNITUDE = ".lora_magnitude_vector";

  private PeftFolder() {}

  /**
   * Writes an adapter to a folder that PEFT can read; each file appears complete or not at all. If
   * several updates of a layer are trained separately, PEFT sees them as one; {@link #load}
   * separates them again.
   *
   * @param folder created if it does not exist
   * @param baseModel PEFT's {@code base_model_name_or_path}
   * @throws StorageException if the disk fails
   */
  public static void save(Path folder, LoraAdapter adapter, String baseModel) {
    requireNonNull(folder, "folder is null");
    requireNonNull(adapter, "adapter is null");
    requireNonNull(baseModel, "baseModel is null");
    try {
      Files.createDirectories(folder);
      Map<String, SafetensorsWriter.Tensor> tensors = new LinkedHashMap<>();
      try (Scope host = Scope.open(Device.cpu())) {
        Operators ops = host.operators();
        adapter
            .layers()
            .forEach(
                (name, layer) -> {
                  AdaptedLayer.Pair pair =
                      layer.plan().plain()
                          ? layer.parts().get(0)
                          : JoinedLayers.join(hosted(layer, ops), ops);
                  tensors.put(PREFIX + name + A, tensor(pair.a(), ops));
                  tensors.put(PREFIX + name + B, tensor(pair.b(), ops));
                  if (layer.magnitude() != null) {
                    tensors.put(PREFIX + name + MAGNITUDE, tensor(layer.magnitude(), ops));
                  }
                });
        adapter
            .replaced()
            .forEach(
                (name, value) ->
                    tensors.put(nameOnDisk(name, adapter.layers().keySet()), tensor(value, ops)));
        // PEFT expects a matrix that two modules share under both names
        adapter
            .tied()
            .ifPresent(
                names ->
                    tensors.put(
                        PREFIX + names.head(),
                        tensor(requireNonNull(adapter.replacement(names.embedding())), ops)));
        SafetensorsWriter.write(folder.resolve(WEIGHTS), tensors, JoinedLayers.metadata(adapter));
      }
      AtomicFiles.write(
          folder.resolve(CONFIG),
          PeftConfigFile.text(adapter, baseModel).getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new StorageException("the adapter folder " + folder + " cannot be written: " + e, e);
    }
  }

  private static AdaptedLayer hosted(AdaptedLayer layer, Operators ops) {
    return new AdaptedLayer(
        layer.plan(),
        layer.parts().stream()
            .map(
                pair ->
                    new AdaptedLayer.Pair(
                        ops.to(pair.a(), DataType.FLOAT32), ops.to(pair.b(), DataType.FLOAT32)))
            .toList(),
        null);
  }

  private static SafetensorsWriter.Tensor tensor(Tensor value, Operators host) {
    Tensor copy = host.copy(host.to(value, DataType.FLOAT32));
    List<Long> shape = Arrays.stream(copy.shape()).boxed().toList();
    return SafetensorsWriter.Tensor.of(DataType.FLOAT32, shape, copy.bytes());
  }

  /**
   * Returns a parameter's name on disk: PEFT wraps an adapted layer, so its bias is one level
   * deeper.
   */
  private static String nameOnDisk(String parameter, Set<String> adapted) {
    int dot = parameter.lastIndexOf('.');
    String module = dot < 0 ? "" : parameter.substring(0, dot);
    return adapted.contains(module)
        ? PREFIX + module + ".base_layer" + parameter.substring(dot)
        : PREFIX + parameter;
  }

  /**
   * Reads an adapter from a PEFT folder. The caller must close it.
   *
   * @param model the base model to adapt
   * @throws io.telecomllm.IncompatibleException if it was made for another base model
   * @throws io.telecomllm.UnsupportedModelException naming the setting, if it uses one that is not
   *     supported
   * @throws io.telecomllm.InvalidDataException naming file and field or tensor, if it is damaged
   */
  public static LoraAdapter load(Path folder, AdaptableModel model) {
    requireNonNull(folder, "folder is null");
    requireNonNull(model, "model is null");
    AdaptableNetwork network = model.network();
    LoraConfig read = PeftConfigFile.read(folder.resolve(CONFIG));
    Scope scope = Scope.open(network.device());
    try (TensorSource file = open(folder)) {
      PeftNames all = PeftNames.of(file, network);
      SavedEmbeddings embeddings = new SavedEmbeddings(all, network, plan(folder, read, network));
      LoraConfig onDisk = embeddings.named(read);
      AdapterPlan joined = plan(folder, onDisk, network);
      PeftNames names = embeddings.checked(joined);
      LoraConfig config = JoinedLayers.configOfParts(file, onDisk);
      AdapterPlan plan = config.equals(onDisk) ? joined : plan(folder, config, network);
      JoinedLayers.requireSameProduct(file, onDisk, joined, plan);
      UnreadTensors.refuse(
          names,
          plan,
          network,
          plan.replaced().keySet().stream()
              .map(name -> nameOnDisk(name, plan.layers().keySet()))
              .collect(Collectors.toSet()));
      PeftTensors tensors = new PeftTensors(names, scope);
      Map<String, AdaptedLayer> layers = new LinkedHashMap<>();
      plan.layers()
          .forEach(
              (name, layer) ->
                  layers.put(
                      name,
                      tensors.layer(
                          layer, PREFIX + name + A, PREFIX + name + B, PREFIX + name + MAGNITUDE)));
      Map<String, Tensor> replaced = new LinkedHashMap<>();
      plan.replaced()
          .forEach(
              (name, shape) ->
                  replaced.put(name, tensors.read(nameOnDisk(name, layers.keySet()), shape)));
      return new LoraAdapter(config, scope, layers, replaced, plan.tied());
    } catch (RuntimeException e) {
      scope.close();
      throw e;
    }
  }

  private static TensorSource open(Path folder) {
    Path weights = folder.resolve(WEIGHTS);
    Path pickle = folder.resolve(PICKLE);
    if (!Files.exists(weights) && Files.exists(pickle)) {
      throw new InvalidDataException(
          pickle
              + ": a pickle file is a program and is not read; convert it to safetensors, as PEFT's"
              + " PeftModel.from_pretrained(base, folder) and save_pretrained(folder,"
              + " safe_serialization=True) do");
    }
    return SafetensorsFile.open(weights);
  }

  private static AdapterPlan plan(Path folder, LoraConfig config, AdaptableNetwork network) {
    try {
      return AdapterPlan.of(config, network);
    } catch (IllegalArgumentException e) {
      throw new InvalidDataException(folder.resolve(CONFIG) + ": " + e.getMessage(), e);
    }
  }
}
