package io.telecomllm.lora;

import io.telecomllm.Internal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The sizes of an adapter's parameters, known before a model is loaded or an adapter created.
 *
 * @param ranks the rank of each adapted linear layer, the sum over its parts
 * @param trained the names and shapes of its trained parameters
 * @param frozenValues the number of values that it holds in addition (half of PiSSA's matrices)
 */
@Internal
public record AdapterShape(
    Map<String, Integer> ranks, Map<String, List<Long>> trained, long frozenValues) {
  /**
   * Returns the shape of the adapter that {@link LoraAdapter#create} makes from a configuration.
   *
   * @param modules the model's linear layers
   * @param replaceable the names and shapes of the parameters that an adapter may replace
   * @throws IllegalArgumentException naming the existing layers, if a target matches none of them;
   *     or if the configuration asks for a combination that is not supported
   */
  public static AdapterShape of(
      LoraConfig config, List<AdaptedModule> modules, Map<String, List<Long>> replaceable) {
    AdapterPlan plan = AdapterPlan.of(config, modules, replaceable);
    plan.requireEveryTargetMatches(config, modules, replaceable);
    Map<String, Integer> ranks = new LinkedHashMap<>();
    Map<String, List<Long>> trained = new LinkedHashMap<>();
    long frozen = 0;
    for (AdapterPlan.Layer layer : plan.layers().values()) {
      AdaptedModule module = layer.module();
      ranks.put(module.name(), layer.jointRank());
      for (AdapterPlan.Part part : layer.parts()) {
        if (part.trained()) {
          String name = module.name() + "." + part.label();
          trained.put(name + "A", List.of((long) part.rank(), (long) module.in()));
          trained.put(name + "B", List.of((long) part.out(), (long) part.rank()));
        } else {
          frozen += (long) part.rank() * (module.in() + part.out());
        }
      }
      if (layer.dora()) {
        trained.put(module.name() + ".magnitude", List.of((long) module.out()));
      }
    }
    trained.putAll(plan.replaced());
    return new AdapterShape(ranks, trained, frozen);
  }

  /** Copies the maps. */
  public AdapterShape {
    // in the model's order
    ranks = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(ranks));
    trained = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(trained));
  }

  /** Returns the number of trainable values. */
  public long trainableParameters() {
    return trained.values().stream().mapToLong(AdapterShape::elements).sum();
  }

  /** Returns the number of elements of a shape. */
  public static long elements(List<Long> shape) {
    return shape.stream().mapToLong(Long::longValue).reduce(1, Math::multiplyExact);
  }
}
