package io.telecomllm.model;

import io.telecomllm.lora.Deltas;
import io.telecomllm.lora.Gradients;
import io.telecomllm.quantization.DenseWeight;
import io.telecomllm.quantization.Table;
import io.telecomllm.quantization.Weight;
import io.telecomllm.quantization.Workspace;
import io.telecomllm.tensor.DataType;
import io.telecomllm.tensor.Scope;
import io.telecomllm.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The whole network: embedding, layers, last norm, head.
 *
 * @param embedding (vocabulary, hidden)
 * @param head the head, whose matrix (vocabulary, hidden) is the embedding if they are tied
 * @param recomputed the number of lowest layers of which {@link #record} keeps only the input; the
 *     backward pass computes them again
 */
record Decoder(
    ModelConfig config,
    Table embedding,
    List<DecoderLayer> layers,
    Norm norm,
    Head head,
    int recomputed) {
  /**
   * Returns the hidden states after the last norm, (wanted rows, hidden). Sequences of the cache
   * that need other rotations than their keys have are read again first.
   */
  Tensor forward(Reading reading, Workspace workspace, Scope owner) {
    Layout layout = Layout.of(config, reading);
    Layout stale = layout.forgetStale();
    if (stale != null) {
      read(stale, workspace, owner).close();
      layout = Layout.of(config, reading);
    }
    return read(layout, workspace, owner);
  }

  private Tensor read(Layout layout, Workspace workspace, Scope owner) {
    try (Scope work = owner.child()) {
      Pass pass = Pass.over(layout, workspace, work, false);
      Tensor x = embed(ids(layout, work), layout.reading(), pass);
      for (DecoderLayer layer : layers) {
        try (Scope inner = work.child()) {
          Tensor y = layer.forward(x, pass.in(inner)).value();
          x.close();
          x = work.adopt(y);
        }
      }
      layout.keep();
      return owner.adopt(norm.forward(x, pass).value());
    }
  }

  /** Runs a forward pass and keeps in the owner what {@link #backward} needs. */
  Tape record(Reading reading, Workspace workspace, Scope owner) {
    Layout layout = Layout.of(config, reading);
    Pass pass = Pass.over(layout, workspace, owner, true);
    Tensor ids = ids(layout, owner);
    Tensor x = embed(ids, reading, pass);
    List<Tensor> inputs = new ArrayList<>(List.of(x));
    List<Optional<DecoderLayer.Output>> outputs = new ArrayList<>();
    for (DecoderLayer layer : layers) {
      try (Scope inner = owner.child()) {
        DecoderLayer.Output output = layer.forward(x, pass.in(inner));
        boolean kept = layer.number() >= recomputed;
        if (kept) {
          output.kept().forEach(owner::adopt);
        }
        outputs.add(kept ? Optional.of(output) : Optional.empty());
        x = owner.adopt(output.value());
        inputs.add(x);
      }
    }
    return new Tape(pass, ids, inputs, outputs, norm.forward(x, pass));
  }

  private static Tensor ids(Layout layout, Scope scope) {
    return scope.operators().longs(layout.reading().batch().ids());
  }

  private Tensor embed(Tensor ids, Reading reading, Pass pass) {
    Tensor replaced = pass.deltas().parameter(embeddingName());
    Table table = replaced == null ? embedding : new DenseWeight(replaced, pass.workspace().type());
    Tensor x = table.lookUp(pass.workspace(), ids, pass.scope());
    reading.noise().addInPlace(pass.ops(), x, reading.batch());
    return x;
  }

  /**
   * Adds the gradients of all trained parameters, given the gradient of the hidden states, (wanted
   * rows, hidden). It frees what each layer kept as soon as it has passed the layer, and stops at
   * the lowest layer with a trained parameter, or at the embedding if that is trained.
   */
  void backward(Tape tape, Tensor gHidden, Gradients gradients) {
    Tensor gEmbedding = gradients.of(embeddingName());
    int lowest = gEmbedding != null ? -1 : lowestTrained(gradients);
    try (Scope work = tape.pass().scope().child()) {
      Backward back = new Backward(tape.pass().in(work), gradients, true);
      Tensor zero = back.ops().multiply(gHidden, 0);
      Tensor g = tape.last().backward(gHidden, zero, back);
      for (int i = layers.size() - 1; i >= Math.max(lowest, 0); i--) {
        try (Scope inner = work.child()) {
          DecoderLayer layer = layers.get(i);
          Tensor x = tape.inputs().get(i);
          Backward through = back.in(inner).wanting(i > lowest);
          DecoderLayer.Output output =
              tape.layers().get(i).orElseGet(() -> layer.forward(x, through.pass()));
          Tensor gx = output.backward(g, through);
          g.close();
          g = work.adopt(gx);
          output.kept().forEach(Tensor::close);
          tape.inputs().get(i + 1).close();
        }
      }
      if (gEmbedding != null) {
        back.ops().embedBackwardInPlace(gEmbedding, g, tape.ids());
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
   * What a backward pass needs. Its tensors belong to the scope of the pass.
   *
   * @param ids the token ids of the batch, (rows), int64
   * @param inputs the input of each layer, and the result of the last one
   * @param layers what each layer keeps; empty for a recomputed layer
   * @param last the output of the last norm
   */
  record Tape(
      Pass pass,
      Tensor ids,
      List<Tensor> inputs,
      List<Optional<DecoderLayer.Output>> layers,
      Norm.Output last) {
    /**
     * Returns a copy with another workspace; by now another thread may be using the recording's.
     */
    Tape with(Workspace workspace) {
      return new Tape(pass.with(workspace), ids, inputs, layers, last);
    }
  }

  /** Returns the head with the changes of an adapter. */
  Head head(Deltas deltas, DataType compute) {
    Tensor bias = deltas.parameter(head.biasName());
    Tensor embedded = deltas.parameter(embeddingName());
    Tensor weight = deltas.tied() ? embedded : deltas.parameter(ownHeadName());
    // if an adapter has its own embedding, a tied head keeps the base's, frozen, as in PEFT;
    // ensure_weight_tying gives it the adapter's, whose gradient sums both uses
    boolean kept = deltas.tied() || (weight == null && embedded == null);
    return new Head(
        kept ? head.weightName() : ownHeadName(),
        weight == null ? head.weight() : new DenseWeight(weight, compute),
        head.biasName(),
        bias == null ? head.bias() : bias,
        weight == null ? head.whole() : null);
  }

  /**
   * Returns a decoder with the same weights.
   *
   * @param unpacked the number of uppermost layers whose linear layers are unpacked
   * @param lowest the number of lowest layers that are recomputed
   * @param owner owns the unpacked matrices
   */
  Decoder trading(int unpacked, int lowest, Workspace workspace, Scope owner) {
    List<DecoderLayer> changed = new ArrayList<>();
    for (DecoderLayer layer : layers) {
      changed.add(
          layer.number() < layers.size() - unpacked ? layer : layer.unpacked(workspace, owner));
    }
    return new Decoder(config, embedding, changed, norm, head, lowest);
  }

  String embeddingName() {
    return config.architecture().wiring().embeddingWeight();
  }

  /** Returns the name of the head's matrix when it is not the embedding. */
  String ownHeadName() {
    return config.architecture().wiring().headWeight();
  }

  /** Returns all linear layers except the head. */
  Stream<Linear> linears() {
    return layers.stream().flatMap(DecoderLayer::linears);
  }

  /** Returns the embedding and the head's matrix if it is another, by name. */
  Map<String, Table> tables() {
    Map<String, Table> tables = new LinkedHashMap<>();
    tables.put(embeddingName(), embedding);
    if (!config.tiedEmbeddings()) {
      tables.put(head.weightName(), head.weight());
    }
    return tables;
  }

  /**
   * Returns the embedding and the head's matrix by names of their own, also where they are one: an
   * adapter can give a tied head its own matrix.
   */
  Map<String, Table> separateTables() {
    Map<String, Table> separate = tables();
    separate.putIfAbsent(ownHeadName(), head.weight());
    return separate;
  }

  /** Returns all matrices by name: those of {@link #tables} and of the linear layers. */
  Map<String, Weight> matrices() {
    Map<String, Weight> matrices = new LinkedHashMap<>(tables());
    linears().forEach(linear -> matrices.put(linear.weightName(), linear.weight()));
    return matrices;
  }

  /** Returns the weights of norms and all biases, by name. */
  Map<String, Tensor> vectors() {
    Map<String, Tensor> vectors = new LinkedHashMap<>();
    Stream.concat(layers.stream().flatMap(DecoderLayer::norms), Stream.of(norm))
        .forEach(
            n -> {
              vectors.put(n.weightName(), n.weight());
              if (n.bias() != null) {
                vectors.put(n.biasName(), n.bias());
              }
            });
    linears()
        .filter(linear -> linear.bias() != null)
        .forEach(linear -> vectors.put(linear.biasName(), linear.bias()));
    if (head.bias() != null) {
      vectors.put(head.biasName(), head.bias());
    }
    return vectors;
  }
}
