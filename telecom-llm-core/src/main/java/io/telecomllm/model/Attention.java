package io.telecomllm.model;

import io.telecomllm.model.Visibility.Wanted;
import io.telecomllm.tensor.Operators;
import io.telecomllm.tensor.Segments;
import io.telecomllm.tensor.Tensor;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Grouped-query attention with a rotary embedding.
 *
 * @param layer the number of its layer
 * @param qkv the projection to query, key and value, in this order
 * @param norms the norms of queries and keys; null for none
 * @param output the linear layer after attention
 */
record Attention(int layer, Projection qkv, @Nullable HeadNorms norms, Linear output) {
  /** Returns the output for h (rows, hidden), the normed input of the layer. */
  Output forward(Tensor h, Pass pass) {
    Operators ops = pass.ops();
    ModelConfig c = pass.config();
    Visibility sees = pass.sees();
    Wanted wanted = sees.wanted(layer);
    Projected projected = wanted == null ? project(h, pass) : project(h, pass, wanted);
    Tensor k = sees.keys(ops, layer, projected.key(ops, c));
    Tensor v = sees.values(ops, layer, projected.value(ops, c));
    Segments segments = sees.segments(layer);
    boolean keep = pass.recorded() && segments.keepsProbabilities();
    Operators.Pair attention =
        ops.attention().attend(projected.query(ops, c), k, v, segments, c.attentionScale(), keep);
    Tensor context = ops.reshape(attention.first(), attention.first().size(0), c.querySize());
    if (wanted != null) {
      context = wanted.pick(ops, context);
    }
    return new Output(layer, projected, attention.second(), context, output.forward(context, pass));
  }

  private Projected project(Tensor h, Pass pass) {
    ModelConfig c = pass.config();
    Projection.Output all = qkv.forward(h, pass); // (rows, query size + 2 key size)
    Projected projected = normed(all, null, pass);
    Rotation rotation = pass.sees().rotation();
    rotation.turn(pass.ops(), all.value(), c.heads() + c.keyValueHeads(), c.headSize());
    return projected;
  }

  /**
   * Computes keys and values for all rows, (rows, 2 key size), and queries only for the rows that
   * query, (queries, query size).
   */
  private Projected project(Tensor h, Pass pass, Wanted wanted) {
    ModelConfig c = pass.config();
    Operators ops = pass.ops();
    Projection keysAndValues = qkv.outputs(c.querySize(), 2 * c.keyValueSize());
    Projection.Output all = keysAndValues.forward(h, pass);
    Tensor querying = ops.selectRows(h, wanted.queries());
    Projection.Output queries = qkv.outputs(0, c.querySize()).forward(querying, pass);
    Projected projected = normed(all, queries, pass);
    pass.sees().rotation().turn(ops, all.value(), c.keyValueHeads(), c.headSize());
    wanted.rotation().turn(ops, queries.value(), c.heads(), c.headSize());
    return projected;
  }

  /** Norms queries and keys in place, if the layer has norms for them. */
  private Projected normed(Projection.Output all, Projection.@Nullable Output queries, Pass pass) {
    Projected plain = new Projected(all, queries, null, null);
    if (norms == null) {
      return plain;
    }
    ModelConfig c = pass.config();
    Tensor querying = (queries == null ? all : queries).value();
    return new Projected(
        all,
        queries,
        HeadNorms.normInPlace(norms.query(), querying, 0, c.heads(), pass),
        HeadNorms.normInPlace(norms.key(), all.value(), plain.keys(c), c.keyValueHeads(), pass));
  }

  /**
   * Queries and keys after rotation, and values.
   *
   * @param all all three side by side, or only keys and values if the queries are separate
   * @param queries the queries of {@link Wanted#queries()}; null if they are in {@code all}
   * @param normedQuery the heads of the queries before their norm; null without norms
   * @param normedKey the heads of the keys before their norm; null without norms
   */
  record Projected(
      Projection.Output all,
      Projection.@Nullable Output queries,
      Norm.@Nullable Output normedQuery,
      Norm.@Nullable Output normedKey) {
    /** Returns the tensors that the backward pass needs. */
    Stream<Tensor> kept() {
      return Stream.of(
              all.kept(),
              Stream.ofNullable(queries).flatMap(Projection.Output::kept),
              Stream.ofNullable(normedQuery).map(Norm.Output::x),
              Stream.ofNullable(normedKey).map(Norm.Output::x))
          .flatMap(s -> s);
    }

    /** Turns the gradients of queries and keys, in place, into those before their norms. */
    void normsBackward(Tensor gQueries, Tensor gAll, Backward back) {
      ModelConfig c = back.pass().config();
      if (normedQuery != null && normedKey != null) {
        HeadNorms.backwardInPlace(normedQuery, gQueries, 0, c.heads(), back);
        HeadNorms.backwardInPlace(normedKey, gAll, keys(c), c.keyValueHeads(), back);
      }
    }

    Tensor query(Operators ops, ModelConfig c) {
      return part(ops, queries == null ? all.value() : queries.value(), 0, c.heads(), c);
    }

    Tensor key(Operators ops, ModelConfig c) {
      return part(ops, all.value(), keys(c), c.keyValueHeads(), c);
    }

    Tensor value(Operators ops, ModelConfig c) {
      return part(ops, all.value(), keys(c) + c.keyValueHeads(), c.keyValueHeads(), c);
    }

    /** Returns the head of {@code all} at which the keys begin. */
    int keys(ModelConfig c) {
      return queries == null ? c.heads() : 0;
    }
  }

