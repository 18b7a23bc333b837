package io.telecomllm.examples;

import io.telecomllm.lora.AdaptedModule;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.tensor.DataType;
import io.telecomllm.tensor.Operators;
import io.telecomllm.tensor.Scope;
import io.telecomllm.tensor.Tensor;
import io.telecomllm.training.batching.PackedBatch;
import io.telecomllm.training.loss.Window;
import java.util.List;

/**
 * The time that the matrix products with the frozen weights alone take for the rows of a window,
 * forward and backward, in the compute type and on dense weights: no step can be faster.
 */
final class MatmulBound {
  private static final int REPEATS = 3;

  private MatmulBound() {}

  static double seconds(LanguageModel model, Window window) {
    double best = Double.POSITIVE_INFINITY;
    for (int i = 0; i < REPEATS; i++) {
      best = Math.min(best, once(model, window));
    }
    return best;
  }

  private static double once(LanguageModel model, Window window) {
    double seconds = 0;
    List<AdaptedModule> modules = model.linearLayers();
    String last = "model.layers." + (model.config().layers() - 1) + ".";
    for (PackedBatch batch : window.batches()) {
      for (AdaptedModule module : modules) {
        boolean attentionInput = module.in() == model.config().hiddenSize() && isQkv(module);
        // what lies behind the last attention is computed for supervised rows alone
        boolean few = module.name().startsWith(last) && !attentionInput;
        int rows = few ? batch.rows().length : batch.tokens().rows();
        boolean inputGradient = !(module.name().startsWith("model.layers.0.") && attentionInput);
        seconds += products(model, rows, module.out(), module.in(), inputGradient);
      }
      seconds +=
          products(
              model,
              batch.rows().length,
              model.config().vocabularySize(),
              model.config().hiddenSize(),
              true);
    }
    return seconds;
  }

  private static boolean isQkv(AdaptedModule module) {
    return module.name().matches(".*\\.(qkv|q|k|v)_proj");
  }

  private static double products(
      LanguageModel model, int rows, int out, int in, boolean inputGradient) {
    DataType type = model.computeType();
    try (Scope scope = Scope.open(model.device())) {
      Operators ops = scope.operators();
      Tensor x = ops.zeros(type, rows, in);
      Tensor w = ops.zeros(type, out, in);
      // memory that was never written costs less to read
      ops.addScalarInPlace(x, 0.01);
      ops.addScalarInPlace(w, 0.01);
      long start = System.nanoTime();
      Tensor y = ops.linear(x, w);
      if (inputGradient) {
        ops.linearBackward(y, w);
      }
      return (System.nanoTime() - start) / 1e9;
    }
  }
}
