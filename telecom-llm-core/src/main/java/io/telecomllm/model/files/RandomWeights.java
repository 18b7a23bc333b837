package io.telecomllm.model.files;

import static com.google.common.base.Preconditions.checkArgument;

import io.telecomllm.model.DecoderBuilder;
import io.telecomllm.tensor.DataType;
import io.telecomllm.tensor.Operators;
import io.telecomllm.tensor.Scope;
import io.telecomllm.tensor.Tensor;

/** Random weights: matrices of normal values and vectors of ones, each tensor with its own seed. */
record RandomWeights(double deviation, long seed) implements DecoderBuilder.Source {
  RandomWeights {
    checkArgument(
        deviation > 0 && deviation <= 1,
        "deviation is %s, must be over 0 and at most 1",
        deviation);
  }

  @Override
  public Tensor dense(String name, DataType type, Scope scope, long... shape) {
    try (Scope work = scope.child()) {
      Operators ops = work.operators();
      Tensor values = ops.zeros(DataType.FLOAT32, shape);
      if (shape.length == 1) {
        ops.addScalarInPlace(values, 1);
      } else {
        ops.normalInPlace(values, deviation, seed * 31 + name.hashCode());
      }
      return scope.adopt(scope.operators().to(values, type));
    }
  }
}
