package io.telecomllm.model;

import io.telecomllm.lora.Deltas;
import io.telecomllm.lora.Gradients;
import io.telecomllm.quantization.Workspace;
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
 * @param head the matrix (vocabulary, hidden), the embedding itself where they are tied
 * @param recomputed of how many of the lowest layers {@link #record} keeps the input only: the
 *     backward computes them again
 */
record Decoder(
    ModelConfig config,
    Tensor embedding,
    List<DecoderLayer> layers,
    Norm norm,
    Head head,
    int recomputed) {
  /** The hidden states after the last norm, (wanted rows, hidden). */
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

  /** A forward pass that keeps what {@link #backward} needs in the owner. */
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
    Tensor table = pass.parameter(embeddingName(), embedding);
    Tensor x = pass.ops().embed(table, ids, pass.workspace().type());
    reading.noise().addInPlace(pass.ops(), x, reading.batch());
    return x;
  }

  /**
   * From the gradient of the hidden states, (wanted rows, hidden), to those of all trained
   * parameters. Frees what the layers kept on its way down, and stops at the lowest layer that is
   * trained.
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
   * What a backward pass needs; all of it belongs to the scope of its pass.
   *
   * @param inputs of the layers, and the last one's result
   * @param layers what they keep; of the recomputed ones nothing
   * @param last of the last norm
   */
  record Tape(
      Pass pass,
      Tensor ids,
      List<Tensor> inputs,
      List<Optional<DecoderLayer.Output>> layers,
      Norm.Output last) {
    /** To be gone back with another workspace: the recording's may serve another thread by now. */
    Tape with(Workspace workspace) {
      return new Tape(pass.with(workspace), ids, inputs, layers, last);
    }
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

  /** The weights that are not matrices of the linear layers, by name. */
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
}
