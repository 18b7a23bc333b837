package io.telecomllm.lora.peft;

import io.telecomllm.InvalidDataException;
import io.telecomllm.json.JsonText;
import io.telecomllm.json.JsonView;
import io.telecomllm.json.StrictJson;
import io.telecomllm.lora.AdaptedLayer;
import io.telecomllm.lora.AdapterPlan;
import io.telecomllm.lora.LoraAdapter;
import io.telecomllm.lora.LoraConfig;
import io.telecomllm.lora.LoraInitialization;
import io.telecomllm.lora.LoraTargets;
import io.telecomllm.lora.TargetModule;
import io.telecomllm.tensor.DataType;
import io.telecomllm.tensor.Operators;
import io.telecomllm.tensor.Tensor;
import io.telecomllm.weights.TensorSource;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Joins the parts of a layer on disk, since PEFT has one pair of matrices per layer: the a matrices
 * are stacked, the b matrices placed side by side with zeros outside a part's rows. The file's
 * metadata, which PEFT ignores, describe the parts; they are used only if they give the same
 * product.
 */
final class JoinedLayers {
  private static final String METADATA = "telecomllm.adapter";
  private static final double ROUNDING = 1e-9;

  private JoinedLayers() {}

  private static boolean anyJoined(LoraAdapter adapter) {
    return adapter.layers().values().stream().anyMatch(layer -> !layer.plan().plain());
  }

  /** Returns the configuration that describes the joined matrices. */
  static LoraConfig configOnDisk(LoraAdapter adapter) {
    LoraConfig config = adapter.config();
    if (!anyJoined(adapter)) {
      return config;
    }
    Map<String, AdapterPlan.Layer> layers = new LinkedHashMap<>();
    adapter.layers().forEach((name, layer) -> layers.put(name, layer.plan()));
    AdapterPlan.Layer first = layers.values().iterator().next();
    int rank = first.jointRank();
    double alpha = alpha(config, first);
    Map<String, Integer> ranks = new TreeMap<>();
    Map<String, Double> alphas = new TreeMap<>();
    layers.forEach(
        (name, layer) -> {
          if (layer.jointRank() != rank) {
            ranks.put(name, layer.jointRank());
          }
          if (alpha(config, layer) != alpha) {
            alphas.put(name, alpha(config, layer));
          }
        });
    return config.toBuilder()
        .rank(rank)
        .alpha(alpha)
        .rankPattern(shortened(ranks, layers.keySet()))
        .alphaPattern(shortened(alphas, layers.keySet()))
        .build();
  }

  /**
   * Returns the alpha for which alpha / rank, or alpha / sqrt(rank), is the scale of the layer's
   * parts.
   */
  private static double alpha(LoraConfig config, AdapterPlan.Layer layer) {
    double scale = layer.parts().get(0).scale();
    int rank = layer.jointRank();
    return config.rankStabilized() ? scale * Math.sqrt(rank) : scale * rank;
  }

  /**
   * Replaces full names by their last part if all layers with that last part have the same value.
   */
  private static <T> Map<String, T> shortened(Map<String, T> values, Set<String> all) {
    Map<String, Set<@Nullable T>> byLast = new LinkedHashMap<>();
    for (String name : all) {
      byLast.computeIfAbsent(last(name), key -> new LinkedHashSet<>()).add(values.get(name));
    }
    Map<String, T> result = new TreeMap<>();
    values.forEach(
        (name, value) -> {
          Set<@Nullable T> same = byLast.get(last(name));
          result.put(same != null && same.size() == 1 ? last(name) : name, value);
        });
    return result;
  }

  private static String last(String name) {
    return name.substring(name.lastIndexOf('.') + 1);
  }

  /** Returns the metadata of the file. */
  static Map<String, String> metadata(LoraAdapter adapter) {
    Map<String, String> metadata = new TreeMap<>(Map.of("format", "pt"));
    if (anyJoined(adapter)) {
      LoraConfig config = adapter.config();
      Map<String, Object> json = new TreeMap<>();
      json.put("r", config.rank());
      json.put("lora_alpha", config.alpha());
      json.put("rank_pattern", config.rankPattern());
      json.put("alpha_pattern", config.alphaPattern());
      json.put("initialization", config.initialization().name());
      if (config.targets() instanceof LoraTargets.Roles roles) {
        json.put("roles", roles.roles().stream().map(TargetModule::name).toList());
      }
      metadata.put(METADATA, JsonText.line(json));
    }
    return metadata;
  }

