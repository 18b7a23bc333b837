package io.telecomllm.model;

import static com.google.common.base.Preconditions.checkArgument;
import static com.google.common.base.Preconditions.checkState;

import io.telecomllm.lora.Parameter;
import io.telecomllm.quantization.DenseWeight;
import io.telecomllm.quantization.Workspace;
import io.telecomllm.tensor.DataType;
import io.telecomllm.tensor.Operators;
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
    decoder.others().forEach((name, value) -> all.add(new Parameter(name, value)));
    decoder
        .linears()
        .forEach(
            linear -> {
              checkState(
                  linear.weight() instanceof DenseWeight, "%s is packed, not dense", linear.name());
              Tensor matrix = ((DenseWeight) linear.weight()).matrix();
              all.add(new Parameter(linear.weightName(), matrix));
            });
    return all;
  }

  /** Returns the weights that an adapter may replace, not copied, in their own types. */
  private Map<String, Tensor> held() {
    Map<String, Tensor> held = new LinkedHashMap<>(decoder.others());
    // an adapter can give a tied head its own matrix
    held.putIfAbsent(decoder.ownHeadName(), decoder.head().weight());
    decoder
        .linears()
        .forEach(
            linear -> {
              if (linear.weight() instanceof DenseWeight dense) {
                held.put(linear.weightName(), dense.matrix());
              }
            });
    return held;
  }

  /** Returns the names and shapes of the weights that an adapter may replace. */
  Map<String, List<Long>> replaceable() {
    Map<String, List<Long>> shapes = new LinkedHashMap<>();
    held()
        .forEach((name, value) -> shapes.put(name, Arrays.stream(value.shape()).boxed().toList()));
    return shapes;
  }

  /** Returns a copy of a replaceable weight in fp32. */
  Tensor parameter(String name, Scope owner) {
    Tensor value = held().get(name);
    checkArgument(value != null, "no parameter %s that an adapter may hold", name);
    return copy(value, owner);
  }

  /** Returns a copy of a linear layer's matrix in fp32, unpacked. */
  Tensor weight(String module, Workspace workspace, Scope owner) {
    return copy(linear(module).weight().dense(workspace), owner);
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

  private static Tensor copy(Tensor value, Scope owner) {
    try (Scope work = owner.child()) {
      Operators ops = work.operators();
      return owner.adopt(ops.copy(ops.to(value, DataType.FLOAT32)));
    }
  }
}
