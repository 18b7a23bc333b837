package io.telecomllm.lora;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Matches the names of modules against a configuration by PEFT's rules. */
final class ModuleMatcher {
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_.-]+");
  // as in PEFT, a layer's number is the first number after a name
  private static final Pattern LAYER = Pattern.compile(".*?\\.[^.]*\\.(\\d+)\\..*");

  private final LoraConfig config;
  private final PythonPattern.Budget budget = new PythonPattern.Budget();
  private final Map<String, PythonPattern> compiled = new HashMap<>();

  ModuleMatcher(LoraConfig config) {
    this.config = config;
  }

  /** Returns whether the configuration targets a layer, without regard to roles. */
  boolean targets(String module) {
    return !excluded(module) && meant(config.targets(), module);
  }

  /** Returns whether a target of this name alone matches the layer. */
  static boolean named(String target, String module) {
    return module.equals(target) || module.endsWith("." + target);
  }

  private boolean meant(LoraTargets targets, String module) {
    if (targets instanceof LoraTargets.Pattern pattern) {
      return matches(pattern.expression(), module);
    } else if (targets instanceof LoraTargets.Names names) {
      // as in PEFT, a full name matches whatever layers are chosen
      return names.names().contains(module)
          || (names.names().stream().anyMatch(n -> named(n, module)) && inChosenLayer(module));
    }
    return inChosenLayer(module);
  }

  private boolean excluded(String module) {
    LoraTargets excluded = config.excludeModules();
    if (excluded instanceof LoraTargets.Pattern pattern && matches(pattern.expression(), module)) {
      return true;
    }
    return (excluded instanceof LoraTargets.Names names
            && names.names().stream().anyMatch(n -> named(n, module)))
        || config.modulesToSave().stream().anyMatch(m -> within(m, module));
  }

  /** Returns whether a module or one of its ancestors has this name or ends in it. */
  private static boolean within(String saved, String module) {
    return named(saved, module)
        || module.startsWith(saved + ".")
        || module.contains("." + saved + ".");
  }

  private boolean inChosenLayer(String module) {
    Set<Integer> layers = config.layersToTransform();
    if (layers.isEmpty()) {
      return true;
    }
    if (config.layersPattern().isEmpty()) {
      Matcher match = LAYER.matcher(module);
      return match.matches() && isAmong(layers, match.group(1));
    }
    for (String before : config.layersPattern()) {
      Matcher match =
          Pattern.compile("(?:|.*?\\.)" + Pattern.quote(before) + "\\.(\\d+)\\..*").matcher(module);
      if (match.matches()) {
        return isAmong(layers, match.group(1));
      }
    }
    return false;
  }

  private static boolean isAmong(Set<Integer> layers, String number) {
    return number.length() < 10 && layers.contains(Integer.parseInt(number));
  }

  /** Returns the rank of a layer: that of the first key that matches it, or the general one. */
  int rank(String module) {
    return first(config.rankPattern(), module, config.rank());
  }

  /** Returns the alpha of a layer: that of the first key that matches it, or the general one. */
  double alpha(String module) {
    return first(config.alphaPattern(), module, config.alpha());
  }

  private <T> T first(Map<String, T> byKey, String module, T otherwise) {
    for (Map.Entry<String, T> entry : byKey.entrySet()) {
      if (meansByKey(entry.getKey(), module)) {
        return entry.getValue();
      }
    }
    return otherwise;
  }

  private boolean meansByKey(String key, String module) {
    if (PLAIN.matcher(key).matches()) {
      int start = module.length() - key.length();
      return start >= 0
          && (start == 0 || module.charAt(start - 1) == '.')
          && equalButForDots(key, module.substring(start));
    }
    return matches("(.*\\.)?(" + key + ")", module);
  }

  /**
   * Returns whether a key matches a text; a dot in the key matches any character, as in a regular
   * expression.
   */
  private static boolean equalButForDots(String key, String text) {
    for (int i = 0; i < key.length(); i++) {
      if (key.charAt(i) != '.' && key.charAt(i) != text.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  private boolean matches(String expression, String module) {
    return compiled.computeIfAbsent(expression, PythonPattern::compile).matches(module, budget);
  }

  /** Returns whether {@code modules_to_save} matches the module of a parameter. */
  boolean saved(String parameter) {
    return config.modulesToSave().stream().anyMatch(m -> saves(m, parameter));
  }

  /**
   * Returns whether an entry of {@code modules_to_save} matches a parameter: the entry is the end
   * of the name of its module, or of a module that contains it.
   */
  static boolean saves(String entry, String parameter) {
    int dot = parameter.lastIndexOf('.');
    while (dot > 0) {
      if (parameter.substring(0, dot).endsWith(entry)) {
        return true;
      }
      dot = parameter.lastIndexOf('.', dot - 1);
    }
    return false;
  }
}