  /**
   * Returns the configuration of the parts, or that of the joined matrices if nothing was joined.
   */
  static LoraConfig configOfParts(TensorSource file, LoraConfig onDisk) {
    String text = file.metadata().get(METADATA);
    if (text == null) {
      return onDisk;
    }
    JsonView json =
        StrictJson.parseObject(
            file.path() + ", metadata " + METADATA, text.getBytes(StandardCharsets.UTF_8));
    try {
      LoraConfig.Builder builder =
          onDisk.toBuilder()
              .rank(json.integer("r", 1, LoraConfig.MAX_RANK))
              .alpha(json.number("lora_alpha"))
              .rankPattern(PeftConfigFile.ranks(json))
              .alphaPattern(PeftConfigFile.alphas(json))
              .initialization(LoraInitialization.valueOf(json.string("initialization")));
      if (json.has("roles")) {
        builder.targets(
            new LoraTargets.Roles(
                json.strings("roles").stream()
                    .map(TargetModule::valueOf)
                    .collect(Collectors.toSet())));
      }
      return builder.build();
    } catch (IllegalArgumentException e) {
      throw wrong(file, e.getMessage());
    }
  }

  private static InvalidDataException wrong(TensorSource file, @Nullable String what) {
    return new InvalidDataException(file.path() + ", metadata " + METADATA + ": " + what);
  }

  /** Refuses parts that do not give the product that PEFT computes from the same folder. */
  static void requireSameProduct(
      TensorSource file, LoraConfig onDisk, AdapterPlan joined, AdapterPlan parts) {
    if (!joined.layers().keySet().equals(parts.layers().keySet())) {
      throw wrong(
          file,
          "adapts the layers " + shown(parts) + ", but target_modules matches " + shown(joined));
    }
    parts
        .layers()
        .forEach(
            (name, layer) -> {
              AdapterPlan.Layer on = joined.layers().get(name);
              if (on == null || on.jointRank() != layer.jointRank()) {
                throw wrong(
                    file,
                    "the parts of "
                        + name
                        + " have rank "
                        + layer.jointRank()
                        + " together, the matrices "
                        + (on == null ? 0 : on.jointRank()));
              }
              double scale = on.parts().get(0).scale();
              double own = layer.parts().get(0).scale();
              if (Math.abs(own - scale) > ROUNDING * scale) {
                throw wrong(
                    file,
                    "the parts of "
                        + name
                        + " are scaled by "
                        + own
                        + ", the matrices by "
                        + scale);
              }
            });
  }

  private static List<String> shown(AdapterPlan plan) {
    return plan.layers().keySet().stream().sorted().limit(8).toList();
  }

  /** Returns the pair of matrices that PEFT has for the layer. */
  static AdaptedLayer.Pair join(AdaptedLayer layer, Operators ops) {
    List<AdapterPlan.Part> parts = layer.plan().parts();
    double scale = parts.get(0).scale();
    Tensor b = ops.zeros(DataType.FLOAT32, layer.plan().module().out(), layer.plan().jointRank());
    int column = 0;
    for (int i = 0; i < parts.size(); i++) {
      AdapterPlan.Part part = parts.get(i);
      Tensor place = ops.narrow(ops.narrow(b, 0, part.start(), part.out()), 1, column, part.rank());
      ops.copyInPlace(
          place,
          ops.multiply(ops.to(layer.parts().get(i).b(), DataType.FLOAT32), part.scale() / scale));
      column += part.rank();
    }
    Tensor a =
        ops.concat(
            layer.parts().stream().map(pair -> ops.to(pair.a(), DataType.FLOAT32)).toList(), 0);
    return new AdaptedLayer.Pair(a, b);
  }

  /**
   * Returns the part's rows and columns of a joined b, scaled back; (rows, rank), row by row.
   *
   * @param b (out, joint rank), row by row
   * @param column the part's first column
   */
  static float[] partOfB(
      TensorSource file, AdapterPlan.Layer layer, AdapterPlan.Part part, float[] b, int column) {
    int width = layer.jointRank();
    float factor = (float) (part.scale() / layer.parts().get(0).scale());
    float[] own = new float[part.out() * part.rank()];
    for (int row = 0; row < layer.module().out(); row++) {
      int at = row - part.start();
      boolean inside = at >= 0 && at < part.out();
      for (int i = 0; i < part.rank(); i++) {
        float value = b[row * width + column + i];
        if (inside) {
          own[at * part.rank() + i] = value * factor;
        } else if (value != 0) {
          throw wrong(
              file,
              "the part "
                  + part.label()
                  + " of "
                  + layer.module().name()
                  + " has the rows "
                  + part.start()
                  + " to "
                  + (part.start() + part.out() - 1)
                  + ", but lora_B holds "
                  + value
                  + " in row "
                  + row);
        }
      }
    }
    return own;
  }
}
