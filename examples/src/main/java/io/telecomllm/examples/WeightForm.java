package io.telecomllm.examples;

import io.telecomllm.model.LanguageModel;
import io.telecomllm.model.WeightType;
import io.telecomllm.model.files.ModelLoader;
import io.telecomllm.quantization.QuantizationConfig;

/** A form of the weights that benchmarks and comparisons name. */
public enum WeightForm {
  /** Not packed. */
  DENSE,
  /** As the file has them. */
  STORED,
  /** 4-bit NormalFloat, as for training. */
  NF4,
  /** For answering, in 4 bits. */
  INT4,
  /** For answering, in 8 bits. */
  INT8;

  /** Loads a model with its weights in this form. */
  public LanguageModel load(ModelLoader loader) {
    return switch (this) {
      case DENSE -> loader.dense().load();
      case STORED -> loader.load();
      case NF4 -> loader.quantization(QuantizationConfig.nf4()).load();
      case INT4 -> loader.forAnswering(WeightType.INT4).load();
      case INT8 -> loader.forAnswering(WeightType.INT8).load();
    };
  }
}
