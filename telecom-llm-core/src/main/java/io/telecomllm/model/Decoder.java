package io.telecomllm.model;

import io.telecomllm.lora.Deltas;
import io.telecomllm.lora.Gradients;
import io.telecomllm.quantization.Workspace;
import io.telecomllm.tensor.Operators;
import io.telecomllm.tensor.Scope;
import io.telecomllm.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The whole network: embedding, layers, last norm. The head is a matrix that scoring and loss
 * multiply by where they want logits, and nowhere else.
 *
 * @param embedding (vocabulary, hidden)
 * @param norm (hidden), fp32
 * @param head (vocabulary, hidden); the embedding itself where they are tied
 * @param inverseFrequencies of the rotary embedding, (head size / 2), fp32
 */
record Decoder(
    ModelConfig config,
    Tensor embedding,
    List<DecoderLayer> layers,
    Tensor norm,
    Tensor head,
    Tensor inverseFrequencies) {
  static final String EMBEDDING = "model.embed_tokens.weight";
  static final String NORM = "model.norm.weight";
  static final String HEAD = "lm_head.weight";

  /** The weights beside those of the linear layers, by name. */
  Map<String, Tensor> others() {
    Map<String, Tensor> others = new LinkedHashMap<>();
    others.put(EMBEDDING, embedding);
    for (DecoderLayer layer : layers) {
      others.put(layer.name() + ".input_layernorm.weight", layer.inputNorm());
      others.put(layer.name() + ".post_attention_layernorm.weight", layer.postAttentionNorm());
    }
    others.put(NORM, norm);
    if (!config.tiedEmbeddings()) {
      others.put(HEAD, head);
    }
    return others;
  }

  /** What a backward pass needs; all of it belongs to one scope. */
  record Tape(Pass pass, Tensor ids, List<DecoderLayer.Saved> layers, Tensor last, Tensor hidden) {}

  /**
   * The hidden states after the last norm, (wanted rows, hidden).
   *
   * @param rows which rows are wanted; null: all
   */
  Tensor forward(
      Scope scope,
      TokenBatch batch,
      @Nullable KvCache cache,
      Workspace workspace,
      Deltas deltas,
      int @Nullable [] rows) {
    try (Scope work = scope.child()) {
      Operators ops = work.operators();
      Pass pass = pass(ops, batch, cache, workspace, deltas);
      Tensor wanted = rows == null ? null : ops.longs(rows);
      Tensor x =
          ops.embed(or(deltas, EMBEDDING, embedding), ops.longs(batch.ids()), workspace.type());
      for (int i = 0; i < layers.size(); i++) {
        try (Scope layer = work.child()) {
          Tensor only = i == layers.size() - 1 ? wanted : null;
          Tensor y = layers.get(i).forward(layer.operators(), x, pass, i, only).result();
          x.close();
          x = work.adopt(y);
        }
      }
      if (cache != null) {
        cache.advance(batch.rows());
      }
      return scope.adopt(ops.rmsNorm(x, or(deltas, NORM, norm), config.normEpsilon()));
    }
  }

  /** The same, keeping what {@link #backward} needs in the scope. */
  Tape record(
      Scope scope, TokenBatch batch, Workspace workspace, Deltas deltas, int @Nullable [] rows) {
    Operators ops = scope.operators();
    Pass pass = pass(ops, batch, null, workspace, deltas);
    Tensor wanted = rows == null ? null : ops.longs(rows);
    Tensor ids = ops.longs(batch.ids());
    Tensor x = ops.embed(or(deltas, EMBEDDING, embedding), ids, workspace.type());
    List<DecoderLayer.Saved> saved = new ArrayList<>();
    for (int i = 0; i < layers.size(); i++) {
      try (Scope layer = scope.child()) {
        Tensor only = i == layers.size() - 1 ? wanted : null;
        DecoderLayer.Saved s = layers.get(i).forward(layer.operators(), x, pass, i, only);
        s.tensors().forEach(scope::adopt);
        saved.add(s);
        x = s.result();
      }
    }
    return new Tape(
        pass, ids, saved, x, ops.rmsNorm(x, or(deltas, NORM, norm), config.normEpsilon()));
  }

  /**
   * From the gradient of the hidden states, (wanted rows, hidden), to those of all trained
   * parameters. Frees what the layers kept on its way down, and stops at the lowest layer that is
   * trained.
   */
  void backward(Scope scope, Tape tape, Tensor gHidden, Gradients gradients) {
    try (Scope work = scope.child()) {
      Operators ops = work.operators();
      Tensor gNorm = gradients.of(NORM);
      if (gNorm != null) {
        ops.rmsNormWeightBackwardInPlace(gNorm, gHidden, tape.last(), config.normEpsilon());
      }
      Tensor zero = ops.multiply(gHidden, 0);
      Tensor g =
          ops.rmsNormBackward(
              gHidden,
              tape.last(),
              or(tape.pass().deltas(), NORM, norm),
              config.normEpsilon(),
              zero);
      Tensor gEmbedding = gradients.of(EMBEDDING);
      int lowest = gEmbedding != null ? -1 : lowestTrained(gradients);
      for (int i = layers.size() - 1; i >= Math.max(lowest, 0); i--) {
        try (Scope layer = work.child()) {
          DecoderLayer.Saved saved = tape.layers().get(i);
          Tensor gx =
              layers
                  .get(i)
                  .backward(layer.operators(), g, saved, tape.pass(), gradients, i > lowest);
          g.close();
          g = work.adopt(gx);
          saved.tensors().forEach(Tensor::close);
        }
      }
      if (gEmbedding != null) {
        ops.embedBackwardInPlace(gEmbedding, g, tape.ids());
      }
    }
  }

  private static Tensor or(Deltas deltas, String name, Tensor own) {
    Tensor replaced = deltas.parameter(name);
    return replaced == null ? own : replaced;
  }

  private int lowestTrained(Gradients gradients) {
    for (int i = 0; i < layers.size(); i++) {
      String part = layers.get(i).name() + ".";
      if (gradients.names().stream().anyMatch(name -> name.contains(part))) {
        return i;
      }
    }
    return layers.size();
  }

  private Pass pass(
      Operators ops,
      TokenBatch batch,
      @Nullable KvCache cache,
      Workspace workspace,
      Deltas deltas) {
    int cached = cache == null ? 0 : cache.length();
    Operators.Pair rope = ops.ropeTable(ops.longs(batch.positions(cached)), inverseFrequencies, 1);
    return new Pass(
        config,
        rope.first(),
        rope.second(),
        batch.attention(ops, cached),
        cache,
        workspace,
        deltas);
  }
}
