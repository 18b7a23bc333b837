package io.telecomllm.model;

import io.telecomllm.lora.Gradients;
import io.telecomllm.lora.LoraDelta;
import io.telecomllm.tensor.Operators;
import io.telecomllm.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One layer: x + attention(norm(x)), then + feed-forward(norm(.)). It keeps of its forward pass
 * only what its backward cannot cheaply compute again.
 *
 * @param name {@code model.layers.N}
 * @param inputNorm (hidden), fp32
 * @param qkv query, key and value
 * @param output {@code o_proj}
 * @param postAttentionNorm (hidden), fp32
 * @param gateUp gate and up
 * @param down {@code down_proj}
 */
record DecoderLayer(
    String name,
    Tensor inputNorm,
    Projection qkv,
    Linear output,
    Tensor postAttentionNorm,
    Projection gateUp,
    Linear down) {

  /**
   * What the backward needs: the input, query key and value after rotation, the attention's output
   * and log-sums, which rows went on (null: all), and the feed-forward's input and gates.
   */
  record Saved(
      Tensor x,
      Projection.Output qkv,
      Operators.Pair attention,
      @Nullable Tensor rows,
      Tensor context,
      LoraDelta.@Nullable Saved outputLowRank,
      Tensor middle,
      Projection.Output gateUp,
      LoraDelta.@Nullable Saved downLowRank,
      Tensor result) {
    /** All of them, to be kept or freed together. */
    List<Tensor> tensors() {
      List<LoraDelta.@Nullable Saved> saved = new ArrayList<>(qkv.lowRank());
      saved.addAll(gateUp.lowRank());
      saved.addAll(Arrays.asList(outputLowRank, downLowRank));
      return Stream.concat(
              Stream.of(
                  qkv.value(),
                  attention.first(),
                  attention.second(),
                  context,
                  middle,
                  gateUp.value(),
                  result),
              saved.stream().flatMap(Stream::ofNullable).flatMap(LoraDelta.Saved::tensors))
          .toList();
    }
  }

  /** Its linear layers. */
  Stream<Linear> linears() {
    return Stream.of(qkv.parts(), List.of(output), gateUp.parts(), List.of(down))
        .flatMap(List::stream);
  }

  /** x (rows, hidden); {@code rows} names those that are wanted of the result (null: all). */
  Saved forward(Operators ops, Tensor x, Pass pass, int layer, @Nullable Tensor rows) {
    ModelConfig c = pass.config();
    Tensor h = norm(ops, x, inputNorm(pass), c);
    Projection.Output projected = qkv.forward(ops, h, pass.workspace(), pass.deltas());
    Tensor all = projected.value(); // (rows, query size + 2 key size)
    ops.rotateInPlace(all, pass.cos(), pass.sin(), c.heads() + c.keyValueHeads(), c.headSize());
    Tensor q = pass.heads(ops, all, 0, c.heads());
    Tensor k = pass.heads(ops, all, c.querySize(), c.keyValueHeads());
    Tensor v = pass.heads(ops, all, c.querySize() + c.keyValueSize(), c.keyValueHeads());
    if (pass.cache() != null) {
      k = pass.cache().append(ops, layer, true, k);
      v = pass.cache().append(ops, layer, false, v);
    }
    Operators.Pair attention = ops.attention(q, k, v, pass.segments(), c.attentionScale());
    Tensor context = ops.reshape(attention.first(), x.size(0), c.querySize());
    Tensor residual = x;
    if (rows != null) {
      context = ops.selectRows(context, rows);
      residual = ops.selectRows(x, rows);
    }
    Linear.Output o = output.forward(ops, context, pass.workspace(), pass.deltas());
    Tensor middle = ops.add(residual, o.value());

    h = norm(ops, middle, postAttentionNorm(pass), c);
    Projection.Output gates = gateUp.forward(ops, h, pass.workspace(), pass.deltas());
    Linear.Output d = down.forward(ops, ops.swiglu(gates.value()), pass.workspace(), pass.deltas());
    return new Saved(
        x,
        projected,
        attention,
        rows,
        context,
        o.lowRank(),
        middle,
        gates,
        d.lowRank(),
        ops.add(middle, d.value()));
  }

  /** From the gradient of the result to that of x (no elements unless {@code inputWanted}). */
  Tensor backward(
      Operators ops, Tensor g, Saved s, Pass pass, Gradients gradients, boolean inputWanted) {
    ModelConfig c = pass.config();
    Tensor act = ops.swiglu(s.gateUp().value());
    Tensor gAct =
        down.backward(
            ops, g, act, s.downLowRank(), pass.workspace(), pass.deltas(), gradients, true);
    Tensor gGates = ops.swigluBackward(gAct, s.gateUp().value());
    Tensor h = norm(ops, s.middle(), postAttentionNorm(pass), c);
    Tensor gh =
        gateUp.backward(
            ops, gGates, h, s.gateUp(), pass.workspace(), pass.deltas(), gradients, true);
    normWeight(ops, gradients, "post_attention_layernorm", gh, s.middle(), c);
    Tensor gMiddle =
        ops.rmsNormBackward(gh, s.middle(), postAttentionNorm(pass), c.normEpsilon(), g);

    Tensor gContext =
        output.backward(
            ops,
            gMiddle,
            s.context(),
            s.outputLowRank(),
            pass.workspace(),
            pass.deltas(),
            gradients,
            true);
    int count = s.x().size(0);
    Tensor gResidual = gMiddle;
    if (s.rows() != null) {
      gContext = ops.scatterRows(gContext, s.rows(), count);
      gResidual = ops.scatterRows(gMiddle, s.rows(), count);
    }
    Tensor all = s.qkv().value();
    Tensor gAll =
        ops.attentionBackward(
            pass.heads(ops, gContext, 0, c.heads()),
            pass.heads(ops, all, 0, c.heads()),
            pass.heads(ops, all, c.querySize(), c.keyValueHeads()),
            pass.heads(ops, all, c.querySize() + c.keyValueSize(), c.keyValueHeads()),
            s.attention(),
            pass.segments(),
            c.attentionScale());
    // the inverse of a rotation is its transpose: turn back by the negative angle
    Tensor minusSin = ops.multiply(pass.sin(), -1);
    ops.rotateInPlace(gAll, pass.cos(), minusSin, c.heads() + c.keyValueHeads(), c.headSize());
    h = norm(ops, s.x(), inputNorm(pass), c);
    boolean normTrained = gradients.of(name + ".input_layernorm.weight") != null;
    Tensor gIn =
        qkv.backward(
            ops,
            gAll,
            h,
            s.qkv(),
            pass.workspace(),
            pass.deltas(),
            gradients,
            inputWanted || normTrained);
    normWeight(ops, gradients, "input_layernorm", gIn, s.x(), c);
    return inputWanted
        ? ops.rmsNormBackward(gIn, s.x(), inputNorm(pass), c.normEpsilon(), gResidual)
        : ops.none();
  }

  private Tensor inputNorm(Pass pass) {
    Tensor replaced = pass.deltas().parameter(name + ".input_layernorm.weight");
    return replaced == null ? inputNorm : replaced;
  }

  private Tensor postAttentionNorm(Pass pass) {
    Tensor replaced = pass.deltas().parameter(name + ".post_attention_layernorm.weight");
    return replaced == null ? postAttentionNorm : replaced;
  }

  private static Tensor norm(Operators ops, Tensor x, Tensor weight, ModelConfig c) {
    return ops.rmsNorm(x, weight, c.normEpsilon());
  }

  private void normWeight(
      Operators ops, Gradients gradients, String norm, Tensor g, Tensor x, ModelConfig c) {
    Tensor gw = gradients.of(name + "." + norm + ".weight");
    if (gw != null) {
      ops.rmsNormWeightBackwardInPlace(gw, g, x, c.normEpsilon());
    }
  }
}
