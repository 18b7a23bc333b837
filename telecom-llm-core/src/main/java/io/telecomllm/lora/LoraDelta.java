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
 * The update of one linear layer, ready to compute with: y = x W^T becomes y + sum of scale (x a^T)
 * b^T over its parts; with DoRA all of it is then multiplied by m / n, n the lengths of the rows of
 * W + scale b a.
 *
 * <p>While training with dropout, what is trained reads a dropout of x. With DoRA, where PEFT lets
 * W x too read it in part, only the low-rank update does. The mask is drawn anew for the backward
 * from the same seed, so it takes no memory.
 */
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
   * @param scale the factor
   * @param start the first of the rows of the output that it changes
   * @param trained false for one that only passes gradients on
   * @param gradientA gathers the gradient of a in fp32; null where none is wanted
   * @param gradientB the same for b
   */
  @Internal
  public record Part(
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

  /** DoRA's m, (out) in fp32, and what gathers its gradient; null where none is wanted. */
  record Magnitude(Tensor value, @Nullable Tensor gradient) {
    Magnitude rows(Operators ops, int from, int count) {
      return new Magnitude(
          ops.narrow(value, 0, from, count),
          gradient == null ? null : ops.narrow(gradient, 0, from, count));
    }
  }

  /**
   * What a forward pass leaves for its backward.
   *
   * @param lowRank x a^T of each part
   * @param direction with DoRA the output before it was scaled, (rows, out); null where no gradient
   *     is wanted
   * @param norms with DoRA n, (out) in fp32
   */
  public record Saved(List<Tensor> lowRank, @Nullable Tensor direction, @Nullable Tensor norms) {
    /** All of them, to be kept or freed together. */
    public Stream<Tensor> tensors() {
      return Stream.concat(
          lowRank.stream(), Stream.of(direction, norms).flatMap(Stream::ofNullable));
    }
  }

  /**
   * The update of rows [from, from + count) of W alone. What it changes and gathers is this one's.
   *
   * @param ops own the views
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

  /** The same for a training pass, its masks drawn from that seed. */
  LoraDelta withDropout(Seed value) {
    return dropout > 0 ? new LoraDelta(parts, magnitude, dropout, value) : this;
  }

  /**
   * The output of a changed layer.
   *
   * @param value (rows, out)
   */
  public record Applied(Tensor value, Saved saved) {}

  /**
   * x W^T and the update, before a bias is added. The update comes first, and x W^T is added to it
   * within the product, in fp32: added to what is rounded to bf16 already, an update of less than
   * half of the last place would vanish.
   *
   * @param x (rows, in)
   * @param w (out, in) in the compute type; used during this call only
   */
  public Applied apply(Operators ops, Tensor x, Tensor w) {
    // one update of all outputs needs no zeros to be added to
    boolean onto = parts.size() != 1 || parts.get(0).b().size(0) != w.size(0);
    DataType type = ops.typeOf(x);
    Tensor y = onto ? ops.zeros(type, x.size(0), w.size(0)) : ops.empty(type, x.size(0), w.size(0));
    List<Tensor> lowRank = new ArrayList<>();
    Tensor trainedInput = trainedInput(ops, x);
    for (Part part : parts) {
      Tensor input = part.trained() ? trainedInput : x;
      lowRank.add(
          ops.lora().loraInPlace(y, input, part.a(), part.b(), part.start(), part.scale(), onto));
    }
    closeDropped(trainedInput, x);
    ops.addLinearInPlace(y, x, w);
    if (magnitude == null) {
      return new Applied(y, new Saved(lowRank, null, null));
    }
    Part part = parts.get(0);
    Tensor norms = ops.lora().adaptedRowNorms(w, part.a(), part.b(), part.scale());
    Tensor direction = magnitude.gradient() == null ? null : ops.copy(y);
    ops.lora().multiplyByRatioInPlace(y, magnitude.value(), norms);
    return new Applied(y, new Saved(lowRank, direction, norms));
  }

  /** What the trained parts read: x, or its dropout. */
  private Tensor trainedInput(Operators ops, Tensor x) {
    return seed == null ? x : ops.random().dropout(x, dropout, seed);
  }

  private static void closeDropped(Tensor input, Tensor x) {
    if (input != x) {
      input.close();
    }
  }

  /**
   * From the gradient of the changed output to that of x W^T: g itself, or with DoRA g m / n. Adds
   * to the gradient of m.
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
   * Adds to the gradients of a and b, and writes that of x to gx (rows, in) unless it has no
   * elements.
   *
   * @param gz what {@link #outputGradient} gave
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
    // the gradient of the dropout, on which the mask lies once more
    try (Tensor gInput = wanted ? ops.zeros(ops.typeOf(gx), gx.shape()) : ops.none();
        Tensor input = ops.random().dropout(x, dropout, seed)) {
      backward(ops, gx, gInput, gz, input, saved, true);
      if (wanted) {
        ops.random().addDropoutInPlace(gx, gInput, dropout, seed);
      }
    }
  }

  /**
   * @param gInput the gradient of {@code input}, what the trained parts read
   * @param onto whether gInput holds anything already
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
    return new IllegalStateException("a backward pass through an adapter that is not trained");
  }
}
