package io.telecomllm.tensor;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;

/** The oracle: a naive formula in fp32, differentiated by libtorch's own autograd. */
public final class Autograd {
  private static final Queue<NDArray> HELD = new ConcurrentLinkedQueue<>();

  private Autograd() {}

  /** Values in a shape. */
  public record Values(float[] values, long... shape) {
    /** Uniform from -1 to 1. */
    public static Values random(long seed, long... shape) {
      int n = 1;
      for (long dimension : shape) {
        n = Math.toIntExact(n * dimension);
      }
      SplittableRandom random = new SplittableRandom(seed);
      float[] values = new float[n];
      for (int i = 0; i < n; i++) {
        values[i] = (float) (random.nextDouble() * 2 - 1);
      }
      return new Values(values, shape);
    }

    /** As a tensor of the operators. */
    public Tensor in(Operators ops) {
      return ops.floats(values, shape);
    }
  }

  /** The formula's value, and the gradient of each input when the value's gradient is {@code g}. */
  public record Result(float[] value, List<float[]> gradients) {}

  /**
   * An array of Java values. DJL leaves them in a buffer of Java's, which the garbage collector
   * takes with the array while libtorch still needs it for the backward: so it is held until then.
   */
  public static NDArray constant(NDManager manager, float[] values, long... shape) {
    NDArray array = manager.create(values, new Shape(shape));
    HELD.add(array);
    return array;
  }

  /** x times a number; DJL's own form leaves the number to the garbage collector too. */
  public static NDArray times(NDArray x, double number) {
    return x.mul(constant(x.getManager(), new float[] {(float) number}, 1));
  }

  /** 1 / x. */
  public static NDArray inverse(NDArray x) {
    return constant(x.getManager(), new float[] {1}, 1).div(x);
  }

  /** Runs the formula forward and backward. */
  public static Result differentiate(
      Function<List<NDArray>, NDArray> formula, Values g, Values... inputs) {
    try (NDManager manager = NDManager.newBaseManager(ai.djl.Device.cpu(), "PyTorch")) {
      List<NDArray> arrays = new ArrayList<>();
      for (Values input : inputs) {
        NDArray array = constant(manager, input.values(), input.shape());
        array.setRequiresGradient(true);
        arrays.add(array);
      }
      NDArray weights = constant(manager, g.values(), g.shape());
      try (GradientCollector collector = Engine.getEngine("PyTorch").newGradientCollector()) {
        NDArray value = formula.apply(arrays);
        collector.backward(value.mul(weights).sum());
        return new Result(
            value.toFloatArray(),
            arrays.stream().map(a -> a.getGradient().toFloatArray()).toList());
      }
    } finally {
      HELD.clear();
    }
  }
}
