package io.telecomllm.tensor;

import static io.telecomllm.testing.Vectors.assertClose;
import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import ai.djl.nn.Activation;
import io.telecomllm.tensor.Autograd.Result;
import io.telecomllm.tensor.Autograd.Values;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every operator, forward and backward, against a naive formula and libtorch's autograd. */
class OperatorGradientTest {
  private static final double TOLERANCE = 2e-5;
  private static final int ROWS = 7;

  private final Scope scope = Scope.open(Device.cpu());
  private final Operators ops = scope.operators();

  @AfterEach
  void close() {
    scope.close();
  }

  private void same(String what, Tensor found, float[] expected) {
    assertClose(what, ops.toFloats(found), expected, TOLERANCE);
  }

  @Test
  void linear() {
    Values x = Values.random(1, ROWS, 5);
    Values w = Values.random(2, 3, 5);
    Values g = Values.random(3, ROWS, 3);
    Result expected = Autograd.differentiate(a -> a.get(0).matMul(a.get(1).transpose()), g, x, w);
    same("value", ops.linear(x.in(ops), w.in(ops)), expected.value());
    same("gx", ops.linearBackward(g.in(ops), w.in(ops)), expected.gradients().get(0));
    Tensor gw = ops.zeros(io.telecomllm.tensor.DataType.FLOAT32, 3, 5);
    ops.linearWeightBackwardInPlace(gw, g.in(ops), x.in(ops));
    same("gw", gw, expected.gradients().get(1));
  }

  @ParameterizedTest
  @CsvSource({"0, 4", "2, 4", "3, 3"})
  void lora(int start, int out) {
    int all = 6;
    double scale = 1.7;
    Values x = Values.random(1, ROWS, 5);
    Values a = Values.random(2, 2, 5);
    Values b = Values.random(3, out, 2);
    Values y = Values.random(4, ROWS, all);
    Values g = Values.random(5, ROWS, all);
    Result expected =
        Autograd.differentiate(
            v -> {
              NDArray update =
                  Autograd.times(
                      v.get(0).matMul(v.get(1).transpose()).matMul(v.get(2).transpose()), scale);
              NDArray left = update.getManager().zeros(new ai.djl.ndarray.types.Shape(ROWS, start));
              NDArray right =
                  update
                      .getManager()
                      .zeros(new ai.djl.ndarray.types.Shape(ROWS, all - start - out));
              return v.get(3).add(left.concat(update, 1).concat(right, 1));
            },
            g,
            x,
            a,
            b,
            y);
    Tensor value = y.in(ops);
    Tensor u = ops.lora().loraInPlace(value, x.in(ops), a.in(ops), b.in(ops), start, scale, true);
    same("value", value, expected.value());
    // written instead of added, the outputs beside it stay
    Tensor written = y.in(ops);
    ops.multiplyInPlace(ops.narrow(written, 1, start, out), Double.NaN);
    ops.lora().loraInPlace(written, x.in(ops), a.in(ops), b.in(ops), start, scale, false);
    ops.addInPlace(ops.narrow(written, 1, start, out), ops.narrow(y.in(ops), 1, start, out), 1);
    same("written", written, expected.value());
    Tensor gx = ops.zeros(io.telecomllm.tensor.DataType.FLOAT32, ROWS, 5);
    Tensor ga = ops.zeros(io.telecomllm.tensor.DataType.FLOAT32, 2, 5);
    Tensor gb = ops.zeros(io.telecomllm.tensor.DataType.FLOAT32, out, 2);
    ops.lora()
        .loraBackwardInPlace(
            gx, g.in(ops), x.in(ops), u, a.in(ops), b.in(ops), start, scale, true, ga, gb);
    same("gx", gx, expected.gradients().get(0));
    same("ga", ga, expected.gradients().get(1));
    same("gb", gb, expected.gradients().get(2));
    ops.lora()
        .loraBackwardInPlace(
            ops.none(), g.in(ops), x.in(ops), u, a.in(ops), b.in(ops), start, scale, true, ga, gb);
    same("ga gathers", ops.multiply(ga, 0.5), expected.gradients().get(1));
    ops.multiplyInPlace(gx, Double.NaN);
    ops.lora()
        .loraBackwardInPlace(
            gx, g.in(ops), x.in(ops), u, a.in(ops), b.in(ops), start, scale, false, ga, gb);
    same("gx written", gx, expected.gradients().get(0));
  }

