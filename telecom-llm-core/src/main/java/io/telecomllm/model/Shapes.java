package io.telecomllm.model;

import io.telecomllm.Internal;
import io.telecomllm.lora.AdaptedModule;
import io.telecomllm.lora.TargetModule;
import io.telecomllm.model.Architecture.Part;
import io.telecomllm.model.Architecture.Wiring;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The parameters of a model of that shape: what {@link DecoderBuilder} asks its source for. */
@Internal
public record Shapes(ModelConfig config) {
  /** In the order in which a row passes them. */
  List<AdaptedModule> linearLayers() {
    Wiring wiring = wiring();
    List<AdaptedModule> all = new ArrayList<>();
    for (int i = 0; i < config.layers(); i++) {
      String layer = wiring.layers() + i + ".";
      wiring.attention().forEach(part -> all.add(module(layer, part, config.hiddenSize())));
      all.add(module(layer, wiring.output(), config.querySize()));
      wiring.feedForward().forEach(part -> all.add(module(layer, part, config.hiddenSize())));
      all.add(module(layer, wiring.down(), config.intermediateSize()));
    }
    return all;
  }

  private Wiring wiring() {
    return config.architecture().wiring();
  }

  private AdaptedModule module(String layer, Part part, int in) {
    List<AdaptedModule.Slice> slices = new ArrayList<>();
    int start = 0;
    for (TargetModule role : part.roles()) {
      int out = config.outputSize(role);
      slices.add(new AdaptedModule.Slice(role, start, out));
      start += out;
    }
    return new AdaptedModule(layer + part.name(), start, in, slices);
  }

  /** All but the matrices of the linear layers. */
  Map<String, List<Long>> others() {
    Wiring wiring = wiring();
    Map<String, List<Long>> all = new LinkedHashMap<>();
    List<Long> table = List.of((long) config.vocabularySize(), (long) config.hiddenSize());
    all.put(wiring.embedding() + ".weight", table);
    for (int i = 0; i < config.layers(); i++) {
      String layer = wiring.layers() + i + ".";
      norm(all, layer + wiring.firstNorm());
      Optional<String> second = wiring.secondNorm();
      second.ifPresent(name -> norm(all, layer + name));
    }
    norm(all, wiring.lastNorm());
    for (AdaptedModule module : linearLayers()) {
      if (module.slices().stream().anyMatch(slice -> config.biases().contains(slice.role()))) {
        all.put(module.name() + ".bias", List.of((long) module.out()));
      }
    }
    if (!config.tiedEmbeddings()) {
      all.put(wiring.head() + ".weight", table);
    }
    if (wiring.headBias()) {
      all.put(wiring.head() + ".bias", List.of((long) config.vocabularySize()));
    }
    return all;
  }

  private void norm(Map<String, List<Long>> all, String name) {
    all.put(name + ".weight", List.of((long) config.hiddenSize()));
    if (wiring().layerNorm()) {
      all.put(name + ".bias", List.of((long) config.hiddenSize()));
    }
  }
}
