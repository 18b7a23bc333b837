package io.telecomllm.training;

import static com.google.common.base.Preconditions.checkArgument;

/**
 * The settings of a run, in TRL's words.
 *
 * @param epochs {@code num_train_epochs}: how often each question is seen, 1 to 1000
 * @param maxSteps {@code max_steps}: the run ends after so many optimizer steps; 0 for no limit
 * @param batchSize {@code per_device_train_batch_size}: questions computed at a time
 * @param gradientAccumulation {@code gradient_accumulation_steps}: batches an optimizer step
 * @param learningRate the highest rate
 * @param warmupRatio the share of the steps in which the rate rises, 0 to 1
 * @param weightDecay of AdamW
 * @param maxGradientNorm {@code max_grad_norm}: larger gradients are scaled down; infinite for no
 *     limit
 * @param eightBitOptimizer whether AdamW keeps its moments in 8 bits
 * @param maxSequenceLength the most tokens of a question with its answer
 * @param shuffleOptions whether the options take another order each epoch
 * @param seed where the order of questions and options and the adapter's first values come from
 */
public record TrainingConfig(
    int epochs,
    int maxSteps,
    int batchSize,
    int gradientAccumulation,
    double learningRate,
    double warmupRatio,
    double weightDecay,
    double maxGradientNorm,
    boolean eightBitOptimizer,
    int maxSequenceLength,
    boolean shuffleOptions,
    long seed) {

  /** Checks the ranges. */
  public TrainingConfig {
    checkRange("epochs", epochs, 1, 1000);
    checkRange("maxSteps", maxSteps, 0, Integer.MAX_VALUE);
    checkRange("batchSize", batchSize, 1, 1 << 16);
    checkRange("gradientAccumulation", gradientAccumulation, 1, 1 << 16);
    checkRange("maxSequenceLength", maxSequenceLength, 2, 1 << 24);
    checkArgument(
        learningRate > 0 && learningRate <= 1,
        "learningRate is %s, must be over 0 and at most 1",
        learningRate);
    checkArgument(
        warmupRatio >= 0 && warmupRatio <= 1, "warmupRatio is %s, must be 0 to 1", warmupRatio);
    checkArgument(
        weightDecay >= 0 && weightDecay <= 1, "weightDecay is %s, must be 0 to 1", weightDecay);
    checkArgument(maxGradientNorm > 0, "maxGradientNorm is %s, must be over 0", maxGradientNorm);
  }

  private static void checkRange(String field, int value, int min, int max) {
    checkArgument(
        value >= min && value <= max, "%s is %s, must be %s to %s", field, value, min, max);
  }

  /** The recipe: 3 epochs, 2 x 4 questions a step, 2e-4 with 5 % warm-up, decay 0.01, seed 3407. */
  public static TrainingConfig defaults() {
    return new Builder().build();
  }

  /** Starts from the recipe. */
  public static Builder builder() {
    return new Builder();
  }

  /** Starts from these settings. */
  public Builder toBuilder() {
    Builder builder = new Builder();
    builder.epochs = epochs;
    builder.maxSteps = maxSteps;
    builder.batchSize = batchSize;
    builder.gradientAccumulation = gradientAccumulation;
    builder.learningRate = learningRate;
    builder.warmupRatio = warmupRatio;
    builder.weightDecay = weightDecay;
    builder.maxGradientNorm = maxGradientNorm;
    builder.eightBitOptimizer = eightBitOptimizer;
    builder.maxSequenceLength = maxSequenceLength;
    builder.shuffleOptions = shuffleOptions;
    builder.seed = seed;
    return builder;
  }

  /** Questions an optimizer step. */
  public int effectiveBatch() {
    return Math.multiplyExact(batchSize, gradientAccumulation);
  }

  /** Collects settings; what is not set keeps the recipe's value. */
  public static final class Builder {
    private int epochs = 3;
    private int maxSteps;
    private int batchSize = 2;
    private int gradientAccumulation = 4;
    private double learningRate = 2e-4;
    private double warmupRatio = 0.05;
    private double weightDecay = 0.01;
    private double maxGradientNorm = 1.0;
    private boolean eightBitOptimizer = true;
    private int maxSequenceLength = 2048;
    private boolean shuffleOptions = true;
    private long seed = 3407;

    private Builder() {}

    /** {@link TrainingConfig#epochs}. */
    public Builder epochs(int value) {
      epochs = value;
      return this;
    }

    /** {@link TrainingConfig#maxSteps}. */
    public Builder maxSteps(int value) {
      maxSteps = value;
      return this;
    }

    /** {@link TrainingConfig#batchSize}. */
    public Builder batchSize(int value) {
      batchSize = value;
      return this;
    }

    /** {@link TrainingConfig#gradientAccumulation}. */
    public Builder gradientAccumulation(int value) {
      gradientAccumulation = value;
      return this;
    }

    /** {@link TrainingConfig#learningRate}. */
    public Builder learningRate(double value) {
      learningRate = value;
      return this;
    }

    /** {@link TrainingConfig#warmupRatio}. */
    public Builder warmupRatio(double value) {
      warmupRatio = value;
      return this;
    }

    /** {@link TrainingConfig#weightDecay}. */
    public Builder weightDecay(double value) {
      weightDecay = value;
      return this;
    }

    /** {@link TrainingConfig#maxGradientNorm}. */
    public Builder maxGradientNorm(double value) {
      maxGradientNorm = value;
      return this;
    }

    /** {@link TrainingConfig#eightBitOptimizer}. */
    public Builder eightBitOptimizer(boolean value) {
      eightBitOptimizer = value;
      return this;
    }

    /** {@link TrainingConfig#maxSequenceLength}. */
    public Builder maxSequenceLength(int value) {
      maxSequenceLength = value;
      return this;
    }

    /** {@link TrainingConfig#shuffleOptions}. */
    public Builder shuffleOptions(boolean value) {
      shuffleOptions = value;
      return this;
    }

    /** {@link TrainingConfig#seed}. */
    public Builder seed(long value) {
      seed = value;
      return this;
    }

    /** The settings, checked. */
    public TrainingConfig build() {
      return new TrainingConfig(
          epochs,
          maxSteps,
          batchSize,
          gradientAccumulation,
          learningRate,
          warmupRatio,
          weightDecay,
          maxGradientNorm,
          eightBitOptimizer,
          maxSequenceLength,
          shuffleOptions,
          seed);
    }
  }
}
