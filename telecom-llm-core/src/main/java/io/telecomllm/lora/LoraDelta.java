package io.telecomllm.lora;

import io.telecomllm.Internal;
import io.telecomllm.tensor.DataType;
import io.telecomllm.tensor.Operators;
import io.telecomllm.tensor.Seed;
import io.telecomllm.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The update of one linear layer, ready to compute with. It adds to y = x W^T the sum of scale (x
 * a^T) b^T over its parts; with DoRA the result is then multiplied by m / n, where n are the
 * lengths of the rows of W + scale b a.
 *
 * <p>While training with dropout, trained parts get a dropout of x as input. With DoRA this
 * concerns only the low-rank update, while in PEFT it also concerns part of x W^T. The backward
 * pass draws the same mask again from the same seed, so the mask takes no memory.
 */
@Internal
public final class LoraDelta {
  private final List<Part> parts;
  private final @Nullable Magnitude magnitude;
  private final double dropout;
  private final @Nullable Seed seed;

  /**
   * One low-rank update.
   *
   * @param a (rank, in) in the compute type
   * @param b (rows, rank) in the compute type
   * @param scale the factor of the update
   * @param start the first output row that it changes
   * @param trained false if it only passes gradients on to x
   * @param gradientA the gradient of a is added here, in fp32; null if it is not needed
   * @param gradientB the gradient of b is added here, in fp32; null if it is not needed
   */
  record Part(
      Tensor a,
      Tensor b,
      double scale,
      int start,
      boolean trained,
      @Nullable Tensor gradientA,
      @Nullable Tensor gradientB) {
    Part rows(Operators ops, int from, int count, int newStart) {
      return new Part(
          a,
          ops.narrow(b, 0, from, count),
          scale,
          newStart,
          trained,
          gradientA,
          gradientB == null ? null : ops.narrow(gradientB, 0, from, count));
    }
  }

  /**
   * DoRA's magnitude vector m.
   *
   * @param value (out), fp32
   * @param gradient the gradient is added here; null if it is not needed
   */
  record Magnitude(Tensor value, @Nullable Tensor gradient) {
    Magnitude rows(Operators ops, int from, int count) {
      return new Magnitude(
          ops.narrow(value, 0, from, count),
          gradient == null ? null : ops.narrow(gradient, 0, from, count));
    }
  }

  /**
   * What a forward pass keeps for its backward pass.
   *
   * @param lowRank x a^T (rows, rank) of each part
   * @param direction with DoRA the output before it was scaled, (rows, out); null if no gradient is
   *     needed
   * @param norms with DoRA n, (out) in fp32; else null
   */
  public record Saved(List<Tensor> lowRank, @Nullable Tensor direction, @Nullable Tensor norms) {
    /** Returns all of these tensors, to be kept or freed together. */
    public Stream<Tensor> tensors() {
      return Stream.concat(
          lowRank.stream(), Stream.of(direction, norms).flatMap(Stream::ofNullable));
    }
  }

  /**
   * Returns the update of the output rows [from, from + count) alone. It shares its matrices and
   * gradients with this one.
   *
   * @param ops their scope owns the views
   */
  public LoraDelta rows(Operators ops, int from, int count) {
    List<Part> inside = new ArrayList<>();
    for (Part part : parts) {
      int low = Math.max(from, part.start());
      int high = Math.min(from + count, part.start() + part.b().size(0));
      if (low < high) {
        inside.add(part.rows(ops, low - part.start(), high - low, low - from));
      }
    }
    return new LoraDelta(
        inside, magnitude == null ? null : magnitude.rows(ops, from, count), dropout, seed);
  }

  LoraDelta(List<Part> parts, @Nullable Magnitude magnitude, double dropout) {
    this(parts, magnitude, dropout, null);
  }

  private LoraDelta(
      List<Part> parts, @Nullable Magnitude magnitude, double dropout, @Nullable Seed seed) {
    this.parts = List.copyOf(parts);
    this.magnitude = magnitude;
    this.dropout = dropout;
    this.seed = seed;
  }

  /** Returns a copy for a training pass, which draws its dropout masks from this seed. */
  LoraDelta withDropout(Seed value) {
    return dropout > 0 ? new LoraDelta(parts, magnitude, dropout, value) : this;
  }

  /**
   * The output of an adapted layer.
   *
   * @param value (rows, out)
   * @param saved what the backward pass needs
   */
  public record Applied(Tensor value, Saved saved) {}

