package io.telecomllm.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.telecomllm.tensor.Autograd;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * The oracle: every family of decoders written down naively, head by head over one sequence, in
 * operations that libtorch's autograd differentiates.
 */
record NaiveDecoder(ModelConfig config, Map<String, NDArray> weights) {
  /** The hidden states after the last norm, (tokens, hidden). */
  NDArray hidden(int[] ids) {
    Architecture.Wiring wiring = config.architecture().wiring();
    NDArray table = weights.get(wiring.embedding() + ".weight");
    NDManager manager = table.getManager();
    float[] hot = new float[ids.length * config.vocabularySize()];
    for (int i = 0; i < ids.length; i++) {
      hot[i * config.vocabularySize() + ids[i]] = 1;
    }
    NDArray x = Autograd.constant(manager, hot, ids.length, config.vocabularySize()).matMul(table);
    for (int i = 0; i < config.layers(); i++) {
      String layer = wiring.layers() + i + ".";
      NDArray h = norm(x, layer + wiring.firstNorm());
      NDArray attended =
          linear(attention(side(h, layer, wiring.attention()), i), layer, wiring.output());
      if (wiring.secondNorm().isEmpty()) {
        x = x.add(attended).add(feedForward(h, layer, wiring));
      } else {
        x = x.add(attended);
        x = x.add(feedForward(norm(x, layer + wiring.secondNorm().get()), layer, wiring));
      }
    }
    return norm(x, wiring.lastNorm());
  }

  private NDArray feedForward(NDArray h, String layer, Architecture.Wiring wiring) {
    NDArray inside = side(h, layer, wiring.feedForward());
    NDArray active =
        switch (config.activation()) {
          case SWIGLU -> {
            NDArray gate = inside.get(":, :" + config.intermediateSize());
            NDArray up = inside.get(":, " + config.intermediateSize() + ":");
            yield gate.mul(Autograd.inverse(gate.neg().exp().add(1))).mul(up);
          }
          case GELU -> ai.djl.nn.Activation.gelu(inside);
          case GELU_TANH -> {
            NDArray cube = Autograd.times(inside.mul(inside).mul(inside), 0.044715);
            NDArray inner = Autograd.times(cube.add(inside), Math.sqrt(2 / Math.PI));
            yield Autograd.times(inside.mul(inner.tanh().add(1)), 0.5);
          }
        };
    return linear(active, layer, wiring.down());
  }

  private NDArray norm(NDArray x, String name) {
    NDArray bias = weights.get(name + ".bias");
    NDArray centred = bias == null ? x : x.sub(x.mean(new int[] {1}, true));
    NDArray scale = centred.square().mean(new int[] {1}, true).add(config.normEpsilon()).sqrt();
    NDArray y = centred.div(scale).mul(weights.get(name + ".weight"));
    return bias == null ? y : y.add(bias);
  }

  private NDArray linear(NDArray x, String layer, Architecture.Part part) {
    NDArray y = x.matMul(weights.get(layer + part.name() + ".weight").transpose());
    NDArray bias = weights.get(layer + part.name() + ".bias");
    return bias == null ? y : y.add(bias);
  }

  private NDArray side(NDArray x, String layer, Iterable<Architecture.Part> parts) {
    NDList outputs = new NDList();
    parts.forEach(part -> outputs.add(linear(x, layer, part)));
    return join(outputs);
  }

  /** DJL gives a copy without gradient for a list of one. */
  private static NDArray join(NDList parts) {
    return parts.size() == 1 ? parts.get(0) : NDArrays.concat(parts, 1);
  }

  private NDArray attention(NDArray qkv, int layer) {
    int size = config.headSize();
    NDList outputs = new NDList();
    for (int head = 0; head < config.heads(); head++) {
      int group = head / (config.heads() / config.keyValueHeads());
      Architecture.Wiring wiring = config.architecture().wiring();
      String name = wiring.layers() + layer + ".";
      NDArray q = columns(qkv, head * size, size);
      NDArray k = columns(qkv, config.querySize() + group * size, size);
      q = turned(wiring.queryNorm().isEmpty() ? q : norm(q, name + wiring.queryNorm().get()));
      k = turned(wiring.keyNorm().isEmpty() ? k : norm(k, name + wiring.keyNorm().get()));
      int values = config.querySize() + config.keyValueSize();
      NDArray v = columns(qkv, values + group * size, size);
      NDArray scores = Autograd.times(q.matMul(k.transpose()), 1 / Math.sqrt(size));
      outputs.add(
          scores.add(mask(qkv.getManager(), (int) qkv.size(0), layer)).softmax(1).matMul(v));
    }
    return join(outputs);
  }

  private static NDArray columns(NDArray x, int from, int count) {
    return x.get(":, " + from + ":" + (from + count));
  }

  private NDArray mask(NDManager manager, int n, int layer) {
    int window = config.window(layer) == 0 ? n : config.window(layer);
    float[] mask = new float[n * n];
    for (int i = 0; i < n * n; i++) {
      int query = i / n;
      int key = i % n;
      mask[i] = key <= query && key > query - window ? 0 : -1e30f;
    }
    return Autograd.constant(manager, mask, n, n);
  }

  private NDArray turned(NDArray x) {
    int half = config.rope().rotarySize() / 2;
    int n = (int) x.size(0);
    RopeScaling scaling = config.rope().scaling();
    float[] frequencies = config.rope().frequencies(scaling.regime(n));
    float[] angles = new float[n * half];
    IntStream.range(0, angles.length)
        .forEach(
            i -> {
              int position = i / half;
              angles[i] = position * frequencies[i % half];
            });
    NDArray angle = Autograd.constant(x.getManager(), angles, n, half);
    NDArray cos = Autograd.times(angle.cos(), scaling.attentionFactor());
    NDArray sin = Autograd.times(angle.sin(), scaling.attentionFactor());
    NDArray first = columns(x, 0, half);
    NDArray second = columns(x, half, half);
    NDList parts =
        new NDList(first.mul(cos).sub(second.mul(sin)), second.mul(cos).add(first.mul(sin)));
    if (2 * half < config.headSize()) {
      parts.add(columns(x, 2 * half, config.headSize() - 2 * half));
    }
    return join(parts);
  }
}
