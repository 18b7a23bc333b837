package io.telecomllm.tensor;

/**
 * The operators that draw random values; see {@link Operators}. Each seeds its generator itself, so
 * the same seed gives the same values on the same kind of device, whatever was drawn before.
 */
public final class RandomOperators {
  // libtorch has one generator a device: nobody may draw between its seeding and its use
  private static final Object GENERATOR = new Object();

  private final Operators ops;

  RandomOperators(Operators ops) {
    this.ops = ops;
  }

  /** Fills x with normal values of mean 0. */
  static void normalInPlace(Tensor x, double standardDeviation, long seed) {
    synchronized (GENERATOR) {
      Operators.run("normal_", x, standardDeviation, seed);
    }
  }

  /**
   * Dropout (Srivastava et al. 2014): each element 0 with that probability, else divided by the
   * probability of the contrary, as torch has it.
   *
   * @param probability 0 to less than 1
   */
  public Tensor dropout(Tensor x, double probability, Seed seed) {
    synchronized (GENERATOR) {
      return ops.tensor("dropout", x, 1 - probability, seed.value());
    }
  }

  /**
   * y += the dropout of x: for a seed, a shape and a type the same elements as in {@link #dropout},
   * of which it is the backward too.
   */
  public void addDropoutInPlace(Tensor y, Tensor x, double probability, Seed seed) {
    synchronized (GENERATOR) {
      Operators.run("add_dropout_", y, x, 1 - probability, seed.value());
    }
  }

  /**
   * x (rows, features) += noise that is uniform between -magnitude and magnitude.
   *
   * @param magnitudes (rows), fp32: each row's own
   */
  public void addUniformInPlace(Tensor x, Tensor magnitudes, Seed seed) {
    synchronized (GENERATOR) {
      Operators.run("add_uniform_", x, magnitudes, seed.value());
    }
  }
}
