package io.telecomllm.model;

import io.telecomllm.model.Visibility.Wanted;
import io.telecomllm.quantization.Workspace;
import io.telecomllm.tensor.Operators;
import io.telecomllm.tensor.Scope;
import io.telecomllm.tensor.Tensor;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One layer. In sequence: m = x + attention(norm1(x)), then m + feed-forward(norm2(m)). In
 * parallel: x + attention(norm1(x)) + feed-forward(norm1(x)). Of a forward pass it keeps only what
 * the backward pass cannot cheaply compute again.
 *
 * @param number its number, from 0 for the lowest
 * @param name its full name, such as {@code model.layers.0}
 * @param secondNorm null if attention and feed-forward run in parallel
 */
record DecoderLayer(
    int number,
    String name,
    Norm firstNorm,
    Attention attention,
    @Nullable Norm secondNorm,
    FeedForward feedForward) {

  /** Returns the output for x (rows, hidden). */
  Output forward(Tensor x, Pass pass) {
    Operators ops = pass.ops();
    Wanted wanted = pass.sees().wanted(number);
    Tensor h = firstNorm.forward(x, pass).value();
    Attention.Output attended = attention.forward(h, pass);
    Tensor middle = ops.add(select(ops, x, wanted), attended.value());
    if (secondNorm == null) {
      FeedForward.Output fed = feedForward.forward(select(ops, h, wanted), pass);
      return new Output(this, x, attended, null, fed, ops.add(middle, fed.value()));
    }
    FeedForward.Output fed = feedForward.forward(secondNorm.forward(middle, pass).value(), pass);
    return new Output(this, x, attended, middle, fed, ops.add(middle, fed.value()));
  }

  /**
   * The result, and what the backward pass needs.
   *
   * @param x the input
   * @param middle m, (wanted rows, hidden); null if attention and feed-forward run in parallel
   * @param value the result, (wanted rows, hidden)
   */
  record Output(
      DecoderLayer layer,
      Tensor x,
      Attention.Output attention,
      @Nullable Tensor middle,
      FeedForward.Output feedForward,
      Tensor value) {
    /** Returns all tensors except the input, to be kept or freed together. */
    List<Tensor> kept() {
      return Stream.of(
              attention.kept(), Stream.ofNullable(middle), feedForward.kept(), Stream.of(value))
          .flatMap(s -> s)
          .toList();
    }

    /** Returns the gradient of x, given the gradient g of the result. */
    Tensor backward(Tensor g, Backward back) {
      Operators ops = back.ops();
      Pass pass = back.pass();
      Wanted wanted = pass.sees().wanted(layer.number);
      Norm.Output first = layer.firstNorm.forward(x, pass);
      Tensor h = first.value();
      boolean normedWanted = back.inputWanted() || layer.firstNorm.trained(back.gradients());
      Backward inner = back.wanting(normedWanted);
      Tensor gMiddle = g;
      Tensor gRead = null; // in parallel: the feed-forward's gradient of the first norm's output
      if (middle == null || layer.secondNorm == null) {
        gRead = feedForward.backward(g, select(ops, h, wanted), inner);
      } else {
        Norm.Output second = layer.secondNorm.forward(middle, pass);
        Tensor gSecond = feedForward.backward(g, second.value(), back.wanting(true));
        gMiddle = second.backward(gSecond, g, back);
      }
      Tensor gh = attention.backward(gMiddle, h, inner);
      if (!normedWanted) {
        return gh;
      }
      if (gRead != null) {
        ops.addInPlace(gh, spread(ops, gRead, wanted), 1);
      }
      if (!back.inputWanted()) {
        first.gather(gh, back);
        return ops.none();
      }
      return first.backward(gh, spread(ops, gMiddle, wanted), back);
    }

    /** Returns the gradient of all rows, given that of the wanted ones; it is 0 for the others. */
    private Tensor spread(Operators ops, Tensor g, @Nullable Wanted wanted) {
      return wanted == null ? g : ops.scatterRows(g, wanted.rows(), x.size(0));
    }
  }

  private static Tensor select(Operators ops, Tensor x, @Nullable Wanted wanted) {
    return wanted == null ? x : ops.selectRows(x, wanted.rows());
  }

  /** Returns a copy whose linear layers are dense; the owner owns the unpacked matrices. */
  DecoderLayer unpacked(Workspace workspace, Scope owner) {
    return new DecoderLayer(
        number,
        name,
        firstNorm,
        new Attention(
            number,
            attention.qkv().unpacked(workspace, owner),
            attention.norms(),
            attention.output().unpacked(workspace, owner)),
        secondNorm,
        new FeedForward(
            feedForward.up().unpacked(workspace, owner),
            feedForward.activation(),
            feedForward.down().unpacked(workspace, owner)));
  }

  /** Returns its linear layers, in the order in which a row passes them. */
  Stream<Linear> linears() {
    return Stream.of(
            attention.qkv().parts(),
            List.of(attention.output()),
            feedForward.up().parts(),
            List.of(feedForward.down()))
        .flatMap(List::stream);
  }

  /** Returns its norms. */
  Stream<Norm> norms() {
    return Stream.of(
            Stream.of(firstNorm),
            Stream.ofNullable(attention.norms()).flatMap(HeadNorms::all),
            Stream.ofNullable(secondNorm))
        .flatMap(s -> s);
  }
}
