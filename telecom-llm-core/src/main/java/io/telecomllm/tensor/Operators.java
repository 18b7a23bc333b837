package io.telecomllm.tensor;

import ai.djl.pytorch.jni.IValue;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * The operators of {@code operators.py}; results belong to the scope they were taken from. A row is
 * a token: matrices are (rows, features). A name that ends in "InPlace" changes its first argument.
 */
public final class Operators {
  private final Scope scope;

  Operators(Scope scope) {
    this.scope = scope;
  }

  /** Those of attention. */
  public AttentionOperators attention() {
    return new AttentionOperators(this);
  }

  /** Those of adapters. */
  public LoraOperators lora() {
    return new LoraOperators(this);
  }

  /** Those that draw random values. */
  public RandomOperators random() {
    return new RandomOperators(this);
  }

  /** Those that pack weights and moments to few bits. */
  public PackingOperators packing() {
    return new PackingOperators(this);
  }

  Device device() {
    return scope.device();
  }

  /** The same memory seen as another type; the scope owns the view. */
  Tensor alias(Tensor x, DataType type) {
    return scope.alias(x, type);
  }

  /** Two results. */
  public record Pair(Tensor first, Tensor second) {}

  // ---- memory ----

  /** A tensor of that shape with arbitrary content. */
  public Tensor empty(DataType type, long... shape) {
    return tensor("empty", shape, type, scope.device());
  }

  /** A tensor of that shape, all 0. */
  public Tensor zeros(DataType type, long... shape) {
    return tensor("zeros", shape, type, scope.device());
  }

  /** A tensor of no elements: "not there" for operators with optional arguments. */
  public Tensor none() {
    return empty(DataType.FLOAT32, 0);
  }

  /** A fp32 tensor of these values. */
  public Tensor floats(float[] values, long... shape) {
    return filled(DataType.FLOAT32, buffer -> buffer.asFloatBuffer().put(values), shape);
  }

  /** A vector of unsigned bytes. */
  public Tensor bytes(byte[] values) {
    return filled(DataType.UINT8, buffer -> buffer.put(values), values.length);
  }

  /** A vector of 64-bit integers. */
  public Tensor longs(long... values) {
    return filled(DataType.INT64, buffer -> buffer.asLongBuffer().put(values), values.length);
  }

  /** A vector of token ids or row numbers as 64-bit integers. */
  public Tensor longs(int[] values) {
    return longs(java.util.Arrays.stream(values).asLongStream().toArray());
  }

  /** A tensor whose memory the filler writes on the host; it moves to the scope's device. */
  public Tensor filled(
      DataType type, java.util.function.Consumer<ByteBuffer> filler, long... shape) {
    Tensor host = tensor("empty", shape, type, Device.cpu());
    if (host.elements() > 0) {
      filler.accept(host.bytes());
    }
    return scope.device().kind() == Device.Kind.CPU ? host : to(host, type);
  }

  /** On the scope's device, in that type; the tensor itself where it is so already. */
  public Tensor to(Tensor x, DataType type) {
    return tensor("to", x, type, scope.device());
  }

  /** The type of its elements. */
  public DataType typeOf(Tensor x) {
    try (IValue value = Call.run("dtype", x)) {
      return DataType.ofCode(value.toLong());
    }
  }

  /** A contiguous copy. */
  public Tensor copy(Tensor x) {
    return tensor("clone", x);
  }

  /** The same elements in another shape; shares memory where it can. */
  public Tensor reshape(Tensor x, long... shape) {
    return tensor("reshape", x, shape);
  }

  /** A view of [start, start + length) of a dimension. */
  public Tensor narrow(Tensor x, int dimension, long start, long length) {
    return tensor("narrow", x, dimension, start, length);
  }

  /** The rows of that number, in that order. */
  public Tensor selectRows(Tensor x, Tensor rows) {
    return tensor("select_rows", x, rows);
  }

  /** The backward of {@link #selectRows}: rows added into a zero matrix of {@code count} rows. */
  public Tensor scatterRows(Tensor x, Tensor rows, long count) {
    return tensor("scatter_rows", x, rows, count);
  }

