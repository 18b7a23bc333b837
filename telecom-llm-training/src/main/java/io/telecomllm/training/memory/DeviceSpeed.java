package io.telecomllm.training.memory;

import static com.google.common.base.Preconditions.checkArgument;

import io.telecomllm.model.ModelConfig;
import io.telecomllm.quantization.QuantizationConfig;
import io.telecomllm.quantization.Weight;
import io.telecomllm.quantization.Workspace;
import io.telecomllm.tensor.DataType;
import io.telecomllm.tensor.Device;
import io.telecomllm.tensor.Operators;
import io.telecomllm.tensor.Scope;
import io.telecomllm.tensor.Tensor;

/**
 * The speed of a device at the parts of a training step, each per second and over 0.
 *
 * @param products floating-point operations in matrix products; a multiplication with its addition
 *     is two
 * @param unpacked weights unpacked from 4 bits
 * @param bytes bytes written by simple operators that make a new tensor
 */
public record DeviceSpeed(double products, double unpacked, double bytes) {
  private static final int ROWS = 256;
  private static final int WIDEST = 2048;
  private static final int VALUES = 1 << 22;
  private static final int REPEATS = 3;

  /**
   * The share of an operator's own speed that it reaches within a step, where caches are cold,
   * memory is fresh and calls have to be prepared. Six configurations of two shapes took 1.22 to
   * 1.47 times the sum of their operators, 1.33 on average (docs/benchmarks.md).
   */
  private static final double SHARE = 1 / 1.33;

  /** The time to repeat each measurement for: a few runs may find the cores asleep, or busy. */
  private static final double SECONDS = 0.5;

  /** Checks that all are positive. */
  public DeviceSpeed {
    checkArgument(
        products > 0 && unpacked > 0 && bytes > 0,
        "products %s, unpacked %s, bytes %s a second, all must be over 0",
        products,
        unpacked,
        bytes);
  }

  /**
   * Measures the speed in about two seconds with small matrices of the model's widths. The best of
   * many repeats counts, since other programs can only slow it down.
   */
  public static DeviceSpeed measure(Device device, DataType type, ModelConfig model) {
    return new DeviceSpeed(
        SHARE * products(device, type, model),
        SHARE * unpacked(device, type, model),
        SHARE * bytes(device, type));
  }

  private static double products(Device device, DataType type, ModelConfig model) {
    int in = model.hiddenSize();
    int out = Math.min(WIDEST, 2 * model.intermediateSize());
    try (Scope scope = Scope.open(device)) {
      Operators ops = scope.operators();
      Tensor x = ops.zeros(type, ROWS, in);
      Tensor w = ops.zeros(type, out, in);
      // memory that was never written is faster to read
      ops.addScalarInPlace(x, 0.01);
      ops.addScalarInPlace(w, 0.01);
      Tensor g = ops.linear(x, w);
      double work = 2 * 2.0 * ROWS * in * out;
      return work
          / seconds(
              scope,
              within -> {
                within.linear(x, w);
                return within.linearBackward(g, w);
              });
    }
  }

  private static double unpacked(Device device, DataType type, ModelConfig model) {
    int in = 64 * Math.max(1, Math.min(model.hiddenSize(), WIDEST) / 64);
    int out = Math.max(1, VALUES / in);
    try (Scope scope = Scope.open(device);
        Workspace workspace = new Workspace(device, type)) {
      Tensor w = scope.operators().zeros(DataType.FLOAT32, out, in);
      scope.operators().addScalarInPlace(w, 0.01);
      Weight packed = QuantizationConfig.nf4().quantize(w, scope);
      return (double) out * in / seconds(scope, within -> packed.dense(workspace));
    }
  }

  private static double bytes(Device device, DataType type) {
    try (Scope scope = Scope.open(device)) {
      Tensor x = scope.operators().zeros(type, VALUES);
      scope.operators().addScalarInPlace(x, 0.01);
      return (double) VALUES * type.bytes() / seconds(scope, within -> within.multiply(x, 1.01));
    }
  }

  private interface Work {
    Tensor run(Operators ops);
  }

  private static double seconds(Scope scope, Work work) {
    double best = Double.POSITIVE_INFINITY;
    long begin = System.nanoTime();
    // the first one compiles
    for (int i = 0; i <= REPEATS || System.nanoTime() - begin < SECONDS * 1e9; i++) {
      try (Scope within = scope.child()) {
        Operators ops = within.operators();
        long start = System.nanoTime();
        Tensor result = work.run(ops);
        // on a GPU, reading a value waits for the end of the work
        ops.mean(ops.narrow(result, 0, 0, 1));
        best = Math.min(best, (System.nanoTime() - start) / 1e9);
      }
    }
    return best;
  }
}
