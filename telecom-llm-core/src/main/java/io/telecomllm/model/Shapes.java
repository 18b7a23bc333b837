package io.telecomllm.model;

import io.telecomllm.lora.AdaptedModule;
import io.telecomllm.lora.TargetModule;
import io.telecomllm.model.Architecture.Part;
import io.telecomllm.model.Architecture.Wiring;
import java.util.ArrayList;
import java.util.List;

/** The linear layers of a model of a given shape, as {@link DecoderBuilder} builds them. */
record Shapes(ModelConfig config) {
  /** Returns the linear layers without the head, in the order in which a row passes them. */
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
}
