package io.telecomllm.lora.peft;

import io.telecomllm.IncompatibleException;
import io.telecomllm.InvalidDataException;
import io.telecomllm.UnsupportedModelException;
import io.telecomllm.lora.AdaptableNetwork;
import io.telecomllm.lora.AdaptedLayer;
import io.telecomllm.lora.AdaptedModule;
import io.telecomllm.lora.AdapterPlan;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Refuses files with tensors that would be ignored. */
final class UnreadTensors {
  private static final String MAGNITUDE = ".lora_magnitude_vector";
  private static final Pattern MATRIX =
      Pattern.compile("\\.lora_([AB]\\.weight|magnitude_vector)$");
  private static final Pattern ANY_LORA = Pattern.compile("\\.lora_[^.]+(\\.[^.]+)*$");

  private final PeftNames names;
  private final AdapterPlan plan;
  private final AdaptableNetwork network;
  private final Set<String> layers;

  private UnreadTensors(PeftNames names, AdapterPlan plan, AdaptableNetwork network) {
    this.names = names;
    this.plan = plan;
    this.network = network;
    layers = network.linearLayers().stream().map(AdaptedModule::name).collect(Collectors.toSet());
  }

  /**
   * Refuses a file with a tensor that is neither a planned matrix nor a replaced parameter, or
   * without any matrix.
   *
   * @param replaced the names of the replaced parameters on disk
   */
  static void refuse(
      PeftNames names, AdapterPlan plan, AdaptableNetwork network, Set<String> replaced) {
    UnreadTensors tensors = new UnreadTensors(names, plan, network);
    names.all().forEach(tensors::requireNotOnEmbeddings);
    boolean any = false;
    for (String name : names.all()) {
      if (!replaced.contains(name)) {
        tensors.requireMatrix(name);
        any = true;
      }
    }
    if (!any) {
      throw new InvalidDataException(names.file().path() + " holds no adapter matrix");
    }
  }

  private void requireNotOnEmbeddings(String name) {
    String module = withoutPrefix(ANY_LORA.matcher(name).replaceFirst(""));
    if (!module.equals(withoutPrefix(name))) {
      network
          .embeddings()
          .role(module)
          .ifPresent(
              role -> {
                throw new UnsupportedModelException(
                    described(name)
                        + " is LoRA on the "
                        + role
                        + ", which is not supported; modules_to_save trains it whole");
              });
    }
  }

  private void requireMatrix(String name) {
    if (!name.startsWith(AdaptedLayer.PREFIX)) {
      throw new InvalidDataException(
          described(name) + " does not begin with " + AdaptedLayer.PREFIX);
    }
    String module = withoutPrefix(MATRIX.matcher(name).replaceFirst(""));
    if (module.equals(withoutPrefix(name))) {
      refuseParameter(name);
    }
    if (!layers.contains(module)) {
      throw new IncompatibleException(
          names.file().path()
              + " adapts the layer "
              + module
              + ", which this base model does not have; its layers are "
              + layers.stream().sorted().limit(8).toList());
    }
    AdapterPlan.Layer layer = plan.layers().get(module);
    if (layer == null) {
      throw new InvalidDataException(
          described(name) + " belongs to a layer that target_modules does not match");
    }
    if (name.endsWith(MAGNITUDE) && !layer.dora()) {
      throw new InvalidDataException(described(name) + " is there although use_dora is false");
    }
  }

  private void refuseParameter(String name) {
    if (network.replaceable().containsKey(withoutPrefix(name).replace(".base_layer.", "."))) {
      throw new InvalidDataException(
          described(name) + " is a parameter that neither bias nor modules_to_save matches");
    }
    throw new IncompatibleException(
        described(name)
            + " is neither an adapter's matrix nor a parameter that can be replaced in this"
            + " base model");
  }

  private static String withoutPrefix(String name) {
    return name.startsWith(AdaptedLayer.PREFIX)
        ? name.substring(AdaptedLayer.PREFIX.length())
        : name;
  }

  private String described(String name) {
    return names.file().path() + ": tensor " + names.key(name);
  }
}