  @Test
  void rmsNorm() {
    double epsilon = 1e-2;
    Values x = Values.random(1, ROWS, 6);
    Values w = Values.random(2, 6);
    Values g = Values.random(3, ROWS, 6);
    Values residual = Values.random(4, ROWS, 6);
    Result expected =
        Autograd.differentiate(
            v -> {
              NDArray mean = v.get(0).square().mean(new int[] {1}, true);
              return v.get(0).div(mean.add(epsilon).sqrt()).mul(v.get(1));
            },
            g,
            x,
            w);
    same("value", ops.rmsNorm(x.in(ops), w.in(ops), epsilon), expected.value());
    Tensor gx = ops.rmsNormBackward(g.in(ops), x.in(ops), w.in(ops), epsilon, residual.in(ops));
    ops.addInPlace(gx, residual.in(ops), -1);
    same("gx", gx, expected.gradients().get(0));
    Tensor gw = ops.zeros(io.telecomllm.tensor.DataType.FLOAT32, 6);
    ops.rmsNormWeightBackwardInPlace(gw, g.in(ops), x.in(ops), epsilon);
    same("gw", gw, expected.gradients().get(1));
  }

  @Test
  void bias() {
    Values y = Values.random(1, ROWS, 6);
    Values b = Values.random(2, 6);
    Values g = Values.random(3, ROWS, 6);
    Result expected = Autograd.differentiate(v -> v.get(0).add(v.get(1)), g, y, b);
    Tensor value = y.in(ops);
    ops.biasInPlace(value, b.in(ops));
    same("value", value, expected.value());
    Tensor gb = ops.zeros(io.telecomllm.tensor.DataType.FLOAT32, 6);
    ops.biasBackwardInPlace(gb, g.in(ops));
    same("gb", gb, expected.gradients().get(1));
  }

  @Test
  void layerNorm() {
    double epsilon = 1e-2;
    Values x = Values.random(1, ROWS, 6);
    Values w = Values.random(2, 6);
    Values b = Values.random(5, 6);
    Values g = Values.random(3, ROWS, 6);
    Values residual = Values.random(4, ROWS, 6);
    Result expected =
        Autograd.differentiate(
            v -> {
              NDArray centred = v.get(0).sub(v.get(0).mean(new int[] {1}, true));
              NDArray variance = centred.square().mean(new int[] {1}, true);
              return centred.div(variance.add(epsilon).sqrt()).mul(v.get(1)).add(v.get(2));
            },
            g,
            x,
            w,
            b);
    same("value", ops.layerNorm(x.in(ops), w.in(ops), b.in(ops), epsilon), expected.value());
    Tensor gx = ops.layerNormBackward(g.in(ops), x.in(ops), w.in(ops), epsilon, residual.in(ops));
    ops.addInPlace(gx, residual.in(ops), -1);
    same("gx", gx, expected.gradients().get(0));
    Tensor gw = ops.zeros(io.telecomllm.tensor.DataType.FLOAT32, 6);
    ops.layerNormWeightBackwardInPlace(gw, g.in(ops), x.in(ops), epsilon);
    same("gw", gw, expected.gradients().get(1));
  }

  @Test
  void gelu() {
    Values x = Values.random(1, ROWS, 10);
    Values g = Values.random(2, ROWS, 10);
    Result exact = Autograd.differentiate(v -> Activation.gelu(v.get(0)), g, x);
    same("value", ops.gelu(x.in(ops)), exact.value());
    same("gx", ops.geluBackward(g.in(ops), x.in(ops)), exact.gradients().get(0));
    Result approximate =
        Autograd.differentiate(
            v -> {
              NDArray x3 = v.get(0).mul(v.get(0)).mul(v.get(0));
              NDArray cubed = Autograd.times(x3, 0.044715).add(v.get(0));
              NDArray tanh = Autograd.times(cubed, Math.sqrt(2 / Math.PI)).tanh();
              return Autograd.times(v.get(0).mul(tanh.add(1)), 0.5);
            },
            g,
            x);
    same("value by tanh", ops.geluTanh(x.in(ops)), approximate.value());
    same("gx by tanh", ops.geluTanhBackward(g.in(ops), x.in(ops)), approximate.gradients().get(0));
  }

  @Test
  void swiglu() {
    Values x = Values.random(1, ROWS, 10);
    Values g = Values.random(2, ROWS, 5);
    Result expected =
        Autograd.differentiate(
            v -> {
              NDList halves = v.get(0).split(2, 1);
              NDArray gate = halves.get(0);
              NDArray sigmoid = Autograd.inverse(gate.neg().exp().add(1));
              return gate.mul(sigmoid).mul(halves.get(1));
            },
            g,
            x);
    same("value", ops.swiglu(x.in(ops)), expected.value());
    same("gx", ops.swigluBackward(g.in(ops), x.in(ops)), expected.gradients().get(0));
  }

