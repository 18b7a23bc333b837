package io.telecomllm.lora.peft;

import io.telecomllm.IncompatibleException;
import io.telecomllm.InvalidDataException;
import io.telecomllm.lora.AdaptedLayer;
import io.telecomllm.lora.AdapterPlan;
import io.telecomllm.tensor.DataType;
import io.telecomllm.tensor.Scope;
import io.telecomllm.tensor.Tensor;
import io.telecomllm.weights.TensorInfo;
import io.telecomllm.weights.TensorSource;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the tensors of an adapter, and checks that each has the right shape and finite values. */
record PeftTensors(PeftNames names, Scope scope) {

  AdaptedLayer layer(AdapterPlan.Layer plan, String nameOfA, String nameOfB, String magnitude) {
    long out = plan.module().out();
    long in = plan.module().in();
    long rank = plan.jointRank();
    @Nullable Tensor m = plan.dora() ? read(magnitude, List.of(out)) : null;
    Tensor a = read(nameOfA, List.of(rank, in));
    if (plan.plain()) {
      return new AdaptedLayer(
          plan, List.of(new AdaptedLayer.Pair(a, read(nameOfB, List.of(out, rank)))), m);
    }
    String keyOfB = names.key(nameOfB);
    checkShape(keyOfB, List.of(out, rank));
    float[] b = new float[Math.toIntExact(out * rank)];
    FloatBuffer values = FloatBuffer.wrap(b);
    file().readFloats(keyOfB, values);
    requireFinite(values.flip(), keyOfB);
    List<AdaptedLayer.Pair> pairs = new ArrayList<>();
    int column = 0;
    for (AdapterPlan.Part part : plan.parts()) {
      float[] own = JoinedLayers.partOfB(file(), plan, part, b, column);
      Tensor rows = scope.operators().copy(scope.operators().narrow(a, 0, column, part.rank()));
      pairs.add(
          new AdaptedLayer.Pair(rows, scope.operators().floats(own, part.out(), part.rank())));
      column += part.rank();
    }
    a.close();
    return new AdaptedLayer(plan, pairs, m);
  }

  /** Reads a tensor of this shape, in fp32. */
  Tensor read(String name, List<Long> shape) {
    String key = names.key(name);
    checkShape(key, shape);
    return scope
        .operators()
        .filled(
            DataType.FLOAT32,
            bytes -> {
              FloatBuffer floats = bytes.asFloatBuffer();
              file().readFloats(key, floats);
              requireFinite(floats.flip(), key);
            },
            shape.stream().mapToLong(Long::longValue).toArray());
  }

  private TensorSource file() {
    return names.file();
  }

  private void checkShape(String name, List<Long> shape) {
    TensorInfo info = file().info(name);
    if (!info.shape().equals(shape)) {
      throw new IncompatibleException(
          file().path()
              + ": tensor "
              + name
              + " has shape "
              + info.shape()
              + ", this base model and rank need "
              + shape);
    }
  }

  private void requireFinite(FloatBuffer values, String name) {
    while (values.hasRemaining()) {
      int at = values.position();
      float value = values.get();
      if (!Float.isFinite(value)) {
        throw new InvalidDataException(
            file().path() + ": tensor " + name + " holds " + value + " at element " + at);
      }
    }
  }
}
