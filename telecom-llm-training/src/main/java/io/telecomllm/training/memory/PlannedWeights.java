package io.telecomllm.training.memory;

import io.telecomllm.lora.AdaptedModule;
import io.telecomllm.lora.AdapterShape;
import io.telecomllm.model.ModelConfig;
import io.telecomllm.quantization.QuantizationConfig;
import io.telecomllm.tensor.DataType;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The weights that {@code LanguageModel} would hold, of a model that is not loaded. */
record PlannedWeights(ModelConfig model, Optional<QuantizationConfig> quantization, DataType type) {
  /** Returns what {@code LanguageModel.weightBytes} would return. */
  long bytes() {
    long linear = model.linearLayers().stream().mapToLong(this::bytes).sum();
    long others =
        model.otherParameters().values().stream()
            .mapToLong(
                shape -> AdapterShape.elements(shape) * (shape.size() > 1 ? type.bytes() : 4))
            .sum();
    return linear + others;
  }

  private long bytes(AdaptedModule module) {
    return quantization
        .map(packed -> packed.bytes(module.out(), module.in()))
        .orElse((long) module.out() * module.in() * type.bytes());
  }

  /**
   * Returns the bytes of the buffer into which packed weights are unpacked, one layer at a time.
   */
  long workspace() {
    long largest =
        model.linearLayers().stream().mapToLong(m -> (long) m.out() * m.in()).max().orElse(0);
    return quantization.isPresent() ? largest * type.bytes() : 0;
  }

  /**
   * Returns what {@code LanguageModel.replaceable} would return: the weights that an adapter may
   * hold a trained copy of.
   */
  Map<String, List<Long>> replaceable() {
    Map<String, List<Long>> all = new LinkedHashMap<>(model.otherParameters());
    // a tied head can be given a matrix of its own
    all.putIfAbsent(
        "lm_head.weight", List.of((long) model.vocabularySize(), (long) model.hiddenSize()));
    if (quantization.isEmpty()) {
      model
          .linearLayers()
          .forEach(m -> all.put(m.name() + ".weight", List.of((long) m.out(), (long) m.in())));
    }
    return all;
  }
}
