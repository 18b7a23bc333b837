package io.telecomllm.model;

import io.telecomllm.lora.Gradients;
import io.telecomllm.tensor.Operators;
import io.telecomllm.tensor.Segments;
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
   * Query, key and value after rotation.
   *
   * @param all all three side by side; key and value alone where not all rows query
   * @param queries the queries then; else null
   */
  record Projected(Projection.Output all, Projection.@Nullable Output queries) {
    Tensor query(Operators ops, ModelConfig c) {
      return heads(ops, queries == null ? all.value() : queries.value(), 0, c.heads(), c);
    }

    Tensor key(Operators ops, ModelConfig c) {
      return heads(ops, all.value(), keys(c), c.keyValueHeads(), c);
    }

    Tensor value(Operators ops, ModelConfig c) {
      return heads(ops, all.value(), keys(c) + c.keyValueHeads(), c.keyValueHeads(), c);
    }

    /** At which head the keys begin. */
    int keys(ModelConfig c) {
      return queries == null ? c.heads() : 0;
    }
  }

  /**
   * What the backward needs.
   *
   * @param kept what attention's own backward wants
   * @param context the wanted rows of attention's result, (wanted rows, query size)
   */
  record Saved(Projected projected, Tensor kept, Tensor context, Linear.Output output) {
    Stream<Tensor> tensors() {
      return Stream.of(
              projected.all().kept(),
              Stream.ofNullable(projected.queries()).flatMap(Projection.Output::kept),
              Stream.of(kept, context),
              output.kept())
          .flatMap(s -> s);
    }
  }

  /** h (rows, hidden), normed; the result is the output's value, (wanted rows, hidden). */
  Saved forward(Operators ops, Tensor h, Pass pass, int layer) {
    ModelConfig c = pass.config();
    Wanted wanted = pass.wanted(layer);
    Projected projected = wanted == null ? project(ops, h, pass) : project(ops, h, pass, wanted);
    Tensor k = projected.key(ops, c);
    Tensor v = projected.value(ops, c);
    if (pass.cache() != null) {
      k = pass.cache().append(ops, layer, true, k);
      v = pass.cache().append(ops, layer, false, v);
    }
    Segments segments = pass.segments(layer);
    Operators.Pair attention =
        ops.attention()
            .attend(
                projected.query(ops, c),
                k,
                v,
                segments,
                c.attentionScale(),
                pass.recorded() && segments.keepsProbabilities());
    Tensor context = ops.reshape(attention.first(), attention.first().size(0), c.querySize());
    if (wanted != null) {
      context = wanted.pick(ops, context);
    }
    return new Saved(projected, attention.second(), context, output.forward(ops, context, pass));
  }

  private Projected project(Operators ops, Tensor h, Pass pass) {
    ModelConfig c = pass.config();
    Projection.Output all = qkv.forward(ops, h, pass); // (rows, query size + 2 key size)
    turn(ops, all.value(), pass.cos(), pass.sin(), c.heads() + c.keyValueHeads(), c);
    return new Projected(all, null);
  }

  private Projected project(Operators ops, Tensor h, Pass pass, Wanted wanted) {
    ModelConfig c = pass.config();
    Projection.Output all = keysAndValues(c).forward(ops, h, pass);
    turn(ops, all.value(), pass.cos(), pass.sin(), c.keyValueHeads(), c);
    Tensor querying = ops.selectRows(h, wanted.queries());
    Projection.Output queries = queries(c).forward(ops, querying, pass);
    turn(ops, queries.value(), wanted.cos(), wanted.sin(), c.heads(), c);
    return new Projected(all, queries);
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
    Wanted wanted = pass.wanted(layer);
    Projected p = s.projected();
    Tensor gContext = output.backward(ops, g, s.context(), s.output(), pass, gradients, true);
    if (wanted != null) {
      gContext = wanted.unpick(ops, gContext);
    }
    Tensor gAll = like(ops, p.all().value(), pass);
    Tensor gQueries = p.queries() == null ? gAll : like(ops, p.queries().value(), pass);
    ops.attention()
        .backwardInPlace(
            heads(ops, gQueries, 0, c.heads(), c),
            heads(ops, gAll, p.keys(c), 2 * c.keyValueHeads(), c),
            heads(ops, gContext, 0, c.heads(), c),
            p.query(ops, c),
            p.key(ops, c),
            p.value(ops, c),
            s.kept(),
            pass.segments(layer),
            c.attentionScale());
    // the inverse of a rotation is its transpose: turn back by the negative angle
    Tensor back = ops.multiply(pass.sin(), -1);
    if (wanted == null || p.queries() == null) {
      turn(ops, gAll, pass.cos(), back, c.heads() + c.keyValueHeads(), c);
      return qkv.backward(ops, gAll, h, p.all(), pass, gradients, inputWanted);
    }
    turn(ops, gAll, pass.cos(), back, c.keyValueHeads(), c);
    turn(ops, gQueries, wanted.cos(), ops.multiply(wanted.sin(), -1), c.heads(), c);
    Tensor gh = keysAndValues(c).backward(ops, gAll, h, p.all(), pass, gradients, inputWanted);
    Tensor querying = ops.selectRows(h, wanted.queries());
    Tensor some =
        queries(c).backward(ops, gQueries, querying, p.queries(), pass, gradients, inputWanted);
    if (inputWanted) {
      ops.addRowsInPlace(gh, wanted.queries(), some);
    }
    return gh;
  }

  private Projection queries(ModelConfig c) {
    return qkv.outputs(0, c.querySize());
  }

  private Projection keysAndValues(ModelConfig c) {
    return qkv.outputs(c.querySize(), 2 * c.keyValueSize());
  }

  private static Tensor like(Operators ops, Tensor x, Pass pass) {
    return ops.empty(pass.workspace().type(), x.shape());
  }

  /** Turns the first heads of x. */
  private static void turn(
      Operators ops, Tensor x, Tensor cos, Tensor sin, int heads, ModelConfig c) {
    ops.attention().rotateInPlace(x, cos, sin, heads, c.headSize());
  }

  /** The heads from {@code first} on: (rows, heads, size). */
  private static Tensor heads(Operators ops, Tensor x, int first, int heads, ModelConfig c) {
    Tensor part = ops.narrow(x, 1, (long) first * c.headSize(), (long) heads * c.headSize());
    return ops.reshape(part, x.size(0), heads, c.headSize());
  }
}
