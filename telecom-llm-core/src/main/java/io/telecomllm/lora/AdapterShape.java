package io.telecomllm.lora;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How large an adapter would be, before there is a model or an adapter.
 *
 * @param ranks the rank of each adapted linear layer, that of all its parts together
 * @param trained names and shapes of what would be trained
 * @param frozenValues values that it would hold beside these (half of PiSSA's matrices)
 */
public record AdapterShape(
    Map<String, Integer> ranks, Map<String, List<Long>> trained, long frozenValues) {
  /**
   * The shape of what {@link LoraAdapter#create} would make of this configuration.
   *
   * @param modules the model's linear layers
   * @param replaceable names and shapes of the parameters that may be trained whole
   * @throws IllegalArgumentException naming the layers there are, if a target means none of them;
   *     or if the config asks for what does not go together
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

  /** The number of trainable values. */
  public long trainableParameters() {
    return trained.values().stream().mapToLong(AdapterShape::elements).sum();
  }

  /** The elements of a shape. */
  public static long elements(List<Long> shape) {
    return shape.stream().mapToLong(Long::longValue).reduce(1, Math::multiplyExact);
  }
}
