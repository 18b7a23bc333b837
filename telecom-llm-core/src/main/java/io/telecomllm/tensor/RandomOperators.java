package io.telecomllm.tensor;

import io.telecomllm.Internal;

/**
 * The operators that draw random values; {@link Operators} tells who owns their results. Each call
 * seeds the generator, so the same seed gives the same values on the same kind of device, whatever
 * was drawn before.
 */
@Internal
public final class RandomOperators {
  // libtorch has one generator per device: no thread may draw between its seeding and its use
  private static final Object GENERATOR = new Object();

  private final Operators ops;

  RandomOperators(Operators ops) {
    this.ops = ops;
  }

  /** Fills x with normally distributed values of mean 0. */
  static void normalInPlace(Tensor x, double standardDeviation, long seed) {
    synchronized (GENERATOR) {
      Operators.run("normal_", x, standardDeviation, seed);
    }
  }

  /**
   * Returns the dropout of x (Srivastava et al. 2014): each element is 0 with this probability,
   * else divided by 1 - probability, as in torch.
   *
   * @param probability 0 to less than 1
   */
  public Tensor dropout(Tensor x, double probability, Seed seed) {
    synchronized (GENERATOR) {
      return ops.tensor("dropout", x, 1 - probability, seed.value());
    }
  }

  /**
   * Computes y += the dropout of x. A seed, shape and type drop the same elements as in {@link
   * #dropout}, so this is its backward pass too.
   */
  public void addDropoutInPlace(Tensor y, Tensor x, double probability, Seed seed) {
    synchronized (GENERATOR) {
      Operators.run("add_dropout_", y, x, 1 - probability, seed.value());
    }
  }

  /**
   * Adds to x (rows, features) noise that is uniform between -magnitude and magnitude.
   *
   * @param magnitudes (rows), fp32: the magnitude of each row
   */
  public void addUniformInPlace(Tensor x, Tensor magnitudes, Seed seed) {
    synchronized (GENERATOR) {
      Operators.run("add_uniform_", x, magnitudes, seed.value());
    }
  }
}
