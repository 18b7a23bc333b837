package io.telecomllm.model;

import io.telecomllm.lora.Gradients;
import io.telecomllm.quantization.Workspace;
import io.telecomllm.tensor.Operators;
import io.telecomllm.tensor.Scope;
import io.telecomllm.tensor.Tensor;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One layer. One after the other: m = x + attention(norm1(x)), m + feed-forward(norm2(m)). Side by
 * side: x + attention(norm1(x)) + feed-forward(norm1(x)). It keeps of its forward pass only what
 * its backward cannot cheaply compute again.
 *
 * @param number its place, from 0
 * @param name {@code model.layers.N}
 * @param secondNorm null where attention and feed-forward stand side by side
 */
record DecoderLayer(
    int number,
    String name,
    Norm firstNorm,
    Attention attention,
    @Nullable Norm secondNorm,
    FeedForward feedForward) {

  /**
   * What the backward needs.
   *
   * @param x the input
   * @param middle between attention and feed-forward; null where those stand side by side
   */
  record Saved(
      Tensor x,
      Attention.Saved attention,
      @Nullable Tensor middle,
      FeedForward.Saved feedForward,
      Tensor result) {
    /** All of them but the input, to be kept or freed together. */
    List<Tensor> tensors() {
      return Stream.of(
              attention.tensors(),
              Stream.ofNullable(middle),
              feedForward.tensors(),
              Stream.of(result))
          .flatMap(s -> s)
          .toList();
    }
  }

  /** The same with dense linear layers. */
  DecoderLayer unpacked(Workspace workspace, Scope owner) {
    return new DecoderLayer(
        number,
        name,
        firstNorm,
        new Attention(
            attention.qkv().unpacked(workspace, owner),
            attention.output().unpacked(workspace, owner)),
        secondNorm,
        new FeedForward(
            feedForward.up().unpacked(workspace, owner),
            feedForward.activation(),
            feedForward.down().unpacked(workspace, owner)));
  }

  /** Its linear layers. */
  Stream<Linear> linears() {
    return Stream.of(
            attention.qkv().parts(),
            List.of(attention.output()),
            feedForward.up().parts(),
            List.of(feedForward.down()))
        .flatMap(List::stream);
  }

  /** Its norms. */
  Stream<Norm> norms() {
    return Stream.concat(Stream.of(firstNorm), Stream.ofNullable(secondNorm));
  }

  /** x (rows, hidden); the result has the wanted rows only. */
  Saved forward(Operators ops, Tensor x, Pass pass) {
    Tensor h = firstNorm.forward(ops, x, pass);
    Tensor rows = rows(pass);
    Attention.Saved a = attention.forward(ops, h, pass, number);
    Tensor residual = rows == null ? x : ops.selectRows(x, rows);
    Tensor middle = ops.add(residual, a.output().value());
    Tensor read; // what the feed-forward reads
    if (secondNorm == null) {
      read = rows == null ? h : ops.selectRows(h, rows);
    } else {
      read = secondNorm.forward(ops, middle, pass);
    }
    FeedForward.Saved f = feedForward.forward(ops, read, pass);
    Tensor result = ops.add(middle, f.down().value());
    return new Saved(x, a, secondNorm == null ? null : middle, f, result);
  }

  /** From the gradient of the result to that of x (no elements unless {@code inputWanted}). */
  Tensor backward(
      Operators ops, Tensor g, Saved s, Pass pass, Gradients gradients, boolean inputWanted) {
    Tensor h = firstNorm.forward(ops, s.x(), pass);
    boolean normedWanted = inputWanted || firstNorm.trained(gradients);
    Tensor rows = rows(pass);
    Tensor gMiddle = g;
    Tensor gRead = null; // what the feed-forward gives to the first norm's output
    if (s.middle() == null || secondNorm == null) {
      Tensor read = rows == null ? h : ops.selectRows(h, rows);
      gRead = feedForward.backward(ops, g, read, s.feedForward(), pass, gradients, normedWanted);
    } else {
      Tensor read = secondNorm.forward(ops, s.middle(), pass);
      Tensor gh = feedForward.backward(ops, g, read, s.feedForward(), pass, gradients, true);
      secondNorm.gather(ops, gh, s.middle(), gradients);
      gMiddle = secondNorm.backward(ops, gh, s.middle(), g, pass);
    }
    Tensor gh =
        attention.backward(ops, gMiddle, h, s.attention(), pass, number, gradients, normedWanted);
    if (!normedWanted) {
      return gh;
    }
    int count = s.x().size(0);
    if (gRead != null) {
      ops.addInPlace(gh, spread(ops, gRead, rows, count), 1);
    }
    firstNorm.gather(ops, gh, s.x(), gradients);
    return inputWanted
        ? firstNorm.backward(ops, gh, s.x(), spread(ops, gMiddle, rows, count), pass)
        : ops.none();
  }

  private @Nullable Tensor rows(Pass pass) {
    Wanted wanted = pass.wanted(number);
    return wanted == null ? null : wanted.rows();
  }

  /** The gradient of all rows from that of the wanted ones. */
  private static Tensor spread(Operators ops, Tensor g, @Nullable Tensor rows, int count) {
    return rows == null ? g : ops.scatterRows(g, rows, count);
  }
}
