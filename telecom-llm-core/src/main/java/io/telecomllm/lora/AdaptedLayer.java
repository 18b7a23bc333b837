package io.telecomllm.lora;

import io.telecomllm.Internal;
import io.telecomllm.tensor.DataType;
import io.telecomllm.tensor.Operators;
import io.telecomllm.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The trained and frozen values of one adapted layer, in fp32.
 *
 * @param plan what the values mean
 * @param parts the matrices of the plan's parts, in the same order
 * @param magnitude DoRA's magnitude vector m, (out); null without DoRA
 */
@Internal
public record AdaptedLayer(AdapterPlan.Layer plan, List<Pair> parts, @Nullable Tensor magnitude) {
  /**
   * The two matrices of a low-rank update.
   *
   * @param a (rank, in)
   * @param b (rows, rank)
   */
  @Internal
  public record Pair(Tensor a, Tensor b) {}

  /** The prefix of all tensor names in PEFT's files. */
  public static final String PREFIX = "base_model.model.";

  private String name() {
    return plan.module().name();
  }

  private static String nameOf(String module, String matrix, AdapterPlan.Part part) {
    String label = part.label().isEmpty() ? "" : part.label() + ".";
    return PREFIX + module + "." + matrix + "." + label + "weight";
  }

  private static String magnitudeName(String module) {
    return PREFIX + module + ".lora_magnitude_vector";
  }

  /** Returns the layer's trained parameters, under PEFT's names. */
  List<Parameter> parameters() {
    List<Parameter> all = new ArrayList<>();
    for (int i = 0; i < parts.size(); i++) {
      AdapterPlan.Part part = plan.parts().get(i);
      if (part.trained()) {
        all.add(new Parameter(nameOf(name(), "lora_A", part), parts.get(i).a()));
        all.add(new Parameter(nameOf(name(), "lora_B", part), parts.get(i).b()));
      }
    }
    if (magnitude != null) {
      all.add(new Parameter(magnitudeName(name()), magnitude));
    }
    return all;
  }

  /** Returns the update in the compute type, for a forward and backward pass. */
  LoraDelta delta(DataType compute, double dropout, Operators ops, @Nullable Gradients gradients) {
    List<LoraDelta.Part> deltas = new ArrayList<>();
    for (int i = 0; i < parts.size(); i++) {
      AdapterPlan.Part part = plan.parts().get(i);
      deltas.add(
          new LoraDelta.Part(
              ops.to(parts.get(i).a(), compute),
              ops.to(parts.get(i).b(), compute),
              part.scale(),
              part.start(),
              part.trained(),
              gradient(gradients, "lora_A", part),
              gradient(gradients, "lora_B", part)));
    }
    return new LoraDelta(
        deltas,
        magnitude == null
            ? null
            : new LoraDelta.Magnitude(
                ops.to(magnitude, DataType.FLOAT32),
                gradients == null ? null : gradients.of(magnitudeName(name()))),
        dropout);
  }

  private @Nullable Tensor gradient(
      @Nullable Gradients gradients, String matrix, AdapterPlan.Part part) {
    return gradients == null || !part.trained() ? null : gradients.of(nameOf(name(), matrix, part));
  }

  /** Returns what merging adds to the weight (out, in), in fp32. */
  Tensor update(Tensor weight, Operators ops) {
    Tensor sum = ops.zeros(DataType.FLOAT32, plan.module().out(), plan.module().in());
    for (int i = 0; i < parts.size(); i++) {
      AdapterPlan.Part part = plan.parts().get(i);
      try (Tensor product = ops.matmul(parts.get(i).b(), parts.get(i).a());
          Tensor rows = ops.narrow(sum, 0, part.start(), part.out())) {
        ops.addInPlace(rows, product, part.scale());
      }
    }
    if (magnitude == null) {
      return sum;
    }
    int out = plan.module().out();
    Pair pair = parts.get(0);
    try (Tensor norms =
            ops.lora().adaptedRowNorms(weight, pair.a(), pair.b(), plan.parts().get(0).scale());
        Tensor normColumn = ops.reshape(norms, out, 1);
        Tensor magnitudeColumn = ops.reshape(magnitude, out, 1)) {
      ops.addInPlace(sum, weight, 1);
      ops.lora().multiplyByRatioInPlace(sum, magnitudeColumn, normColumn);
      ops.addInPlace(sum, weight, -1);
    }
    return sum;
  }
}
