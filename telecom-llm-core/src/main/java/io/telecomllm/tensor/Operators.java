package io.telecomllm.tensor;

import ai.djl.pytorch.jni.IValue;
import io.telecomllm.Internal;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The operators of {@code operators.py}. Results belong to the scope that {@link Scope#operators()}
 * was called on. Matrices are (rows, features), a row per token. A method whose name ends in
 * "InPlace" changes its first argument.
 */
@Internal
public final class Operators {
  private final Scope scope;

  Operators(Scope scope) {
    this.scope = scope;
  }

  /** Returns the operators of attention, for the same scope. */
  public AttentionOperators attention() {
    return new AttentionOperators(this);
  }

  /** Returns the operators of adapters, for the same scope. */
  public LoraOperators lora() {
    return new LoraOperators(this);
  }

  /** Returns the operators that draw random values, for the same scope. */
  public RandomOperators random() {
    return new RandomOperators(this);
  }

  /** Returns the operators that pack weights and moments to few bits, for the same scope. */
  public PackingOperators packing() {
    return new PackingOperators(this);
  }

  Device device() {
    return scope.device();
  }

  /** Returns a view of the same memory as another type, owned by the scope. */
  Tensor alias(Tensor x, DataType type) {
    return scope.alias(x, type);
  }

  /** The results of an operator that has two. */
  public record Pair(Tensor first, Tensor second) {}

  // ---- memory ----

  /** Returns a tensor of this shape with arbitrary content. */
  public Tensor empty(DataType type, long... shape) {
    return tensor("empty", shape, type, scope.device());
  }

  /** Returns a tensor of this shape, all 0. */
  public Tensor zeros(DataType type, long... shape) {
    return tensor("zeros", shape, type, scope.device());
  }

  /** Returns a tensor without elements, which stands for an absent optional argument. */
  public Tensor none() {
    return empty(DataType.FLOAT32, 0);
  }

  /** Returns an fp32 tensor of these values. */
  public Tensor floats(float[] values, long... shape) {
    return filled(DataType.FLOAT32, buffer -> buffer.asFloatBuffer().put(values), shape);
  }

  /** Returns a vector of unsigned bytes. */
  public Tensor bytes(byte[] values) {
    return filled(DataType.UINT8, buffer -> buffer.put(values), values.length);
  }

  /** Returns a vector of 64-bit integers. */
  public Tensor longs(long... values) {
    return filled(DataType.INT64, buffer -> buffer.asLongBuffer().put(values), values.length);
  }

  /** Returns a vector of token ids or row numbers as 64-bit integers. */
  public Tensor longs(int[] values) {
    return longs(java.util.Arrays.stream(values).asLongStream().toArray());
  }

  /**
   * Returns a tensor whose values the filler writes in host memory; they are copied to the scope's
   * device.
   */
  public Tensor filled(
      DataType type, java.util.function.Consumer<ByteBuffer> filler, long... shape) {
    if (device().kind() == Device.Kind.META) {
      return empty(type, shape);
    }
    Tensor host = tensor("empty", shape, type, Device.cpu());
    if (host.elements() > 0) {
      filler.accept(host.bytes());
    }
    return scope.device().kind() == Device.Kind.CPU ? host : to(host, type);
  }

  /**
   * Returns the values on the scope's device in this type; the tensor itself if nothing changes.
   */
  public Tensor to(Tensor x, DataType type) {
    return tensor("to", x, type, scope.device());
  }

  /** Returns the type of the elements. */
  public DataType typeOf(Tensor x) {
    return type(x);
  }

  static DataType type(Tensor x) {
    try (IValue value = Call.run("dtype", x)) {
      return DataType.ofCode(value.toLong());
    }
  }

  /** Returns a contiguous copy. */
  public Tensor copy(Tensor x) {
    return tensor("clone", x);
  }

  /** Returns the same elements in another shape, sharing memory if possible. */
  public Tensor reshape(Tensor x, long... shape) {
    return tensor("reshape", x, shape);
  }

  /** Returns a view of the transposed matrix. */
  public Tensor transpose(Tensor x) {
    return tensor("transpose", x);
  }

  /** Returns a view of [start, start + length) of a dimension. */
  public Tensor narrow(Tensor x, int dimension, long start, long length) {
    return tensor("narrow", x, dimension, start, length);
  }

  /** Returns the rows with these numbers, in this order. */
  public Tensor selectRows(Tensor x, Tensor rows) {
    return tensor("select_rows", x, rows);
  }

  /**
   * Returns a matrix of {@code count} rows, the sums of the rows of x with the same number: the
   * backward pass of {@link #selectRows}.
   */
  public Tensor scatterRows(Tensor x, Tensor rows, long count) {
    return tensor("scatter_rows", x, rows, count);
  }

  /** Computes x (rows, features) += y at these rows, which must be distinct. */
  public void addRowsInPlace(Tensor x, Tensor rows, Tensor y) {
    run("add_rows_", x, rows, y);
  }

  /** Copies the rows of x to those rows of y. */
  public void putRowsInPlace(Tensor y, Tensor rows, Tensor x) {
    run("put_rows_", y, rows, x);
  }

  /** One after the other along a dimension. */
  public Tensor concat(List<Tensor> parts, int dimension) {
    return tensor("concat", parts, dimension);
  }

  /** Copies x to y, converting the type. */
  public void copyInPlace(Tensor y, Tensor x) {
    run("copy_", y, x);
  }

  /** Returns the values as a Java array in fp32. */
  public float[] toFloats(Tensor x) {
    if (Meter.current() != null) {
      return new float[Math.toIntExact(x.elements())];
    }
    try (Scope host = Scope.open(Device.cpu())) {
      Tensor values = host.operators().copy(host.operators().to(x, DataType.FLOAT32));
      float[] result = new float[Math.toIntExact(values.elements())];
      if (result.length > 0) {
        values.bytes().asFloatBuffer().get(result);
      }
      return result;
    }
  }

  // ---- arithmetic ----

  /** Returns x + y. */
  public Tensor add(Tensor x, Tensor y) {
    return tensor("add", x, y);
  }

  /** Computes x += alpha y. */
  public void addInPlace(Tensor x, Tensor y, double alpha) {
    run("add_", x, y, alpha);
  }

  /** Computes x += value. */
  public void addScalarInPlace(Tensor x, double value) {
    run("add_scalar_", x, value);
  }

  /** Returns the mean of all elements, computed in fp32. */
  public double mean(Tensor x) {
    return number("mean", x);
  }

  /** Returns x times a number. */
  public Tensor multiply(Tensor x, double factor) {
    return tensor("mul", x, factor);
  }

  /** Sets all elements of x to 0. */
  public void zeroInPlace(Tensor x) {
    run("zero_", x);
  }

  /** Computes x *= factor. */
  public void multiplyInPlace(Tensor x, double factor) {
    run("mul_", x, factor);
  }

  /** Returns the matrix product x y. */
  public Tensor matmul(Tensor x, Tensor y) {
    return tensor("matmul", x, y);
  }

  /** Returns the sum of the squares of all elements of all parts. */
  public double squaredNorm(List<Tensor> parts) {
    return number("squared_norm", parts);
  }

  /**
   * Fills x with normally distributed values of mean 0, drawn from a generator seeded for this
   * call.
   */
  public void normalInPlace(Tensor x, double standardDeviation, long seed) {
    RandomOperators.normalInPlace(x, standardDeviation, seed);
  }

  // ---- linear ----

  /** Returns x w^T (rows, out) for x (rows, in) and w (out, in). */
  public Tensor linear(Tensor x, Tensor w) {
    return tensor("linear", x, w);
  }

  /** Computes y (rows, out) += x w^T, added within the product, so that the sum is rounded once. */
  public void addLinearInPlace(Tensor y, Tensor x, Tensor w) {
    run("add_linear_", y, x, w);
  }

  /** Computes gx (rows, in) += g w, added within the product. */
  public void addLinearBackwardInPlace(Tensor gx, Tensor g, Tensor w) {
    run("add_linear_backward_", gx, g, w);
  }

  /** Returns g w, the gradient of a linear layer's input, for g (rows, out) and w (out, in). */
  public Tensor linearBackward(Tensor g, Tensor w) {
    return tensor("linear_backward", g, w);
  }

  /** Computes y (rows, out) += bias (out, fp32). */
  public void biasInPlace(Tensor y, Tensor bias) {
    run("bias_", y, bias);
  }

  /** Computes gbias (out, fp32) += g summed over its rows. */
  public void biasBackwardInPlace(Tensor gbias, Tensor g) {
    run("bias_backward_", gbias, g);
  }

  /** Computes gw (out, in, fp32) += g^T x. */
  public void linearWeightBackwardInPlace(Tensor gw, Tensor g, Tensor x) {
    run("linear_weight_backward_", gw, g, x);
  }

  // ---- norms ----

  /** Returns the RMSNorm of x over the features; w (features) in fp32. */
  public Tensor rmsNorm(Tensor x, Tensor w, double epsilon) {
    return tensor("rms_norm", x, w, epsilon);
  }

  /**
   * Returns the gradient of x through RMSNorm, plus {@code residual}, the gradient that bypasses
   * it.
   */
  public Tensor rmsNormBackward(Tensor g, Tensor x, Tensor w, double epsilon, Tensor residual) {
    return tensor("rms_norm_backward", g, x, w, epsilon, residual);
  }

  /** Adds the gradient of RMSNorm's weight to gw (features, fp32). */
  public void rmsNormWeightBackwardInPlace(Tensor gw, Tensor g, Tensor x, double epsilon) {
    run("rms_norm_weight_backward_", gw, g, x, epsilon);
  }

  /** Returns the LayerNorm of x over the features; w and b (features) in fp32. */
  public Tensor layerNorm(Tensor x, Tensor w, Tensor b, double epsilon) {
    return tensor("layer_norm", x, w, b, epsilon);
  }

  /**
   * Returns the gradient of x through LayerNorm, plus {@code residual}, the gradient that bypasses
   * it.
   */
  public Tensor layerNormBackward(Tensor g, Tensor x, Tensor w, double epsilon, Tensor residual) {
    return tensor("layer_norm_backward", g, x, w, epsilon, residual);
  }

  /** Adds the gradient of LayerNorm's weight to gw (features, fp32). */
  public void layerNormWeightBackwardInPlace(Tensor gw, Tensor g, Tensor x, double epsilon) {
    run("layer_norm_weight_backward_", gw, g, x, epsilon);
  }

  // ---- feed-forward ----

  /**
   * Returns silu(gate) * up (rows, width) for x (rows, 2 width), which holds gate and up side by
   * side.
   */
  public Tensor swiglu(Tensor x) {
    return tensor("swiglu", x);
  }

  /** Returns the gradient of x in {@link #swiglu}: of gate and up side by side, (rows, 2 width). */
  public Tensor swigluBackward(Tensor g, Tensor x) {
    return tensor("swiglu_backward", g, x);
  }

  /** Returns the exact GELU of x. */
  public Tensor gelu(Tensor x) {
    return tensor("gelu", x, "none");
  }

  /** Returns the gradient of x in {@link #gelu}. */
  public Tensor geluBackward(Tensor g, Tensor x) {
    return tensor("gelu_backward", g, x, "none");
  }

  /** Returns the GELU of x by its tanh approximation. */
  public Tensor geluTanh(Tensor x) {
    return tensor("gelu", x, "tanh");
  }

  /** Returns the gradient of x in {@link #geluTanh}. */
  public Tensor geluTanhBackward(Tensor g, Tensor x) {
    return tensor("gelu_backward", g, x, "tanh");
  }

  // ---- embedding, head, loss ----

  /** Returns rows of the table (vocabulary, features) in this type, one per id. */
  public Tensor embed(Tensor table, Tensor ids, DataType type) {
    return tensor("embed", table, ids, type);
  }

  /** Computes gtable (vocabulary, features, fp32) += g at the rows of the ids. */
  public void embedBackwardInPlace(Tensor gtable, Tensor g, Tensor ids) {
    run("embed_backward_", gtable, g, ids);
  }

  /**
   * Returns the logits (rows, vocabulary) in fp32 for h (rows, features) and w (vocabulary,
   * features).
   *
   * @param bias (vocabulary), fp32; {@link #none()} without a bias
   */
  public Tensor logits(Tensor h, Tensor w, Tensor bias) {
    return tensor("logits", h, w, bias);
  }

  /** Returns the logarithm of the softmax over the last dimension, in fp32. */
  public Tensor logSoftmax(Tensor logits) {
    return tensor("log_softmax", logits);
  }

  /**
   * Returns the sum over rows of weight times cross-entropy, and its gradient with respect to h.
   *
   * @param h (rows, features)
   * @param w (vocabulary, features)
   * @param bias (vocabulary), fp32; {@link #none()} without a bias
   * @param labels (rows), int64
   * @param weights (rows), fp32
   * @param smoothing the share e of a label that is spread over the whole vocabulary (Szegedy et
   *     al. 2016), 0 to less than 1: the loss is (1 - e) (-log p of the label) + e (mean of all
   *     -log p)
   * @param chunk the number of rows whose logits are in memory at a time
   * @param gw the gradient of w is added here; {@link #none()} if w is frozen
   * @param gbias the gradient of the bias is added here; {@link #none()} if it is frozen
   */
  public Pair crossEntropy(
      Tensor h,
      Tensor w,
      Tensor bias,
      Tensor labels,
      Tensor weights,
      long chunk,
      double smoothing,
      Tensor gw,
      Tensor gbias) {
    return pair("cross_entropy", h, w, bias, labels, weights, chunk, smoothing, gw, gbias);
  }

  /**
   * Returns the sum over rows of weight times cross-entropy of logits (rows, vocabulary) in fp32,
   * which become the gradient of the sum; see {@link #crossEntropy} for the other arguments.
   */
  public Tensor crossEntropyInPlace(
      Tensor logits, Tensor labels, Tensor weights, double smoothing) {
    return tensor("cross_entropy_", logits, labels, weights, smoothing);
  }

  /** Computes {@link #crossEntropy} without label smoothing. */
  Pair crossEntropy(
      Tensor h,
      Tensor w,
      Tensor bias,
      Tensor labels,
      Tensor weights,
      long chunk,
      Tensor gw,
      Tensor gbias) {
    return crossEntropy(h, w, bias, labels, weights, chunk, 0, gw, gbias);
  }

  // ---- calls ----

  /** Returns the names of the operators of {@code operators.py} that no other one calls. */
  public static Set<String> names() {
    return Script.names();
  }

  Tensor tensor(String operator, Object... arguments) {
    try (IValue value = OperatorComparison.run(operator, arguments)) {
      return booked(List.of(scope.own(value.toTensor(scope.manager()))), operator, arguments)
          .get(0);
    }
  }

  Pair pair(String operator, Object... arguments) {
    List<Tensor> tensors = tensors(operator, arguments);
    return new Pair(tensors.get(0), tensors.get(1));
  }

  /** Returns the results of an operator that has several. */
  List<Tensor> tensors(String operator, Object... arguments) {
    List<Tensor> tensors = new ArrayList<>();
    try (IValue tuple = OperatorComparison.run(operator, arguments)) {
      for (IValue part : tuple.toIValueTuple()) {
        try (part) {
          tensors.add(scope.own(part.toTensor(scope.manager())));
        }
      }
    }
    return booked(tensors, operator, arguments);
  }

  private static List<Tensor> booked(List<Tensor> results, String operator, Object... arguments) {
    Meter meter = Meter.current();
    if (meter != null) {
      meter.made(results, operator, arguments);
    }
    return results;
  }

  private static double number(String operator, Object... arguments) {
    if (Meter.current() != null) {
      return 0;
    }
    try (IValue value = OperatorComparison.run(operator, arguments)) {
      return value.toDouble();
    }
  }

  static void run(String operator, Object... arguments) {
    Meter meter = Meter.current();
    if (meter == null) {
      OperatorComparison.run(operator, arguments).close();
    } else {
      meter.ran(operator, arguments);
    }
  }
}
