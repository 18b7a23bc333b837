package io.telecomllm.model;

import io.telecomllm.lora.Gradients;
import io.telecomllm.tensor.Operators;
import io.telecomllm.tensor.Tensor;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Grouped-query attention with a rotary embedding.
 *
 * @param qkv query, key and value, in this order
 */
record Attention(Projection qkv, Linear output) {
  /**
   * What the backward needs: query, key and value after rotation, attention's output and log-sums,
   * which rows went on (null: all), and those rows of the output.
   */
  record Saved(
      Projection.Output qkv,
      Operators.Pair attention,
      @Nullable Tensor rows,
      Tensor context,
      Linear.Output output) {
    Stream<Tensor> tensors() {
      return Stream.of(
              qkv.kept(), Stream.of(attention.first(), attention.second(), context), output.kept())
          .flatMap(s -> s);
    }
  }

  /**
   * h (rows, hidden), normed; the result is the output's value, (wanted rows, hidden).
   *
   * @param rows which rows are wanted; null: all
   */
  Saved forward(Operators ops, Tensor h, Pass pass, int layer, @Nullable Tensor rows) {
    ModelConfig c = pass.config();
    Projection.Output projected = qkv.forward(ops, h, pass);
    Tensor all = projected.value(); // (rows, query size + 2 key size)
    rotate(ops, all, pass.sin(), pass);
    Tensor q = query(ops, all, c);
    Tensor k = key(ops, all, c);
    Tensor v = value(ops, all, c);
    if (pass.cache() != null) {
      k = pass.cache().append(ops, layer, true, k);
      v = pass.cache().append(ops, layer, false, v);
    }
    Operators.Pair attention = ops.attention(q, k, v, pass.segments(layer), c.attentionScale());
    Tensor context = ops.reshape(attention.first(), h.size(0), c.querySize());
    if (rows != null) {
      context = ops.selectRows(context, rows);
    }
    Linear.Output result = output.forward(ops, context, pass);
    return new Saved(projected, attention, rows, context, result);
  }

  /**
   * The gradient of h, or no elements if it is not wanted.
   *
   * @param g of the result, (wanted rows, hidden)
   */
  Tensor backward(
      Operators ops,
      Tensor g,
      Tensor h,
      Saved s,
      Pass pass,
      int layer,
      Gradients gradients,
      boolean inputWanted) {
    ModelConfig c = pass.config();
    Tensor gContext = output.backward(ops, g, s.context(), s.output(), pass, gradients, true);
    if (s.rows() != null) {
      gContext = ops.scatterRows(gContext, s.rows(), h.size(0));
    }
    Tensor all = s.qkv().value();
    Tensor gAll =
        ops.attentionBackward(
            query(ops, gContext, c),
            query(ops, all, c),
            key(ops, all, c),
            value(ops, all, c),
            s.attention(),
            pass.segments(layer),
            c.attentionScale());
    // the inverse of a rotation is its transpose: turn back by the negative angle
    rotate(ops, gAll, ops.multiply(pass.sin(), -1), pass);
    return qkv.backward(ops, gAll, h, s.qkv(), pass, gradients, inputWanted);
  }

  private static void rotate(Operators ops, Tensor all, Tensor sin, Pass pass) {
    ModelConfig c = pass.config();
    ops.rotateInPlace(all, pass.cos(), sin, c.heads() + c.keyValueHeads(), c.headSize());
  }

  private static Tensor query(Operators ops, Tensor all, ModelConfig c) {
    return heads(ops, all, 0, c.heads(), c);
  }

  private static Tensor key(Operators ops, Tensor all, ModelConfig c) {
    return heads(ops, all, c.querySize(), c.keyValueHeads(), c);
  }

  private static Tensor value(Operators ops, Tensor all, ModelConfig c) {
    return heads(ops, all, c.querySize() + c.keyValueSize(), c.keyValueHeads(), c);
  }

  /** The heads from feature {@code start} on: (rows, heads, size). */
  private static Tensor heads(Operators ops, Tensor x, int start, int heads, ModelConfig c) {
    Tensor part = ops.narrow(x, 1, start, (long) heads * c.headSize());
    return ops.reshape(part, x.size(0), heads, c.headSize());
  }
}
