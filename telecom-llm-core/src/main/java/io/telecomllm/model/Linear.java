package io.telecomllm.model;

import io.telecomllm.lora.Deltas;
import io.telecomllm.lora.FrozenMatrix;
import io.telecomllm.lora.LoraDelta;
import io.telecomllm.lora.TargetModule;
import io.telecomllm.quantization.DenseWeight;
import io.telecomllm.quantization.Weight;
import io.telecomllm.quantization.Workspace;
import io.telecomllm.tensor.DataType;
import io.telecomllm.tensor.Operators;
import io.telecomllm.tensor.Scope;
import io.telecomllm.tensor.Tensor;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A linear layer: its frozen weight and bias, and the update of an adapter if there is one.
 *
 * @param name its full name, such as {@code model.layers.0.self_attn.o_proj}
 * @param roles the projections that it computes, in the order of its output rows
 * @param weight (out, in)
 * @param bias (out), fp32; null if there is none
 * @param from the first output that it computes
 * @param count the number of outputs that it computes; fewer than all for a part of a layer
 */
record Linear(
    String name,
    List<TargetModule> roles,
    Weight weight,
    @Nullable Tensor bias,
    int from,
    int count) {
  /** Creates a layer that computes all outputs. */
  Linear(String name, List<TargetModule> roles, Weight weight, @Nullable Tensor bias) {
    this(name, roles, weight, bias, 0, weight.out());
  }

  String weightName() {
    return name + ".weight";
  }

  String biasName() {
    return name + ".bias";
  }

  /**
   * Returns a copy with a dense weight in the workspace's type, which the owner owns if it was
   * packed.
   */
  Linear unpacked(Workspace workspace, Scope owner) {
    Tensor dense = weight.dense(workspace);
    Weight unpacked =
        weight instanceof DenseWeight
            ? weight
            : new DenseWeight(owner.operators().copy(dense), workspace.type());
    return new Linear(name, roles, unpacked, bias, from, count);
  }

  /** Returns the part that computes the outputs [first, first + size) of this layer. */
  Linear outputs(int first, int size) {
    return new Linear(name, roles, weight, bias, from + first, size);
  }

  /** Returns the bias (out) in fp32, 0 if there is none. */
  Tensor biasOrZeros(Operators ops) {
    return bias == null ? ops.zeros(DataType.FLOAT32, weight.out()) : bias;
  }

  /** Returns whether an adapter changes what it computes. */
  boolean isChanged(Deltas deltas) {
    return deltas.of(name) != null
        || deltas.parameter(weightName()) != null
        || deltas.parameter(biasName()) != null;
  }

  /** Returns x w^T (rows, count), without bias and adapter. */
  Tensor product(Tensor x, Pass pass) {
    return frozen(pass).product(x);
  }

  /** Returns the output for x (rows, in). */
  Output forward(Tensor x, Pass pass) {
    return forward(x, null, pass);
  }

  /**
   * Returns the output for x (rows, in).
   *
   * @param product x w^T (rows, count), if it has been computed
   */
  Output forward(Tensor x, @Nullable Tensor product, Pass pass) {
    Operators ops = pass.ops();
    FrozenMatrix w = frozen(pass, product);
    LoraDelta delta = delta(pass);
    Output output;
    if (delta == null) {
      output = new Output(this, w.product(x), null);
    } else {
      LoraDelta.Applied applied = delta.apply(ops, x, w);
      output = new Output(this, applied.value(), applied.saved());
    }
    if (bias != null) {
      ops.biasInPlace(output.value(), own(ops, pass.parameter(biasName(), bias)));
    }
    return output;
  }

  /**
   * The output, and what the backward pass needs.
   *
   * @param value (rows, count)
   * @param adapted what the adapter keeps; null if the layer is not adapted
   */
  record Output(Linear layer, Tensor value, LoraDelta.@Nullable Saved adapted) {
    /** Returns the tensors that the backward pass needs, without the value. */
    Stream<Tensor> kept() {
      return adapted == null ? Stream.empty() : adapted.tensors();
    }

    /** Returns the gradient of x, given the gradient g of the output. */
    Tensor backward(Tensor g, Tensor x, Backward back) {
      Operators ops = back.ops();
      Tensor gBias = back.gradient(layer.biasName());
      if (gBias != null) {
        ops.biasBackwardInPlace(layer.own(ops, gBias), g);
      }
      LoraDelta delta = layer.delta(back.pass());
      Tensor product = g;
      Tensor gx;
      if (delta == null || adapted == null) {
        gx =
            back.inputWanted()
                ? ops.linearBackward(g, layer.frozen(back.pass()).values())
                : ops.none();
      } else {
        product = delta.outputGradient(ops, g, adapted);
        // the adapter's small part first, as in the forward pass
        gx = back.inputWanted() ? ops.empty(back.pass().workspace().type(), x.shape()) : ops.none();
        delta.backward(ops, gx, product, x, adapted);
        if (back.inputWanted()) {
          ops.addLinearBackwardInPlace(gx, product, layer.frozen(back.pass()).values());
        }
      }
      Tensor gw = back.gradient(layer.weightName());
      if (gw != null) {
        ops.linearWeightBackwardInPlace(layer.own(ops, gw), product, x);
      }
      return gx;
    }
  }

  private boolean whole() {
    return count == weight.out();
  }

  private @Nullable LoraDelta delta(Pass pass) {
    LoraDelta delta = pass.deltas().of(name);
    return delta == null || whole() ? delta : delta.rows(pass.ops(), from, count);
  }

  /** Returns the rows of a parameter that belong to the outputs that this layer computes. */
  private Tensor own(Operators ops, Tensor all) {
    return whole() ? all : ops.narrow(all, 0, from, count);
  }

  private FrozenMatrix frozen(Pass pass) {
    return frozen(pass, null);
  }

  private FrozenMatrix frozen(Pass pass, @Nullable Tensor product) {
    Tensor replaced = pass.deltas().parameter(weightName());
    return replaced == null
        ? new Frozen(this, pass, product)
        : FrozenMatrix.of(pass.ops(), own(pass.ops(), replaced));
  }

  /**
   * The rows of a layer's weight that it computes with.
   *
   * @param computed the product with its input, if that has been computed
   */
  private record Frozen(Linear layer, Pass pass, @Nullable Tensor computed)
      implements FrozenMatrix {
    @Override
    public int out() {
      return layer.count;
    }

    @Override
    public Tensor values() {
      return layer.weight.some(pass.workspace(), pass.ops(), layer.from, layer.count);
    }

    @Override
    public Tensor product(Tensor x) {
      if (computed != null) {
        return pass.ops().copy(computed);
      }
      return layer.weight.product(pass.workspace(), pass.ops(), x, layer.from, layer.count);
    }

    @Override
    public void addProductInPlace(Tensor y, Tensor x) {
      if (computed != null) {
        pass.ops().addInPlace(y, computed, 1);
        return;
      }
      layer.weight.addProductInPlace(pass.workspace(), pass.ops(), y, x, layer.from, layer.count);
    }
  }
}
