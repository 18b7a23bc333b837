package io.telecomllm.lora;

import static io.telecomllm.testing.Vectors.assertClose;
import static io.telecomllm.testing.Vectors.maxDifference;
import static org.assertj.core.api.Assertions.assertThat;

import io.telecomllm.tensor.DataType;
import io.telecomllm.tensor.Device;
import io.telecomllm.tensor.Operators;
import io.telecomllm.tensor.Scope;
import io.telecomllm.tensor.Seed;
import io.telecomllm.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Dropout before the matrices a, against a naive formula with the same mask in double. */
class DropoutTest {
  private static final String QKV = "model.layers.0.self_attn.qkv_proj";
  private static final String O = "model.layers.0.self_attn.o_proj";
  private static final int ROWS = 5;
  private static final int IN = 6;
  private static final double DROPOUT = 0.4;
  private static final Seed SEED = new Seed(42);
  private static final FakeModel MODEL = FakeModel.phi3(1, IN, 8);

  private final Scope scope = Scope.open(Device.cpu());
  private final Operators ops = scope.operators();

  @AfterEach
  void close() {
    scope.close();
  }

  private LoraAdapter create(UnaryOperator<LoraConfig.Builder> with) {
    LoraConfig config = with.apply(LoraConfig.builder().rank(2).alpha(4)).build();
    LoraAdapter adapter = LoraAdapter.create(config, MODEL, 7);
    for (Parameter p : adapter.parameters()) {
      ops.copyInPlace(p.value(), FakeModel.values(p.name(), scope, p.value().shape()));
    }
    return adapter;
  }

  /** y, gx and the gradients of one layer. */
  private Map<String, float[]> pass(Deltas deltas, Gradients gradients, String module) {
    LoraDelta delta = deltas.of(module);
    Tensor weight = MODEL.weight(module, scope);
    Tensor x = FakeModel.values("x", scope, ROWS, IN);
    Tensor g = FakeModel.values("g", scope, ROWS, weight.size(0));
    LoraDelta.Applied applied = delta.apply(ops, x, FrozenMatrix.of(ops, weight));
    LoraDelta.Saved saved = applied.saved();
    Tensor y = applied.value();
    Tensor gz = delta.outputGradient(ops, g, saved);
    Tensor gx = ops.multiply(x, Double.NaN); // what was there does not count
    delta.backward(ops, gx, gz, x, saved);
    ops.addLinearBackwardInPlace(gx, gz, weight);
    Map<String, float[]> results = new LinkedHashMap<>();
    results.put("y", ops.toFloats(y));
    results.put("gx", ops.toFloats(gx));
    gradients.names().stream()
        .filter(name -> name.contains(module))
        .forEach(name -> results.put(name, ops.toFloats(gradients.require(name))));
    return results;
  }

  private Map<String, float[]> pass(LoraAdapter adapter, Seed seed, String module) {
    Gradients gradients = Gradients.zeros(adapter.parameters(), scope);
    Deltas deltas = adapter.deltas(DataType.FLOAT32, scope, gradients);
    return pass(seed == null ? deltas : deltas.withDropout(seed), gradients, module);
  }

  static Stream<UnaryOperator<LoraConfig.Builder>> kinds() {
    return Stream.of(
        c -> c,
        c -> c.targetModules(TargetModule.Q, TargetModule.V),
        c -> c.initialization(LoraInitialization.PISSA),
        c -> c.dora(true));
  }

  /** y, and of the sum of g * y every gradient by central differences: it is linear in each. */
  @ParameterizedTest
  @MethodSource("kinds")
  void everyGradientIsThatOfTheNaiveFormula(UnaryOperator<LoraConfig.Builder> kind) {
    try (LoraAdapter adapter = create(c -> kind.apply(c).dropout(DROPOUT))) {
      Map<String, float[]> found = pass(adapter, SEED, QKV);
      Naive naive = new Naive(adapter);
      assertClose("y", found.get("y"), floats(naive.y()), 1e-5);
      assertClose("gx", found.get("gx"), naive.gradient(naive.x), 1e-5);
      int i = 0;
      for (Parameter parameter : adapter.layers().get(QKV).parameters()) {
        assertClose(
            parameter.name(),
            found.get(parameter.name()),
            naive.gradient(naive.trained.get(i++)),
            1e-5);
      }
      assertThat(i).isEqualTo(naive.trained.size());
    }
  }

