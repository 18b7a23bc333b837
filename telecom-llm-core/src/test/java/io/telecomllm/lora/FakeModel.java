package io.telecomllm.lora;

import io.telecomllm.TelecomLlmException;
import io.telecomllm.tensor.Device;
import io.telecomllm.tensor.Scope;
import io.telecomllm.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** Layers and parameters by name, with random values that depend on the name alone. */
public final class FakeModel implements AdaptableModel, AdaptableNetwork {
  private final List<AdaptedModule> layers;
  private final Map<String, List<Long>> replaceable;
  boolean originals = true;
  boolean dense;

  public FakeModel(List<AdaptedModule> layers, Map<String, List<Long>> replaceable) {
    this.layers = layers;
    this.replaceable = replaceable;
  }

  public static FakeModel of(AdaptedModule... layers) {
    return new FakeModel(List.of(layers), Map.of());
  }

  public static AdaptedModule layer(String name, TargetModule role, int out, int in) {
    return new AdaptedModule(name, out, in, List.of(new AdaptedModule.Slice(role, 0, out)));
  }

  public static AdaptedModule fused(String name, int in, Map<TargetModule, Integer> rows) {
    List<AdaptedModule.Slice> slices = new ArrayList<>();
    int start = 0;
    for (Map.Entry<TargetModule, Integer> entry : rows.entrySet()) {
      slices.add(new AdaptedModule.Slice(entry.getKey(), start, entry.getValue()));
      start += entry.getValue();
    }
    return new AdaptedModule(name, start, in, slices);
  }

  /** Phi-3 of any size: the fused layers of {@code layers} decoder layers, all dense. */
  public static FakeModel phi3(int layers, int hidden, int width) {
    List<AdaptedModule> all = new ArrayList<>();
    Map<String, List<Long>> parameters = new LinkedHashMap<>();
    for (int i = 0; i < layers; i++) {
      String name = "model.layers." + i;
      Map<TargetModule, Integer> qkv = new LinkedHashMap<>();
      qkv.put(TargetModule.Q, hidden);
      qkv.put(TargetModule.K, hidden);
      qkv.put(TargetModule.V, hidden);
      all.add(fused(name + ".self_attn.qkv_proj", hidden, qkv));
      all.add(layer(name + ".self_attn.o_proj", TargetModule.O, hidden, hidden));
      Map<TargetModule, Integer> gateUp = new LinkedHashMap<>();
      gateUp.put(TargetModule.GATE, width);
      gateUp.put(TargetModule.UP, width);
      all.add(fused(name + ".mlp.gate_up_proj", hidden, gateUp));
      all.add(layer(name + ".mlp.down_proj", TargetModule.DOWN, hidden, width));
      parameters.put(name + ".input_layernorm.weight", List.of((long) hidden));
      parameters.put(name + ".self_attn.o_proj.weight", List.of((long) hidden, (long) hidden));
    }
    parameters.put("lm_head.weight", List.of(10L, (long) hidden));
    return new FakeModel(all, parameters);
  }

  /** Phi-2 of any size: every linear layer has a bias, so have the norms and the head. */
  public static FakeModel phi2(int layers, int hidden, int width, long vocabulary) {
    List<AdaptedModule> all = new ArrayList<>();
    Map<String, List<Long>> parameters = new LinkedHashMap<>();
    for (int i = 0; i < layers; i++) {
      String name = "model.layers." + i;
      all.add(layer(name + ".self_attn.q_proj", TargetModule.Q, hidden, hidden));
      all.add(layer(name + ".self_attn.k_proj", TargetModule.K, hidden, hidden));
      all.add(layer(name + ".self_attn.v_proj", TargetModule.V, hidden, hidden));
      all.add(layer(name + ".self_attn.dense", TargetModule.O, hidden, hidden));
      all.add(layer(name + ".mlp.fc1", TargetModule.UP, width, hidden));
      all.add(layer(name + ".mlp.fc2", TargetModule.DOWN, hidden, width));
      parameters.put(name + ".input_layernorm.weight", List.of((long) hidden));
      parameters.put(name + ".input_layernorm.bias", List.of((long) hidden));
    }
    all.forEach(m -> parameters.put(m.name() + ".bias", List.of((long) m.out())));
    parameters.put("model.final_layernorm.weight", List.of((long) hidden));
    parameters.put("model.final_layernorm.bias", List.of((long) hidden));
    parameters.put("lm_head.weight", List.of(vocabulary, (long) hidden));
    parameters.put("lm_head.bias", List.of(vocabulary));
    return new FakeModel(all, parameters);
  }

  @Override
  public AdaptableNetwork network() {
    return this;
  }

  @Override
  public Device device() {
    return Device.cpu();
  }

  @Override
  public List<AdaptedModule> linearLayers() {
    return layers;
  }

  @Override
  public Embeddings embeddings() {
    return new Embeddings("model.embed_tokens.weight", "lm_head.weight", false);
  }

  @Override
  public Map<String, List<Long>> replaceable() {
    return replaceable;
  }

  @Override
  public Tensor parameter(String name, Scope owner) {
    long[] shape = replaceable.get(name).stream().mapToLong(Long::longValue).toArray();
    return values(name, owner, shape);
  }

  @Override
  public Tensor weight(String module, Scope owner) {
    AdaptedModule layer = find(module);
    return values(module, owner, layer.out(), layer.in());
  }

  /** The weight and a little more. */
  @Override
  public Tensor originalWeight(String module, Scope owner) {
    if (!originals) {
      throw new TelecomLlmException(module + " is packed in the checkpoint");
    }
    AdaptedModule layer = find(module);
    Tensor weight = weight(module, owner);
    if (dense) {
      return weight;
    }
    Tensor lost = values(module + ".lost", owner, layer.out(), layer.in());
    owner.operators().addInPlace(weight, lost, 0.1);
    return weight;
  }

  private AdaptedModule find(String module) {
    return layers.stream().filter(l -> l.name().equals(module)).findFirst().orElseThrow();
  }

  public static Tensor values(String name, Scope owner, long... shape) {
    int n = 1;
    for (long dimension : shape) {
      n = Math.toIntExact(n * dimension);
    }
    SplittableRandom random = new SplittableRandom(name.hashCode());
    float[] values = new float[n];
    for (int i = 0; i < n; i++) {
      values[i] = (float) (random.nextDouble() * 2 - 1);
    }
    return owner.operators().floats(values, shape);
  }
}
