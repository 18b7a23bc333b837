package io.telecomllm.training.run;

import io.telecomllm.lora.Parameter;
import io.telecomllm.tensor.Device;
import io.telecomllm.tensor.Operators;
import io.telecomllm.tensor.Scope;
import io.telecomllm.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Keeps a copy of the parameters at the best evaluation so far. Owns the copy. */
final class BestAdapter implements AutoCloseable {
  private final List<Parameter> parameters;
  private final Scope scope;
  private final Map<String, Tensor> kept = new LinkedHashMap<>();

  BestAdapter(List<Parameter> parameters, Device device) {
    this.parameters = parameters;
    this.scope = Scope.open(device);
  }

  Device device() {
    return scope.device();
  }

  /** Returns the current values of the parameters by name. */
  Map<String, Tensor> parameters() {
    Map<String, Tensor> all = new LinkedHashMap<>();
    parameters.forEach(p -> all.put(p.name(), p.value()));
    return all;
  }

  /** Keeps the current values. */
  void keep() {
    keep(parameters());
  }

  /** Keeps these values. */
  void keep(Map<String, Tensor> values) {
    Operators ops = scope.operators();
    values.forEach(
        (name, value) -> {
          Tensor own = kept.get(name);
          if (own == null) {
            kept.put(name, ops.copy(value));
          } else {
            ops.copyInPlace(own, value);
          }
        });
  }

  /** Returns the kept values by name. */
  Map<String, Tensor> kept() {
    return kept;
  }

  /** Sets the parameters to the kept values. */
  void load() {
    Operators ops = scope.operators();
    parameters.forEach(
        p -> {
          Tensor best = kept.get(p.name());
          if (best != null) {
            ops.copyInPlace(p.value(), best);
          }
        });
  }

  @Override
  public void close() {
    scope.close();
  }
}
