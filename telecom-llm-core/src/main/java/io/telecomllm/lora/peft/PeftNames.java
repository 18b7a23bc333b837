package io.telecomllm.lora.peft;

import io.telecomllm.InvalidDataException;
import io.telecomllm.lora.AdaptableNetwork;
import io.telecomllm.lora.AdaptedLayer;
import io.telecomllm.weights.TensorSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The tensors of a file under the names that {@code save_pretrained} gives them. A state dict that
 * was saved by hand has the adapter's name in them, as in {@code lora_A.default.weight}, and the
 * modules to save under {@code modules_to_save}.
 */
final class PeftNames {
  private static final Pattern MATRIX = Pattern.compile("(.*\\.lora_[AB])(?:\\.[^.]+)?\\.weight");
  private static final Pattern MAGNITUDE =
      Pattern.compile("(.*\\.lora_magnitude_vector)(?:\\.(?!weight$)[^.]+)?(?:\\.weight)?");
  private static final String SAVED = ".modules_to_save.";
  private static final String ORIGINAL = ".original_module.";

  private final TensorSource file;
  private final Map<String, String> keys;

  private PeftNames(TensorSource file, Map<String, String> keys) {
    this.file = file;
    this.keys = keys;
  }

  /**
   * Names the tensors of a file.
   *
   * @throws InvalidDataException naming two tensors, if they are the same matrix of two adapters
   */
  static PeftNames of(TensorSource file, AdaptableNetwork network) {
    Map<String, String> keys = new LinkedHashMap<>();
    for (String key : file.names()) {
      // the base's own module, which the saved one replaces; PEFT does not read it either
      if (key.contains(ORIGINAL)) {
        continue;
      }
      String name = name(key, network.replaceable().keySet());
      String other = keys.get(name);
      boolean saved = key.contains(SAVED);
      if (other == null || (other.contains(SAVED) && !saved)) {
        keys.put(name, key);
      } else if (!saved) {
        // of a saved module that is there twice, PEFT reads the plain name
        throw new InvalidDataException(
            file.path()
                + ": the tensors "
                + other
                + " and "
                + key
                + " are the same matrix of two adapters; a file must hold one adapter");
      }
    }
    return new PeftNames(file, keys);
  }

  private static String name(String key, Set<String> replaceable) {
    Matcher matrix = MATRIX.matcher(key);
    if (matrix.matches()) {
      return matrix.group(1) + ".weight";
    }
    Matcher magnitude = MAGNITUDE.matcher(key);
    if (magnitude.matches()) {
      return magnitude.group(1);
    }
    int at = key.indexOf(SAVED);
    if (at < 0 || !key.startsWith(AdaptedLayer.PREFIX)) {
      return key;
    }
    String module = key.substring(0, at);
    String rest = key.substring(at + SAVED.length());
    String plain = module + "." + rest;
    if (replaceable.contains(plain.substring(AdaptedLayer.PREFIX.length()))) {
      return plain;
    }
    return module + rest.substring(Math.max(rest.indexOf('.'), 0));
  }

  /** Returns the names of all tensors that PEFT would read, in file order. */
  Set<String> all() {
    return keys.keySet();
  }

  /** Returns whether there is a tensor of this name. */
  boolean has(String name) {
    return keys.containsKey(name);
  }

  /** Returns the names without a second one of a matrix; the first is kept if both are there. */
  PeftNames once(String first, String second) {
    Map<String, String> once = new LinkedHashMap<>(keys);
    String key = once.remove(second);
    if (key != null) {
      once.putIfAbsent(first, key);
    }
    return new PeftNames(file, once);
  }

  /** Returns a tensor's key in the file; the name itself if there is no such tensor. */
  String key(String name) {
    return keys.getOrDefault(name, name);
  }

  /** Returns the file. */
  TensorSource file() {
    return file;
  }
}