  /** Three heads of size 6, of which two are turned, by the angles of distant positions. */
  @Test
  void rotation() {
    int heads = 3;
    int turned = 2;
    long size = 6;
    Values x = Values.random(1, ROWS, heads * size);
    Values g = Values.random(2, ROWS, heads * size);
    float[] frequencies = {1f, 0.1f, 0.01f, 2f, 0.3f, 0.02f};
    Operators.Pair table =
        ops.attention()
            .ropeTable(
                ops.longs(0, 1, 5, 100, 3, 2, 7),
                ops.floats(frequencies, 2, 3),
                ops.longs(0, 0, 1, 0, 1, 0, 0),
                1.5);
    // row 4 is at position 3 and takes the second set
    assertClose(
        "cos",
        java.util.Arrays.copyOfRange(ops.toFloats(table.first()), 12, 15),
        new float[] {
          1.5f * (float) Math.cos(6), 1.5f * (float) Math.cos(0.9), 1.5f * (float) Math.cos(0.06)
        },
        1e-6);
    Values cos = new Values(ops.toFloats(table.first()), ROWS, 1, 3);
    Values sin = new Values(ops.toFloats(table.second()), ROWS, 1, 3);
    Result expected =
        Autograd.differentiate(
            v -> {
              NDArray all = v.get(0).reshape(ROWS, heads, size);
              NDArray part = all.get(":, :" + turned);
              NDArray first = part.get(":, :, :3");
              NDArray second = part.get(":, :, 3:");
              NDArray left = first.mul(v.get(1)).sub(second.mul(v.get(2)));
              NDArray right = second.mul(v.get(1)).add(first.mul(v.get(2)));
              return left.concat(right, 2)
                  .concat(all.get(":, " + turned + ":"), 1)
                  .reshape(ROWS, heads * size);
            },
            g,
            x,
            cos,
            sin);
    Tensor value = x.in(ops);
    ops.attention().rotateInPlace(value, table.first(), table.second(), turned, size);
    same("value", value, expected.value());
    Tensor back = g.in(ops);
    ops.attention()
        .rotateInPlace(back, table.first(), ops.multiply(table.second(), -1), turned, size);
    same("gx", back, expected.gradients().get(0));
  }

  /** In bf16 1 + 1/256 is 1, and once more; but 1 + 1/256 + 1/256, rounded once, is 1 + 1/128. */
  @Test
  void whatIsAddedWithinAProductIsRoundedOnce() {
    io.telecomllm.tensor.DataType type = io.telecomllm.tensor.DataType.BFLOAT16;
    Tensor x = ops.to(ops.floats(new float[] {1, 1}, 1, 2), type);
    Tensor w = ops.to(ops.floats(new float[] {1, 1 / 256f}, 1, 2), type);
    Tensor small = ops.to(ops.floats(new float[] {1 / 256f}, 1, 1), type);
    Tensor twice = ops.linear(x, w);
    ops.addInPlace(twice, small, 1);
    assertThat(ops.toFloats(twice)).containsExactly(1);
    Tensor once = ops.copy(small);
    ops.addLinearInPlace(once, x, w);
    assertThat(ops.toFloats(once)[0]).isGreaterThan(1);
    // g w: the same with the sides exchanged
    Tensor column = ops.to(ops.floats(new float[] {1, 1 / 256f}, 2, 1), type);
    Tensor gx = ops.copy(small);
    ops.addLinearBackwardInPlace(gx, x, column);
    assertThat(ops.toFloats(gx)[0]).isGreaterThan(1);
  }

