package io.telecomllm.examples.benchmarks;

import io.telecomllm.lora.AdaptedModule;
import io.telecomllm.lora.TargetModule;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.tensor.DataType;
import io.telecomllm.tensor.Operators;
import io.telecomllm.tensor.Scope;
import io.telecomllm.tensor.Tensor;
import io.telecomllm.training.batching.PackedBatch;
import io.telecomllm.training.batching.StepBatch;
import java.util.EnumSet;
import java.util.Set;

/**
 * Measures the time that the matrix products with the frozen weights alone take for the rows of a
 * window, forward and backward, in the compute type and with dense weights: a lower bound of a
 * step.
 */
final class MatmulBound {
  private static final int REPEATS = 3;
  private static final Set<TargetModule> KEYS = EnumSet.of(TargetModule.K, TargetModule.V);
  private static final Set<TargetModule> ATTENTION =
      EnumSet.of(TargetModule.Q, TargetModule.K, TargetModule.V);

  private MatmulBound() {}

  static double seconds(LanguageModel model, StepBatch window) {
    double best = Double.POSITIVE_INFINITY;
    for (int i = 0; i < REPEATS; i++) {
      best = Math.min(best, once(model, window));
    }
    return best;
  }

  private static double once(LanguageModel model, StepBatch window) {
    double seconds = 0;
    String last = "model.layers." + (model.config().layers() - 1) + ".";
    for (PackedBatch batch : window.batches()) {
      int all = batch.tokens().rows();
      int supervised = batch.rows().length;
      for (AdaptedModule module : model.network().linearLayers()) {
        boolean attention = ATTENTION.contains(module.slices().get(0).role());
        boolean inputGradient = !(module.name().startsWith("model.layers.0.") && attention);
        if (!module.name().startsWith(last)) {
          seconds += products(model, all, module.out(), module.in(), inputGradient);
          continue;
        }
        // in the last layer only keys and values are computed for all rows
        for (AdaptedModule.Slice slice : module.slices()) {
          int rows = KEYS.contains(slice.role()) ? all : supervised;
          seconds += products(model, rows, slice.out(), module.in(), inputGradient);
        }
      }
      int vocabulary = model.config().vocabularySize();
      seconds += products(model, supervised, vocabulary, model.config().hiddenSize(), true);
    }
    return seconds;
  }

  /** Returns the time of the products of this number of rows with all linear layers, forward. */
  static double forward(LanguageModel model, int rows) {
    double best = Double.POSITIVE_INFINITY;
    for (int i = 0; i < REPEATS; i++) {
      double seconds = 0;
      for (AdaptedModule module : model.network().linearLayers()) {
        seconds += products(model, rows, module.out(), module.in(), false);
      }
      best = Math.min(best, seconds);
    }
    return best;
  }

  private static double products(
      LanguageModel model, int rows, int out, int in, boolean inputGradient) {
    DataType type = model.computeType();
    try (Scope scope = Scope.open(model.device())) {
      Operators ops = scope.operators();
      Tensor x = ops.zeros(type, rows, in);
      Tensor w = ops.zeros(type, out, in);
      // memory that was never written is faster to read
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
