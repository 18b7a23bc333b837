package io.telecomllm.training.memory;

import io.telecomllm.lora.AdaptedModule;
import io.telecomllm.lora.AdapterShape;
import io.telecomllm.lora.TargetModule;
import io.telecomllm.model.ModelConfig;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The linear layers of one decoder layer by their roles.
 *
 * @param number the index of the decoder layer, from 0
 * @param qkv the ones that read the attention's input
 * @param output the one that makes the attention's output
 * @param up the ones that read the feed-forward's input
 * @param down the one that makes the feed-forward's output
 * @param first whether it is the lowest layer
 * @param last whether it is the uppermost layer
 */
record LayerShape(
    int number,
    List<Place> qkv,
    Place output,
    List<Place> up,
    Place down,
    boolean first,
    boolean last) {
  private static final Set<TargetModule> ATTENTION =
      EnumSet.of(TargetModule.Q, TargetModule.K, TargetModule.V);

  /**
   * A linear layer with weights of shape (out, in).
   *
   * @param out the number of outputs
   * @param in the number of inputs
   * @param rank the rank of its adapter; 0 without one
   */
  record Place(int out, int in, int rank) {
    long elements() {
      return (long) out * in;
    }
  }

  /** Returns the number of its weights. */
  long weights() {
    return Stream.of(qkv.stream(), Stream.of(output), up.stream(), Stream.of(down))
        .flatMap(places -> places)
        .mapToLong(Place::elements)
        .sum();
  }

  static List<LayerShape> of(ModelConfig model, AdapterShape adapter) {
    List<AdaptedModule> all = model.linearLayers();
    int each = all.size() / model.layers();
    List<LayerShape> layers = new ArrayList<>();
    for (int i = 0; i < model.layers(); i++) {
      List<Place> qkv = new ArrayList<>();
      List<Place> output = new ArrayList<>();
      List<Place> up = new ArrayList<>();
      List<Place> down = new ArrayList<>();
      for (AdaptedModule module : all.subList(i * each, (i + 1) * each)) {
        TargetModule role = module.slices().get(0).role();
        List<Place> place =
            ATTENTION.contains(role)
                ? qkv
                : role == TargetModule.O ? output : role == TargetModule.DOWN ? down : up;
        place.add(
            new Place(module.out(), module.in(), adapter.ranks().getOrDefault(module.name(), 0)));
      }
      layers.add(
          new LayerShape(i, qkv, output.get(0), up, down.get(0), i == 0, i == model.layers() - 1));
    }
    return layers;
  }
}