  /** Segments 0..3, then two that continue it, the second one not directly behind it. */
  @ParameterizedTest
  @CsvSource({
    "4, 4, 0, true",
    "4, 2, 0, true",
    "4, 1, 0, true",
    "4, 2, 3, true",
    "4, 4, 2, true",
    "4, 4, 1, true",
    "4, 4, 0, false",
    "4, 1, 0, false",
    "4, 2, 3, false",
    "4, 4, 1, false"
  })
  void attentionOverATreeOfSegments(int heads, int groups, int window, boolean keep) {
    int size = 8;
    double scale = 0.4;
    int rows = 7;
    int[][] all = new int[rows][];
    for (int i = 0; i < 5; i++) {
      all[i] = java.util.stream.IntStream.rangeClosed(0, i).toArray();
    }
    all[5] = new int[] {0, 1, 2, 5};
    all[6] = new int[] {0, 1, 2, 5, 6};
    for (int i = 0; window > 0 && i < rows; i++) {
      int length = all[i].length;
      all[i] = java.util.Arrays.copyOfRange(all[i], Math.max(0, length - window), length);
    }
    Values q = Values.random(1, rows, heads, size);
    Values k = Values.random(2, rows, groups, size);
    Values v = Values.random(3, rows, groups, size);
    Values g = Values.random(4, rows, heads, size);
    Result expected = Autograd.differentiate(a -> naive(a, all, heads / groups, scale), g, q, k, v);
    Segments segments =
        new Segments(
            List.of(
                new Segments.Segment(0, 3, ranges(0, 3)),
                new Segments.Segment(3, 2, ranges(0, 5)),
                new Segments.Segment(5, 2, ranges(0, 3, 5, 2))),
            window,
            3);
    Operators.Pair found =
        ops.attention().attend(q.in(ops), k.in(ops), v.in(ops), segments, scale, keep);
    assertThat(found.second().shape()).hasSize(keep ? 1 : 2);
    same("value", found.first(), expected.value());
    // side by side, as the decoder wants them; what was there before must not show
    Tensor parts =
        ops.zeros(io.telecomllm.tensor.DataType.FLOAT32, rows, heads + 2L * groups, size);
    ops.addScalarInPlace(parts, 7);
    ops.attention()
        .backwardInPlace(
            ops.narrow(parts, 1, 0, heads),
            ops.narrow(parts, 1, heads, 2L * groups),
            g.in(ops),
            q.in(ops),
            k.in(ops),
            v.in(ops),
            found.second(),
            segments,
            scale);
    same("gq", ops.copy(ops.narrow(parts, 1, 0, heads)), expected.gradients().get(0));
    same("gk", ops.copy(ops.narrow(parts, 1, heads, groups)), expected.gradients().get(1));
    same("gv", ops.copy(ops.narrow(parts, 1, heads + groups, groups)), expected.gradients().get(2));
  }

  /** What a GPU computes by plain products is what the CPU's fused kernel computes. */
  @ParameterizedTest
  @CsvSource({"5, 5, 0", "2, 5, 0", "1, 5, 0", "5, 5, 2", "2, 5, 3", "1, 3, 3"})
  void plainProductsEqualTheFusedKernel(int queries, int keys, int window) {
    int heads = 3;
    int size = 8;
    Tensor q = Values.random(1, 1, heads, queries, size).in(ops);
    Tensor k = Values.random(2, 1, heads, keys, size).in(ops);
    Tensor v = Values.random(3, 1, heads, keys, size).in(ops);
    List<Tensor> fused = ops.tensors("scaled_products", q, k, v, window, 0.3, true);
    List<Tensor> plain = ops.tensors("plain_products", q, k, v, window, 0.3);
    same("value", plain.get(0), ops.toFloats(fused.get(0)));
    same("log-sums", plain.get(1), ops.toFloats(fused.get(1)));
  }

  /**
   * A long sequence goes in blocks of queries, many heads in pieces: all give what kept
   * probabilities give.
   */
  @ParameterizedTest
  @CsvSource({
    "600, 700, 1, 1, 0",
    "1100, 1100, 2, 1, 0",
    "600, 600, 16, 2, 100",
    "513, 520, 2, 2, 3"
  })
  void blocksOfQueriesGiveTheSameGradients(
      int queries, int keys, int heads, int groups, int window) {
    int size = 4;
    Tensor q = Values.random(1, queries, heads, size).in(ops);
    Tensor k = Values.random(2, keys, groups, size).in(ops);
    Tensor v = Values.random(3, keys, groups, size).in(ops);
    Tensor g = Values.random(4, queries, heads, size).in(ops);
    Segments segments =
        new Segments(List.of(new Segments.Segment(0, queries, ranges(0, keys))), window, 0);
    assertThat(segments.keepsProbabilities()).isFalse();
    List<List<Tensor>> found = new java.util.ArrayList<>();
    for (boolean keep : new boolean[] {true, false}) {
      Operators.Pair out = ops.attention().attend(q, k, v, segments, 0.3, keep);
      Tensor gq = ops.zeros(io.telecomllm.tensor.DataType.FLOAT32, queries, heads, size);
      Tensor gkv = ops.zeros(io.telecomllm.tensor.DataType.FLOAT32, keys, 2L * groups, size);
      ops.attention().backwardInPlace(gq, gkv, g, q, k, v, out.second(), segments, 0.3);
      found.add(List.of(out.first(), gq, gkv));
    }
    for (int i = 0; i < 3; i++) {
      same("result " + i, found.get(1).get(i), ops.toFloats(found.get(0).get(i)));
    }
  }