  /**
   * The result, and what the backward pass needs.
   *
   * @param probabilities the second result of {@link
   *     io.telecomllm.tensor.AttentionOperators#attend}
   * @param context the wanted rows of the input of the output layer, (wanted rows, query size)
   * @param output the output of the output layer, (wanted rows, hidden)
   */
  record Output(
      int layer, Projected projected, Tensor probabilities, Tensor context, Linear.Output output) {
    /** Returns the result, (wanted rows, hidden). */
    Tensor value() {
      return output.value();
    }

    /** Returns the tensors that the backward pass needs, without the result. */
    Stream<Tensor> kept() {
      return Stream.of(projected.kept(), Stream.of(probabilities, context), output.kept())
          .flatMap(s -> s);
    }

    /**
     * Returns the gradient of h.
     *
     * @param g the gradient of the result, (wanted rows, hidden)
     */
    Tensor backward(Tensor g, Tensor h, Backward back) {
      Operators ops = back.ops();
      ModelConfig c = back.pass().config();
      Visibility sees = back.pass().sees();
      Wanted wanted = sees.wanted(layer);
      Tensor gContext = output.backward(g, context, back.wanting(true));
      if (wanted != null) {
        gContext = wanted.unpick(ops, gContext);
      }
      Projection.Output queries = projected.queries();
      Tensor gAll = like(projected.all().value(), back);
      Tensor gQueries = queries == null ? gAll : like(queries.value(), back);
      attendBackward(gQueries, gAll, gContext, back);
      Rotation turnBack = sees.rotation().inverse(ops);
      if (wanted == null || queries == null) {
        turnBack.turn(ops, gAll, c.heads() + c.keyValueHeads(), c.headSize());
        projected.normsBackward(gAll, gAll, back);
        return projected.all().backward(gAll, h, back);
      }
      turnBack.turn(ops, gAll, c.keyValueHeads(), c.headSize());
      wanted.rotation().inverse(ops).turn(ops, gQueries, c.heads(), c.headSize());
      projected.normsBackward(gQueries, gAll, back);
      Tensor gh = projected.all().backward(gAll, h, back);
      Tensor querying = ops.selectRows(h, wanted.queries());
      Tensor some = queries.backward(gQueries, querying, back);
      if (back.inputWanted()) {
        ops.addRowsInPlace(gh, wanted.queries(), some);
      }
      return gh;
    }

    /** Writes the gradients of queries, keys and values, given the gradient of the context. */
    private void attendBackward(Tensor gQueries, Tensor gAll, Tensor gContext, Backward back) {
      Operators ops = back.ops();
      ModelConfig c = back.pass().config();
      ops.attention()
          .backwardInPlace(
              part(ops, gQueries, 0, c.heads(), c),
              part(ops, gAll, projected.keys(c), 2 * c.keyValueHeads(), c),
              part(ops, gContext, 0, c.heads(), c),
              projected.query(ops, c),
              projected.key(ops, c),
              projected.value(ops, c),
              probabilities,
              back.pass().sees().segments(layer),
              c.attentionScale());
    }

    private static Tensor like(Tensor x, Backward back) {
      return back.ops().empty(back.pass().workspace().type(), x.shape());
    }
  }

  /** Returns the heads [first, first + count) of x, (rows, count, head size). */
  private static Tensor part(Operators ops, Tensor x, int first, int count, ModelConfig c) {
    Tensor part = ops.narrow(x, 1, (long) first * c.headSize(), (long) count * c.headSize());
    return ops.reshape(part, x.size(0), count, c.headSize());
  }
}
