package io.telecomllm.lora;

import io.telecomllm.Internal;
import io.telecomllm.tensor.DataType;
import io.telecomllm.tensor.Operators;
import io.telecomllm.tensor.Scope;
import io.telecomllm.tensor.Tensor;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The tensors to which a backward pass adds gradients, in fp32: one for each trained parameter, by
 * the parameter's name. A parameter without one is frozen.
 */
@Internal
public final class Gradients {
  private final Map<String, Tensor> tensors = new LinkedHashMap<>();

  private Gradients() {}

  /** Returns gradients of 0 for these parameters; the tensors belong to the scope. */
  public static Gradients zeros(Collection<Parameter> parameters, Scope scope) {
    Gradients gradients = new Gradients();
    Operators ops = scope.operators();
    for (Parameter parameter : parameters) {
      gradients.tensors.put(
          parameter.name(), ops.zeros(DataType.FLOAT32, parameter.value().shape()));
    }
    return gradients;
  }

  /** Returns the gradient of a parameter, or null if it is frozen. */
  public @Nullable Tensor of(String parameter) {
    return tensors.get(parameter);
  }

  /**
   * Returns the gradient of a parameter.
   *
   * @throws IllegalArgumentException if the parameter is frozen
   */
  public Tensor require(String parameter) {
    Tensor gradient = tensors.get(parameter);
    if (gradient == null) {
      throw new IllegalArgumentException("parameter " + parameter + " is not trained");
    }
    return gradient;
  }

  /** Sets all to 0. */
  public void clear(Scope work) {
    Operators ops = work.operators();
    // not by multiplying with 0, which would keep values that are not finite
    all().forEach(ops::zeroInPlace);
  }

  /** Returns all gradients, in the order of the parameters. */
  public List<Tensor> all() {
    return List.copyOf(tensors.values());
  }

  /** Returns all names, in the order of the parameters. */
  public List<String> names() {
    return List.copyOf(tensors.keySet());
  }

  /**
   * Scales all gradients so that their norm is at most {@code max}, as torch's {@code
   * clip_grad_norm_} does.
   *
   * @param max over 0; infinite for no limit
   * @return the norm before
   */
  public double clip(double max, Scope work) {
    Operators ops = work.operators();
    double norm = Math.sqrt(ops.squaredNorm(all()));
    double factor = max / (norm + 1e-6);
    if (factor < 1) {
      all().forEach(gradient -> ops.multiplyInPlace(gradient, factor));
    }
    return norm;
  }
}
