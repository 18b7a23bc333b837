package io.telecomllm.model;

import static com.google.common.base.Preconditions.checkArgument;
import static com.google.common.base.Preconditions.checkState;

import io.telecomllm.lora.Parameter;
import io.telecomllm.quantization.DenseWeight;
import io.telecomllm.quantization.Weight;
import io.telecomllm.quantization.Workspace;
import io.telecomllm.tensor.DataType;
import io.telecomllm.tensor.Scope;
import io.telecomllm.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The weights of a decoder, by name. */
record DecoderWeights(Decoder decoder, Provenance provenance) {
  /** Returns all weights as parameters; the linear layers must be dense. */
  List<Parameter> dense() {
    List<Parameter> all = new ArrayList<>();
    decoder.vectors().forEach((name, value) -> all.add(new Parameter(name, value)));
    decoder
        .matrices()
        .forEach(
            (name, weight) -> {
              checkState(weight instanceof DenseWeight, "%s is packed, not dense", name);
              all.add(new Parameter(name, ((DenseWeight) weight).matrix()));
            });
    return all;
  }

  /** Returns the matrices that an adapter may replace. */
  private Map<String, Weight> replaceableMatrices() {
    Map<String, Weight> matrices = new LinkedHashMap<>(decoder.separateTables());
    decoder
        .linears()
        .filter(linear -> linear.weight() instanceof DenseWeight)
        .forEach(linear -> matrices.put(linear.weightName(), linear.weight()));
    return matrices;
  }

  /** Returns the names and shapes of the weights that an adapter may replace. */
  Map<String, List<Long>> replaceable() {
    Map<String, List<Long>> shapes = new LinkedHashMap<>();
    decoder
        .vectors()
        .forEach((name, value) -> shapes.put(name, Arrays.stream(value.shape()).boxed().toList()));
    replaceableMatrices()
        .forEach(
            (name, weight) -> shapes.put(name, List.of((long) weight.out(), (long) weight.in())));
    return shapes;
  }

  /** Returns a copy of a replaceable weight in fp32. */
  Tensor parameter(String name, Workspace workspace, Scope owner) {
    Weight matrix = replaceableMatrices().get(name);
    if (matrix != null) {
      return matrix.copy(workspace, DataType.FLOAT32, owner);
    }
    Tensor vector = decoder.vectors().get(name);
    checkArgument(vector != null, "no parameter %s that an adapter may hold", name);
    return owner.operators().copy(vector);
  }

  /** Returns a copy of a linear layer's matrix in fp32, unpacked. */
  Tensor weight(String module, Workspace workspace, Scope owner) {
    return linear(module).weight().copy(workspace, DataType.FLOAT32, owner);
  }

  /** Returns a linear layer's matrix as the checkpoint has it, before it was packed. */
  Tensor original(String module, Scope owner) {
    Linear linear = linear(module);
    return provenance.read(linear.weightName(), linear.weight().out(), linear.weight().in(), owner);
  }

  private Linear linear(String module) {
    return decoder
        .linears()
        .filter(linear -> linear.name().equals(module))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no linear layer " + module));
  }
}