  /**
   * Returns x W^T plus the update, before a bias is added. The update is computed first, and x W^T
   * is added to it within the product, in fp32: a small update added to a product already rounded
   * to bf16 would be lost.
   *
   * @param x (rows, in)
   * @param frozen used during this call only
   */
  public Applied apply(Operators ops, Tensor x, FrozenMatrix frozen) {
    // a single update of all outputs overwrites y, so y need not be zeros
    boolean onto = parts.size() != 1 || parts.get(0).b().size(0) != frozen.out();
    DataType type = ops.typeOf(x);
    long[] shape = {x.size(0), frozen.out()};
    Tensor y = onto ? ops.zeros(type, shape) : ops.empty(type, shape);
    List<Tensor> lowRank = new ArrayList<>();
    Tensor trainedInput = trainedInput(ops, x);
    for (Part part : parts) {
      Tensor input = part.trained() ? trainedInput : x;
      lowRank.add(
          ops.lora().loraInPlace(y, input, part.a(), part.b(), part.start(), part.scale(), onto));
    }
    closeDropped(trainedInput, x);
    frozen.addProductInPlace(y, x);
    if (magnitude == null) {
      return new Applied(y, new Saved(lowRank, null, null));
    }
    Part part = parts.get(0);
    Tensor norms = ops.lora().adaptedRowNorms(frozen.values(), part.a(), part.b(), part.scale());
    Tensor direction = magnitude.gradient() == null ? null : ops.copy(y);
    ops.lora().multiplyByRatioInPlace(y, magnitude.value(), norms);
    return new Applied(y, new Saved(lowRank, direction, norms));
  }

  /** Returns the input of the trained parts: x, or its dropout. */
  private Tensor trainedInput(Operators ops, Tensor x) {
    return seed == null ? x : ops.random().dropout(x, dropout, seed);
  }

  private static void closeDropped(Tensor input, Tensor x) {
    if (input != x) {
      input.close();
    }
  }

  /**
   * Returns the gradient of x W^T from that of the adapted output: g itself, or with DoRA g m / n.
   * Adds to the gradient of m.
   */
  public Tensor outputGradient(Operators ops, Tensor g, Saved saved) {
    if (magnitude == null) {
      return g;
    }
    Tensor norms = saved.norms();
    Tensor direction = saved.direction();
    Tensor gradient = magnitude.gradient();
    if (norms == null || direction == null || gradient == null) {
      throw notTrained();
    }
    ops.lora().magnitudeBackwardInPlace(gradient, g, direction, norms);
    Tensor gz = ops.copy(g);
    ops.lora().multiplyByRatioInPlace(gz, magnitude.value(), norms);
    return gz;
  }

  /**
   * Adds to the gradients of a and b, and writes the gradient of x to gx (rows, in) unless gx has
   * no elements.
   *
   * @param gz the result of {@link #outputGradient}
   */
  public void backward(Operators ops, Tensor gx, Tensor gz, Tensor x, Saved saved) {
    boolean onto = seed != null || parts.size() != 1 || !parts.get(0).trained();
    if (onto) {
      ops.zeroInPlace(gx);
    }
    if (seed == null) {
      backward(ops, gx, gx, gz, x, saved, onto);
      return;
    }
    boolean wanted = gx.elements() > 0;
    // the gradient of the dropout's output; the mask is applied to it below
    try (Tensor gInput = wanted ? ops.zeros(ops.typeOf(gx), gx.shape()) : ops.none();
        Tensor input = ops.random().dropout(x, dropout, seed)) {
      backward(ops, gx, gInput, gz, input, saved, true);
      if (wanted) {
        ops.random().addDropoutInPlace(gx, gInput, dropout, seed);
      }
    }
  }

  /**
   * Adds to the gradients of each part.
   *
   * @param gInput the gradient of {@code input}, the input of the trained parts
   * @param onto whether to add to the values of gInput; else they are overwritten
   */
  private void backward(
      Operators ops, Tensor gx, Tensor gInput, Tensor gz, Tensor input, Saved saved, boolean onto) {
    for (int i = 0; i < parts.size(); i++) {
      Part part = parts.get(i);
      if (!part.trained()) {
        ops.lora().loraInputBackwardInPlace(gx, gz, part.a(), part.b(), part.start(), part.scale());
        continue;
      }
      if (part.gradientA() == null || part.gradientB() == null) {
        throw notTrained();
      }
      ops.lora()
          .loraBackwardInPlace(
              gInput,
              gz,
              input,
              saved.lowRank().get(i),
              part.a(),
              part.b(),
              part.start(),
              part.scale(),
              onto,
              part.gradientA(),
              part.gradientB());
    }
  }

  private static IllegalStateException notTrained() {
    return new IllegalStateException(
        "a backward pass through an adapter whose deltas were made without gradients");
  }
}