  /** Starts and lengths in turn. */
  private static List<Segments.Range> ranges(int... numbers) {
    return java.util.stream.IntStream.range(0, numbers.length / 2)
        .mapToObj(i -> new Segments.Range(numbers[2 * i], numbers[2 * i + 1]))
        .toList();
  }

  private static NDArray naive(List<NDArray> qkv, int[][] visible, int repeat, double scale) {
    NDList rows = new NDList();
    for (int i = 0; i < visible.length; i++) {
      NDList keys = new NDList();
      NDList values = new NDList();
      for (int key : visible[i]) {
        keys.add(qkv.get(1).get(String.valueOf(key)).expandDims(0));
        values.add(qkv.get(2).get(String.valueOf(key)).expandDims(0));
      }
      NDArray k = concat(keys).repeat(1, repeat); // (keys, heads, size)
      NDArray v = concat(values).repeat(1, repeat);
      NDArray scores =
          Autograd.times(k.mul(qkv.get(0).get(String.valueOf(i))).sum(new int[] {2}), scale);
      NDArray weights = scores.softmax(0).expandDims(2); // (keys, heads, 1)
      rows.add(v.mul(weights).sum(new int[] {0}).expandDims(0));
    }
    return ai.djl.ndarray.NDArrays.concat(rows, 0);
  }

  /** DJL gives a copy without gradient for a list of one. */
  private static NDArray concat(NDList parts) {
    return parts.size() == 1 ? parts.get(0) : ai.djl.ndarray.NDArrays.concat(parts, 0);
  }

  @ParameterizedTest
  @CsvSource({"1", "3", "100"})
  void crossEntropy(int chunk) {
    int vocabulary = 11;
    int[] labels = {0, 10, 3, 3, 7, 1, 2};
    float[] weights = {0.5f, 1, 2, 0, 0.25f, 1, 3};
    Values h = Values.random(1, ROWS, 5);
    Values w = Values.random(2, vocabulary, 5);
    Values bias = Values.random(3, vocabulary);
    Result expected =
        Autograd.differentiate(
            v -> {
              NDArray logits = v.get(0).matMul(v.get(1).transpose()).add(v.get(2));
              NDArray hot =
                  v.get(0).getManager().create(labels).oneHot(vocabulary, DataType.FLOAT32);
              NDArray perRow = logits.logSoftmax(1).mul(hot).sum(new int[] {1}).neg();
              return perRow.mul(Autograd.constant(v.get(0).getManager(), weights, ROWS)).sum();
            },
            new Values(new float[] {1}),
            h,
            w,
            bias);
    Tensor gw = ops.zeros(io.telecomllm.tensor.DataType.FLOAT32, vocabulary, 5);
    Tensor gbias = ops.zeros(io.telecomllm.tensor.DataType.FLOAT32, vocabulary);
    Operators.Pair found =
        ops.crossEntropy(
            h.in(ops),
            w.in(ops),
            bias.in(ops),
            ops.longs(labels),
            ops.floats(weights, ROWS),
            chunk,
            gw,
            gbias);
    same("loss", found.first(), expected.value());
    same("gh", found.second(), expected.gradients().get(0));
    same("gw", gw, expected.gradients().get(1));
    same("gbias", gbias, expected.gradients().get(2));
  }

  @Test
  void embeddingAndRowSelection() {
    Values table = Values.random(1, 6, 4);
    Values g = Values.random(2, 4, 4);
    int[] ids = {5, 0, 5, 2};
    Result expected =
        Autograd.differentiate(
            v -> v.get(0).get(v.get(0).getManager().create(ids).toType(DataType.INT64, false)),
            g,
            table);
    Tensor rows = ops.longs(ids);
    same(
        "value",
        ops.embed(table.in(ops), rows, io.telecomllm.tensor.DataType.FLOAT32),
        expected.value());
    Tensor gtable = ops.zeros(io.telecomllm.tensor.DataType.FLOAT32, 6, 4);
    ops.embedBackwardInPlace(gtable, g.in(ops), rows);
    same("gtable", gtable, expected.gradients().get(0));
    same("selected", ops.selectRows(table.in(ops), rows), expected.value());
    same("scattered", ops.scatterRows(g.in(ops), rows, 6), expected.gradients().get(0));
  }
}