  private static float[] floats(double[] values) {
    float[] floats = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      floats[i] = (float) values[i];
    }
    return floats;
  }

  /** The layer in double, one element after the other. */
  private final class Naive {
    final LoraAdapter adapter;
    final double[] x = doubles(FakeModel.values("x", scope, ROWS, IN));
    final double[] w = doubles(MODEL.weight(QKV, scope));
    final int out = w.length / IN;
    final double[] g = doubles(FakeModel.values("g", scope, ROWS, out));
    final double[] mask;
    final double[] norms;
    final List<double[]> trained = new ArrayList<>();
    final List<double[]> matrices = new ArrayList<>();
    final double[] magnitude;

    Naive(LoraAdapter adapter) {
      this.adapter = adapter;
      Tensor ones = ops.zeros(DataType.FLOAT32, ROWS, IN);
      ops.addScalarInPlace(ones, 1);
      mask = doubles(ops.random().dropout(ones, DROPOUT, SEED.child(QKV)));
      AdaptedLayer layer = adapter.layers().get(QKV);
      for (int i = 0; i < layer.parts().size(); i++) {
        double[] a = doubles(layer.parts().get(i).a());
        double[] b = doubles(layer.parts().get(i).b());
        matrices.addAll(List.of(a, b));
        if (layer.plan().parts().get(i).trained()) {
          trained.addAll(List.of(a, b));
        }
      }
      magnitude = layer.magnitude() == null ? null : doubles(layer.magnitude());
      if (magnitude != null) {
        trained.add(magnitude);
      }
      // DoRA's authors take the norms as constants
      norms = norms();
    }

    private double[] doubles(Tensor tensor) {
      float[] values = ops.toFloats(tensor);
      double[] doubles = new double[values.length];
      for (int i = 0; i < values.length; i++) {
        doubles[i] = values[i];
      }
      return doubles;
    }

    private double[] norms() {
      double[] lengths = new double[out];
      AdapterPlan.Part part = adapter.layers().get(QKV).plan().parts().get(0);
      for (int o = 0; o < out; o++) {
        double squares = 0;
        for (int i = 0; i < IN; i++) {
          double value = w[o * IN + i];
          for (int k = 0; magnitude != null && k < part.rank(); k++) {
            value +=
                part.scale() * matrices.get(1)[o * part.rank() + k] * matrices.get(0)[k * IN + i];
          }
          squares += value * value;
        }
        lengths[o] = Math.sqrt(squares);
      }
      return lengths;
    }

    double[] y() {
      double[] y = new double[ROWS * out];
      for (int row = 0; row < ROWS; row++) {
        for (int o = 0; o < out; o++) {
          double sum = 0;
          for (int i = 0; i < IN; i++) {
            sum += x[row * IN + i] * w[o * IN + i];
          }
          List<AdapterPlan.Part> parts = adapter.layers().get(QKV).plan().parts();
          for (int p = 0; p < parts.size(); p++) {
            AdapterPlan.Part part = parts.get(p);
            if (o < part.start() || o >= part.start() + part.out()) {
              continue;
            }
            for (int k = 0; k < part.rank(); k++) {
              double u = 0;
              for (int i = 0; i < IN; i++) {
                double kept = part.trained() ? mask[row * IN + i] : 1;
                u += x[row * IN + i] * kept * matrices.get(2 * p)[k * IN + i];
              }
              sum +=
                  part.scale() * u * matrices.get(2 * p + 1)[(o - part.start()) * part.rank() + k];
            }
          }
          y[row * out + o] = magnitude == null ? sum : sum * magnitude[o] / norms[o];
        }
      }
      return y;
    }

    private double objective() {
      double[] y = y();
      double sum = 0;
      for (int i = 0; i < y.length; i++) {
        sum += g[i] * y[i];
      }
      return sum;
    }

    float[] gradient(double[] of) {
      float[] gradient = new float[of.length];
      for (int i = 0; i < of.length; i++) {
        double value = of[i];
        of[i] = value + 0.5;
        double above = objective();
        of[i] = value - 0.5;
        double below = objective();
        of[i] = value;
        gradient[i] = (float) (above - below);
      }
      return gradient;
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void withoutDropoutNothingChangesByABit(UnaryOperator<LoraConfig.Builder> kind) {
    try (LoraAdapter plain = create(kind);
        LoraAdapter dropped = create(c -> kind.apply(c).dropout(DROPOUT))) {
      Map<String, float[]> expected = pass(plain, null, QKV);
      assertThat(pass(plain, SEED, QKV)).usingRecursiveComparison().isEqualTo(expected);
      // what is not trained drops nothing
      assertThat(pass(dropped, null, QKV)).usingRecursiveComparison().isEqualTo(expected);
      assertThat(maxDifference(pass(dropped, SEED, QKV).get("y"), expected.get("y"))).isPositive();
    }
  }

  @Test
  void aMaskDependsOnItsSeedAndLayerAndNothingElse() {
    try (LoraAdapter adapter = create(c -> c.dropout(DROPOUT))) {
      Map<String, float[]> first = pass(adapter, SEED, O);
      ops.normalInPlace(ops.zeros(DataType.FLOAT32, 17), 1, 99);
      assertThat(pass(adapter, SEED, O)).usingRecursiveComparison().isEqualTo(first);
      assertThat(maxDifference(pass(adapter, SEED.child(1), O).get("y"), first.get("y")))
          .isPositive();
    }
    Tensor ones = ops.zeros(DataType.FLOAT32, ROWS, IN);
    ops.addScalarInPlace(ones, 1);
    assertThat(ops.toFloats(ops.random().dropout(ones, DROPOUT, SEED.child(QKV))))
        .isNotEqualTo(ops.toFloats(ops.random().dropout(ones, DROPOUT, SEED.child(O))));
  }

  @Test
  void whereTheInputsGradientIsNotWantedTheOthersAreTheSame() {
    try (LoraAdapter adapter = create(c -> c.dropout(DROPOUT))) {
      Map<String, float[]> expected = pass(adapter, SEED, O);
      Gradients gradients = Gradients.zeros(adapter.parameters(), scope);
      LoraDelta delta = adapter.deltas(DataType.FLOAT32, scope, gradients).withDropout(SEED).of(O);
      Tensor weight = MODEL.weight(O, scope);
      Tensor x = FakeModel.values("x", scope, ROWS, IN);
      LoraDelta.Applied applied = delta.apply(ops, x, FrozenMatrix.of(ops, weight));
      LoraDelta.Saved saved = applied.saved();
      delta.backward(ops, ops.none(), FakeModel.values("g", scope, ROWS, IN), x, saved);
      for (Parameter parameter : adapter.layers().get(O).parameters()) {
        assertThat(ops.toFloats(gradients.require(parameter.name())))
            .isEqualTo(expected.get(parameter.name()));
      }
    }
  }
}
