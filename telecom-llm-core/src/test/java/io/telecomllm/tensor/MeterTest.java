package io.telecomllm.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class MeterTest {
  private static final DataType BF16 = DataType.BFLOAT16;
  private static final DataType FP32 = DataType.FLOAT32;

  @Test
  void aTensorIsHeldUntilItAndItsViewsAreFreed() {
    try (Meter meter = Meter.open();
        Scope scope = Scope.open(Device.meta())) {
      meter.phase("step");
      meter.restart();
      Operators ops = scope.operators();
      Tensor x = ops.empty(BF16, 100, 64);
      Tensor view = ops.reshape(ops.narrow(x, 0, 10, 5), 10, 32);
      Tensor same = ops.to(x, BF16);
      assertThat(view.shape()).containsExactly(10, 32);
      assertThat(meter.peak()).containsExactly(java.util.Map.entry("step", 2L * 100 * 64));
      x.close();
      same.close();
      // the view keeps its memory
      Tensor y = ops.empty(FP32, 8);
      assertThat(meter.peak()).containsEntry("step", 2L * 100 * 64 + 32);
      y.close();
      view.close();
      try (Scope inner = scope.child()) {
        inner.operators().empty(FP32, 2000);
      }
      ops.empty(FP32, 1000);
      // the narrowed tensor still shows the memory of x; the inner scope's is gone
      assertThat(meter.peak()).containsEntry("step", 2L * 100 * 64 + 8000);
    }
  }

  @Test
  void memoryIsBookedUnderThePhaseInWhichItIsMadeOrAsItWasRenamed() {
    try (Meter meter = Meter.open();
        Scope scope = Scope.open(Device.meta())) {
      Operators ops = scope.operators();
      meter.phase("weights");
      Tensor w = ops.floats(new float[6], 2, 3);
      meter.restart();
      meter.phase("layer");
      Tensor x = ops.empty(FP32, 4, 3);
      Tensor y = ops.linear(x, w);
      meter.rename("layer", "kept");
      meter.phase("layer");
      ops.rmsNorm(x, ops.empty(FP32, 3), 1e-5);
      // the norm's weight and result, and twice its rows in fp32 for a moment
      assertThat(meter.peak())
          .containsEntry("weights", 24L)
          .containsEntry("kept", 48L + 4 * y.elements())
          .containsEntry("layer", 12L + 48 + 2 * 48)
          .hasSize(3);
      assertThat(meter.written()).isEqualTo(48 + 32 + 12 + 48 + 2 * 48);
    }
  }

  @Test
  void productsAreCounted() {
    try (Meter meter = Meter.open();
        Scope scope = Scope.open(Device.meta())) {
      meter.restart();
      Operators ops = scope.operators();
      Tensor x = ops.empty(BF16, 10, 8);
      Tensor w = ops.empty(BF16, 4, 8);
      Tensor y = ops.linear(x, w);
      ops.linear(x, w);
      Tensor gx = ops.linearBackward(y, w);
      assertThat(gx.shape()).containsExactly(10, 8);
      assertThat(meter.multiplications()).isEqualTo(3 * 10 * 8 * 4);
      assertThat(meter.products())
          .containsExactlyInAnyOrder(
              new Cost.Product("linear", 10, 4, 8), new Cost.Product("linear_backward", 10, 8, 4));
      // one segment of 10 queries and keys, 2 heads of size 4: scores and sums, then four more
      Segments all =
          new Segments(
              List.of(new Segments.Segment(0, 10, List.of(new Segments.Range(0, 10)))), 0, 0);
      Tensor q = ops.empty(BF16, 10, 2, 4);
      meter.restart();
      Operators.Pair attended = ops.attention().attend(q, q, q, all, 1, true);
      assertThat(attended.first().shape()).containsExactly(10, 2, 4);
      assertThat(attended.second().shape()).containsExactly(2 * 10 * 10);
      ops.attention()
          .backwardInPlace(q, ops.empty(BF16, 10, 4, 4), q, q, q, q, attended.second(), all, 1);
      assertThat(meter.multiplications()).isEqualTo((2 + 4) * 10 * 10 * 2 * 4);
    }
  }

  @Test
  void operatorsHaveTheShapesAndTypesTheyHaveInMemory() {
    List<Tensor> shapes;
    List<Tensor> real;
    try (Scope meta = Scope.open(Device.meta());
        Scope cpu = Scope.open(Device.cpu())) {
      try (Meter meter = Meter.open()) {
        shapes = everything(meta.operators());
        assertThat(shapes).allMatch(x -> Operators.type(x) != null);
      }
      real = everything(cpu.operators());
      for (int i = 0; i < real.size(); i++) {
        assertThat(shapes.get(i).shape()).as("result %s", i).isEqualTo(real.get(i).shape());
        assertThat(Operators.type(shapes.get(i)))
            .as("result %s", i)
            .isEqualTo(Operators.type(real.get(i)));
      }
    }
  }

  /** The results of operators of which libtorch has no kernel without memory, and of others. */
  private static List<Tensor> everything(Operators ops) {
    Tensor x = ops.zeros(BF16, 6, 8);
    Tensor rows = ops.longs(0, 5, 5);
    Tensor q = ops.zeros(BF16, 6, 2, 4);
    Segments all =
        new Segments(List.of(new Segments.Segment(0, 6, List.of(new Segments.Range(0, 6)))), 0, 0);
    Operators.Pair fused = ops.attention().attend(q, q, q, all, 1, false);
    Operators.Pair plain = ops.attention().attend(q, q, q, all, 1, true);
    Operators.Pair rope =
        ops.attention().ropeTable(rows, ops.zeros(FP32, 6, 4), ops.longs(0, 1, 1), 1);
    Tensor weight = ops.zeros(FP32, 8);
    Operators.Pair loss =
        ops.crossEntropy(
            x,
            x,
            ops.none(),
            ops.zeros(DataType.INT64, 6),
            ops.zeros(FP32, 6),
            4,
            0.1,
            ops.none(),
            ops.none());
    return List.of(
        ops.selectRows(x, rows),
        ops.selectRows(q, rows),
        ops.scatterRows(x, ops.longs(0, 1, 2, 3, 4, 5), 9),
        ops.embed(x, rows, FP32),
        fused.first(),
        fused.second(),
        plain.first(),
        plain.second(),
        rope.first(),
        rope.second(),
        ops.rmsNormBackward(x, x, weight, 1e-5, x),
        ops.layerNormBackward(x, x, weight, 1e-5, x),
        ops.swigluBackward(ops.zeros(BF16, 6, 4), x),
        ops.concat(List.of(x, x), 1),
        ops.logits(x, x, ops.none()),
        loss.first(),
        loss.second());
  }

  @Test
  void whatIsReadIsZeroAndNothingIsChanged() {
    try (Meter meter = Meter.open();
        Scope scope = Scope.open(Device.meta())) {
      Operators ops = scope.operators();
      Tensor x = ops.floats(new float[] {1, 2, 3}, 3);
      ops.addScalarInPlace(x, 1);
      assertThat(ops.toFloats(x)).containsExactly(0, 0, 0);
      assertThat(ops.mean(x)).isZero();
      assertThat(ops.squaredNorm(List.of(x))).isZero();
      assertThatThrownBy(Meter::open)
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("this thread has an open meter");
      assertThat(meter.multiplications()).isZero();
    }
  }

  @Test
  void otherThreadsComputeMeanwhileAndThisOneDoesAfterwards() {
    Meter meter = Meter.open();
    try {
      assertThat(CompletableFuture.supplyAsync(MeterTest::mean).join()).isEqualTo(2);
    } finally {
      meter.close();
    }
    assertThat(mean()).isEqualTo(2);
  }

  private static double mean() {
    try (Scope scope = Scope.open(Device.cpu())) {
      Operators ops = scope.operators();
      return ops.mean(ops.floats(new float[] {1, 2, 3}, 3));
    }
  }
}