  /** x (rows, features) += y at those rows, which differ. */
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

  /** Copies x into y, converting the type. */
  public void copyInPlace(Tensor y, Tensor x) {
    run("copy_", y, x);
  }

  /** The values as a Java array, in fp32. */
  public float[] toFloats(Tensor x) {
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

  /** x + y. */
  public Tensor add(Tensor x, Tensor y) {
    return tensor("add", x, y);
  }

  /** x += alpha y. */
  public void addInPlace(Tensor x, Tensor y, double alpha) {
    run("add_", x, y, alpha);
  }

  /** x += value. */
  public void addScalarInPlace(Tensor x, double value) {
    run("add_scalar_", x, value);
  }

  /** The mean of all elements, in fp32. */
  public double mean(Tensor x) {
    try (IValue value = Call.run("mean", x)) {
      return value.toDouble();
    }
  }

  /** x times a number. */
  public Tensor multiply(Tensor x, double factor) {
    return tensor("mul", x, factor);
  }

  /** x = 0. */
  public void zeroInPlace(Tensor x) {
    run("zero_", x);
  }

  /** x *= factor. */
  public void multiplyInPlace(Tensor x, double factor) {
    run("mul_", x, factor);
  }

  /** The matrix product. */
  public Tensor matmul(Tensor x, Tensor y) {
    return tensor("matmul", x, y);
  }

  /** The sum of the squares of all elements of all parts. */
  public double squaredNorm(List<Tensor> parts) {
    try (IValue value = Call.run("squared_norm", parts)) {
      return value.toDouble();
    }
  }

  /** Fills x with normal values of mean 0, drawn from a generator seeded for this call. */
  public void normalInPlace(Tensor x, double standardDeviation, long seed) {
    RandomOperators.normalInPlace(x, standardDeviation, seed);
  }

  // ---- linear ----

  /** x (rows, in), w (out, in): x w^T. */
  public Tensor linear(Tensor x, Tensor w) {
    return tensor("linear", x, w);
  }

  /** y (rows, out) += x w^T, added within the product: rounded once. */
  public void addLinearInPlace(Tensor y, Tensor x, Tensor w) {
    run("add_linear_", y, x, w);
  }

  /** gx (rows, in) += g w, added within the product. */
  public void addLinearBackwardInPlace(Tensor gx, Tensor g, Tensor w) {
    run("add_linear_backward_", gx, g, w);
  }

  /** The gradient of the input: g (rows, out), w (out, in): g w. */
  public Tensor linearBackward(Tensor g, Tensor w) {
    return tensor("linear_backward", g, w);
  }

  /** y (rows, out) += bias (out), fp32. */
  public void biasInPlace(Tensor y, Tensor bias) {
    run("bias_", y, bias);
  }

  /** gbias (out, fp32) += g summed over its rows. */
  public void biasBackwardInPlace(Tensor gbias, Tensor g) {
    run("bias_backward_", gbias, g);
  }

  /** gw (out, in, fp32) += g^T x. */
  public void linearWeightBackwardInPlace(Tensor gw, Tensor g, Tensor x) {
    run("linear_weight_backward_", gw, g, x);
  }

  // ---- norms ----

  /** RMSNorm over the features; w in fp32. */
  public Tensor rmsNorm(Tensor x, Tensor w, double epsilon) {
    return tensor("rms_norm", x, w, epsilon);
  }

  /** The gradient of x through RMSNorm, plus the gradient that reaches x past it. */
  public Tensor rmsNormBackward(Tensor g, Tensor x, Tensor w, double epsilon, Tensor residual) {
    return tensor("rms_norm_backward", g, x, w, epsilon, residual);
  }

  /** gw (features, fp32) += the gradient of RMSNorm's weight. */
  public void rmsNormWeightBackwardInPlace(Tensor gw, Tensor g, Tensor x, double epsilon) {
    run("rms_norm_weight_backward_", gw, g, x, epsilon);
  }

  /** LayerNorm over the features; w and b in fp32. */
  public Tensor layerNorm(Tensor x, Tensor w, Tensor b, double epsilon) {
    return tensor("layer_norm", x, w, b, epsilon);
  }

  /** The gradient of x through LayerNorm, plus the gradient that reaches x past it. */
  public Tensor layerNormBackward(Tensor g, Tensor x, Tensor w, double epsilon, Tensor residual) {
    return tensor("layer_norm_backward", g, x, w, epsilon, residual);
  }

  /** gw (features, fp32) += the gradient of LayerNorm's weight. */
  public void layerNormWeightBackwardInPlace(Tensor gw, Tensor g, Tensor x, double epsilon) {
    run("layer_norm_weight_backward_", gw, g, x, epsilon);
  }

  // ---- feed-forward ----

  /** x holds gate and up side by side, (rows, 2 width): silu(gate) * up. */
  public Tensor swiglu(Tensor x) {
    return tensor("swiglu", x);
  }

  /** The gradient of gate and up side by side. */
  public Tensor swigluBackward(Tensor g, Tensor x) {
    return tensor("swiglu_backward", g, x);
  }

  /** GELU, exact. */
  public Tensor gelu(Tensor x) {
    return tensor("gelu", x, "none");
  }

  /** The gradient of x through {@link #gelu}. */
  public Tensor geluBackward(Tensor g, Tensor x) {
    return tensor("gelu_backward", g, x, "none");
  }

  /** GELU by its tanh approximation. */
  public Tensor geluTanh(Tensor x) {
    return tensor("gelu", x, "tanh");
  }

  /** The gradient of x through {@link #geluTanh}. */
  public Tensor geluTanhBackward(Tensor g, Tensor x) {
    return tensor("gelu_backward", g, x, "tanh");
  }

  // ---- embedding, head, loss ----

  /** Rows of the table (vocabulary, features), in that type. */
  public Tensor embed(Tensor table, Tensor ids, DataType type) {
    return tensor("embed", table, ids, type);
  }

  /** gtable (vocabulary, features, fp32) += g at the rows of the ids. */
  public void embedBackwardInPlace(Tensor gtable, Tensor g, Tensor ids) {
    run("embed_backward_", gtable, g, ids);
  }

  /**
   * h (rows, features), w (vocabulary, features): logits (rows, vocabulary) in fp32.
   *
   * @param bias (vocabulary), fp32; {@link #none()} where there is none
   */
  public Tensor logits(Tensor h, Tensor w, Tensor bias) {
    return tensor("logits", h, w, bias);
  }

  /** Over the last dimension, in fp32. */
  public Tensor logSoftmax(Tensor logits) {
    return tensor("log_softmax", logits);
  }

  /**
   * The sum over rows of weight times cross-entropy, and its gradient by h.
   *
   * @param bias as {@link #logits} has it
   * @param smoothing the share e of a label that is spread over the whole vocabulary (Szegedy et
   *     al. 2016), 0 to less than 1: (1 - e) (-log p of the label) + e (the mean of all -log p)
   * @param chunk how many rows of logits live at a time
   * @param gw gathers the gradient of w; {@link #none()} for a frozen one
   * @param gbias the same for the bias
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

  /** The same without label smoothing. */
  public Pair crossEntropy(
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

  // ---- crossing ----

  Tensor tensor(String operator, Object... arguments) {
    try (IValue value = Call.run(operator, arguments)) {
      return scope.own(value.toTensor(scope.manager()));
    }
  }

  Pair pair(String operator, Object... arguments) {
    List<Tensor> tensors = tensors(operator, arguments);
    return new Pair(tensors.get(0), tensors.get(1));
  }

  /** The results of an operator that has several. */
  List<Tensor> tensors(String operator, Object... arguments) {
    List<Tensor> tensors = new ArrayList<>();
    try (IValue tuple = Call.run(operator, arguments)) {
      for (IValue part : tuple.toIValueTuple()) {
        try (part) {
          tensors.add(scope.own(part.toTensor(scope.manager())));
        }
      }
    }
    return tensors;
  }

  static void run(String operator, Object... arguments) {
    Call.run(operator, arguments).close();
  }
}
