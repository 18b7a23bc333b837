package io.telecomllm.model;

import io.telecomllm.Internal;
import io.telecomllm.lora.Deltas;
import io.telecomllm.lora.Gradients;
import io.telecomllm.quantization.Workspace;
import io.telecomllm.tensor.Operators;
import io.telecomllm.tensor.Scope;
import io.telecomllm.tensor.Segments;
import io.telecomllm.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The whole network: embedding, layers, last norm, head.
 *
 * @param embedding (vocabulary, hidden)
 * @param head the matrix (vocabulary, hidden), the embedding itself where they are tied
 * @param recomputed of how many of the lowest layers {@link #record} keeps the input only: the
 *     backward computes them again
 */
@Internal
public record Decoder(
    ModelConfig config,
    Tensor embedding,
    List<DecoderLayer> layers,
    Norm norm,
    Head head,
    int recomputed) {
  /** The same weights; the linear layers of the uppermost layers unpacked, others recomputed. */
  Decoder trading(int unpacked, int lowest, Workspace workspace, Scope owner) {
    List<DecoderLayer> changed = new ArrayList<>();
    for (DecoderLayer layer : layers) {
      changed.add(
          layer.number() < layers.size() - unpacked ? layer : layer.unpacked(workspace, owner));
    }
    return new Decoder(config, embedding, changed, norm, head, lowest);
  }

  String embeddingName() {
    return config.architecture().wiring().embedding() + ".weight";
  }

  /** The name of the head's matrix where it is not the embedding. */
  String ownHeadName() {
    return config.architecture().wiring().head() + ".weight";
  }

  /** All linear layers but the head. */
  Stream<Linear> linears() {
    return layers.stream().flatMap(DecoderLayer::linears);
  }

  /** The weights beside those of the linear layers, by name. */
  Map<String, Tensor> others() {
    Map<String, Tensor> others = new LinkedHashMap<>();
    others.put(embeddingName(), embedding);
    Stream.concat(layers.stream().flatMap(DecoderLayer::norms), Stream.of(norm))
        .forEach(
            n -> {
              others.put(n.weightName(), n.weight());
              if (n.bias() != null) {
                others.put(n.biasName(), n.bias());
              }
            });
    linears()
        .filter(linear -> linear.bias() != null)
        .forEach(linear -> others.put(linear.biasName(), linear.bias()));
    if (!config.tiedEmbeddings()) {
      others.put(head.weightName(), head.weight());
    }
    if (head.bias() != null) {
      others.put(head.biasName(), head.bias());
    }
    return others;
  }

  /** The head as an adapter leaves it. */
  Head head(Deltas deltas) {
    Tensor bias = deltas.parameter(head.biasName());
    Tensor weight = deltas.parameter(ownHeadName());
    // an adapter that holds its own embedding leaves the base's to the head, frozen
    boolean kept = weight == null && deltas.parameter(embeddingName()) == null;
    return new Head(
        kept ? head.weightName() : ownHeadName(),
        weight == null ? head.weight() : weight,
        head.biasName(),
        bias == null ? head.bias() : bias);
  }

  /**
   * What a backward pass needs; all of it belongs to one scope.
   *
   * @param inputs of the layers, and the last one's result
   * @param layers what they keep; of the recomputed ones nothing
   */
  record Tape(
      Pass pass,
      Tensor ids,
      List<Tensor> inputs,
      List<Optional<DecoderLayer.Saved>> layers,
      Tensor hidden) {
    /** To be gone back with another workspace: the recording's may serve another thread by now. */
    Tape with(Workspace workspace) {
      return new Tape(pass.with(workspace), ids, inputs, layers, hidden);
    }

    Tensor last() {
      return inputs.get(inputs.size() - 1);
    }
  }

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
    int regime = -1;
    if (cache != null) {
      regime = config.rope().scaling().regime(cache.length() + batch.longest());
      renew(scope, cache, regime, workspace, deltas);
    }
    return forward(scope, batch, cache, regime, workspace, deltas, rows);
  }

  /** Reads anew what the cache holds if a longer sequence needs other rotations. */
  private void renew(Scope scope, KvCache cache, int regime, Workspace workspace, Deltas deltas) {
    if (cache.length() > 0 && cache.regime() != regime) {
      TokenBatch held = TokenBatch.of(cache.ids());
      cache.truncate(0);
      forward(scope, held, cache, regime, workspace, deltas, new int[] {0}).close();
    }
    cache.regime(regime);
  }

  private Tensor forward(
      Scope scope,
      TokenBatch batch,
      @Nullable KvCache cache,
      int regime,
      Workspace workspace,
      Deltas deltas,
      int @Nullable [] rows) {
    try (Scope work = scope.child()) {
      Operators ops = work.operators();
      Pass pass = pass(ops, batch, cache, regime, workspace, deltas, rows, false);
      Tensor x = embed(ops, ops.longs(batch.ids()), pass);
      for (DecoderLayer layer : layers) {
        try (Scope inner = work.child()) {
          Tensor y = layer.forward(inner.operators(), x, pass).result();
          x.close();
          x = work.adopt(y);
        }
      }
      if (cache != null) {
        cache.advance(batch.ids());
      }
      return scope.adopt(norm.forward(ops, x, pass));
    }
  }

  /** The same without a cache, keeping what {@link #backward} needs in the scope. */
  Tape record(
      Scope scope,
      TokenBatch batch,
      Workspace workspace,
      Deltas deltas,
      EmbeddingNoise noise,
      int @Nullable [] rows) {
    Operators ops = scope.operators();
    Pass pass = pass(ops, batch, null, -1, workspace, deltas, rows, true);
    Tensor ids = ops.longs(batch.ids());
    Tensor x = embed(ops, ids, pass);
    noise.addInPlace(ops, x, batch);
    List<Tensor> inputs = new ArrayList<>(List.of(x));
    List<Optional<DecoderLayer.Saved>> saved = new ArrayList<>();
    for (DecoderLayer layer : layers) {
      try (Scope inner = scope.child()) {
        DecoderLayer.Saved s = layer.forward(inner.operators(), x, pass);
        boolean kept = layer.number() >= recomputed;
        if (kept) {
          s.tensors().forEach(scope::adopt);
        }
        saved.add(kept ? Optional.of(s) : Optional.empty());
        x = scope.adopt(s.result());
        inputs.add(x);
      }
    }
    return new Tape(pass, ids, inputs, saved, norm.forward(ops, x, pass));
  }

  private Tensor embed(Operators ops, Tensor ids, Pass pass) {
    return ops.embed(pass.parameter(embeddingName(), embedding), ids, pass.workspace().type());
  }

  /**
   * From the gradient of the hidden states, (wanted rows, hidden), to those of all trained
   * parameters. Frees what the layers kept on its way down, and stops at the lowest layer that is
   * trained.
   */
  void backward(Scope scope, Tape tape, Tensor gHidden, Gradients gradients) {
    try (Scope work = scope.child()) {
      Operators ops = work.operators();
      norm.gather(ops, gHidden, tape.last(), gradients);
      Tensor zero = ops.multiply(gHidden, 0);
      Tensor g = norm.backward(ops, gHidden, tape.last(), zero, tape.pass());
      Tensor gEmbedding = gradients.of(embeddingName());
      int lowest = gEmbedding != null ? -1 : lowestTrained(gradients);
      for (int i = layers.size() - 1; i >= Math.max(lowest, 0); i--) {
        try (Scope layer = work.child()) {
          DecoderLayer own = layers.get(i);
          Tensor x = tape.inputs().get(i);
          DecoderLayer.Saved saved =
              tape.layers().get(i).orElseGet(() -> own.forward(layer.operators(), x, tape.pass()));
          Tensor gx = own.backward(layer.operators(), g, saved, tape.pass(), gradients, i > lowest);
          g.close();
          g = work.adopt(gx);
          saved.tensors().forEach(Tensor::close);
          tape.inputs().get(i + 1).close();
        }
      }
      if (gEmbedding != null) {
        ops.embedBackwardInPlace(gEmbedding, g, tape.ids());
      }
    }
  }

  private int lowestTrained(Gradients gradients) {
    for (DecoderLayer layer : layers) {
      String part = layer.name() + ".";
      if (gradients.names().stream().anyMatch(name -> name.contains(part))) {
        return layer.number();
      }
    }
    return layers.size();
  }

  /**
   * @param regime of the rotary embedding for all rows; negative: each tree's own
   */
  private Pass pass(
      Operators ops,
      TokenBatch batch,
      @Nullable KvCache cache,
      int regime,
      Workspace workspace,
      Deltas deltas,
      int @Nullable [] rows,
      boolean recorded) {
    int cached = cache == null ? 0 : cache.length();
    Operators.Pair rope = rotations(ops, batch, cached, regime);
    Map<Integer, Segments> segments = new HashMap<>();
    for (DecoderLayer layer : layers) {
      segments.computeIfAbsent(
          config.window(layer.number()),
          window -> batch.attention(batch.queries(), cached, window));
    }
    Wanted wanted =
        rows == null
            ? null
            : Wanted.of(ops, batch, rows, cached, config.window(layers.size() - 1), rope);
    return new Pass(
        config, rope.first(), rope.second(), segments, wanted, cache, workspace, deltas, recorded);
  }

  /** cos and sin of each row, (rows, rotated features / 2). */
  private Operators.Pair rotations(Operators ops, TokenBatch batch, int cached, int regime) {
    RopeScaling scaling = config.rope().scaling();
    int[] ofRow =
        regime >= 0
            ? new int[batch.rows()]
            : Arrays.stream(batch.treeLengths()).map(scaling::regime).toArray();
    if (regime >= 0) {
      Arrays.fill(ofRow, regime);
    }
    int[] regimes = Arrays.stream(ofRow).distinct().toArray();
    int pairs = config.rope().rotarySize() / 2;
    float[] frequencies = new float[regimes.length * pairs];
    Map<Integer, Integer> place = new HashMap<>();
    for (int i = 0; i < regimes.length; i++) {
      place.put(regimes[i], i);
      System.arraycopy(config.rope().frequencies(regimes[i]), 0, frequencies, i * pairs, pairs);
    }
    int[] which = Arrays.stream(ofRow).map(r -> place.getOrDefault(r, 0)).toArray();
    return ops.attention()
        .ropeTable(
            ops.longs(batch.positions(cached)),
            ops.floats(frequencies, regimes.length, pairs),
            ops.longs(which),
            scaling.attentionFactor());
  }
}
