package io.telecomllm.training.settings;

import static com.google.common.base.Preconditions.checkArgument;

import io.telecomllm.training.optimizer.AdamW;
import io.telecomllm.training.optimizer.Schedule;

/**
 * The settings of a run, in TRL's words.
 *
 * <pre>{@code
 * QLoraTrainer.on(model).with(c -> c.learningRate(1e-4).lrScheduler(Schedule.LINEAR).warmupRatio(0.1));
 * }</pre>
 *
 * @param epochs {@code num_train_epochs}: how often each question is seen, 1 to 1000
 * @param maxSteps {@code max_steps}: the run ends after so many optimizer steps; 0 for no limit
 * @param batchSize {@code per_device_train_batch_size}: questions computed at a time
 * @param gradientAccumulation {@code gradient_accumulation_steps}: batches an optimizer step
 * @param maxSequenceLength the most tokens of a question with its answer
 * @param packing whether what several questions of a batch begin with is computed once; the numbers
 *     are the same but for rounding
 * @param shuffleOptions whether the options take another order each epoch
 * @param memoryLimit the most bytes that the run may take; 0: what the machine has free
 * @param seed where everything random comes from: orders, the adapter's first values, dropout,
 *     noise
 * @param optimizer how gradients change the adapter
 * @param schedule how the learning rate rises and falls
 * @param regularization what keeps the adapter from learning by heart
 * @param evaluation when the validation questions are asked, and what follows
 * @param checkpoint when the run is written to disk
 * @param anomaly what happens when numbers go wrong
 */
public record TrainingConfig(
    int epochs,
    int maxSteps,
    int batchSize,
    int gradientAccumulation,
    int maxSequenceLength,
    boolean packing,
    boolean shuffleOptions,
    long memoryLimit,
    long seed,
    OptimizerConfig optimizer,
    ScheduleConfig schedule,
    RegularizationConfig regularization,
    EvaluationConfig evaluation,
    CheckpointConfig checkpoint,
    AnomalyConfig anomaly) {

  /** Checks the ranges. */
  public TrainingConfig {
    Ranges.check("epochs", epochs, 1, 1000);
    Ranges.check("maxSteps", maxSteps, 0, Integer.MAX_VALUE);
    Ranges.check("batchSize", batchSize, 1, 1 << 16);
    Ranges.check("gradientAccumulation", gradientAccumulation, 1, 1 << 16);
    checkArgument(
        (long) batchSize * gradientAccumulation <= Integer.MAX_VALUE,
        "batchSize %s times gradientAccumulation %s is over %s questions a step",
        batchSize,
        gradientAccumulation,
        Integer.MAX_VALUE);
    Ranges.check("maxSequenceLength", maxSequenceLength, 2, 1 << 24);
    checkArgument(memoryLimit >= 0, "memoryLimit is %s bytes, must be at least 0", memoryLimit);
    checkArgument(
        maxSteps == 0 || schedule.warmupSteps() <= maxSteps,
        "warmupSteps is %s, but maxSteps is %s",
        schedule.warmupSteps(),
        maxSteps);
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
    builder.maxSequenceLength = maxSequenceLength;
    builder.packing = packing;
    builder.shuffleOptions = shuffleOptions;
    builder.memoryLimit = memoryLimit;
    builder.seed = seed;
    builder.learningRate = optimizer().learningRate();
    builder.eightBitOptimizer = optimizer().adamw().eightBit();
    builder.adamBeta1 = optimizer().adamw().beta1();
    builder.adamBeta2 = optimizer().adamw().beta2();
    builder.adamEpsilon = optimizer().adamw().epsilon();
    builder.weightDecay = optimizer().adamw().weightDecay();
    builder.maxGradientNorm = optimizer().maxGradientNorm();
    builder.loraPlusRatio = optimizer().loraPlusRatio();
    builder.lrScheduler = schedule().lrScheduler();
    builder.warmupRatio = schedule().warmupRatio();
    builder.warmupSteps = schedule().warmupSteps();
    builder.numCycles = schedule().numCycles();
    builder.minLrRate = schedule().minLrRate();
    builder.neftuneNoiseAlpha = regularization().neftuneNoiseAlpha();
    builder.labelSmoothing = regularization().labelSmoothing();
    builder.evalStrategy = evaluation().evalStrategy();
    builder.evalSteps = evaluation().evalSteps();
    builder.metricForBestModel = evaluation().metricForBestModel();
    builder.earlyStoppingPatience = evaluation().earlyStoppingPatience();
    builder.earlyStoppingThreshold = evaluation().earlyStoppingThreshold();
    builder.loadBestModelAtEnd = evaluation().loadBestModelAtEnd();
    builder.accuracyQuestions = evaluation().accuracyQuestions();
    builder.saveStrategy = checkpoint().saveStrategy();
    builder.saveSteps = checkpoint().saveSteps();
    builder.saveTotalLimit = checkpoint().saveTotalLimit();
    builder.anomalyPolicy = anomaly().anomalyPolicy();
    builder.lossSpikeFactor = anomaly().lossSpikeFactor();
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
    private int maxSequenceLength = 2048;
    private boolean packing = true;
    private boolean shuffleOptions = true;
    private long memoryLimit;
    private long seed = 3407;
    private double learningRate = 2e-4;
    private boolean eightBitOptimizer = true;
    private double adamBeta1 = 0.9;
    private double adamBeta2 = 0.999;
    private double adamEpsilon = 1e-8;
    private double weightDecay = 0.01;
    private double maxGradientNorm = 1;
    private double loraPlusRatio = 1;
    private Schedule lrScheduler = Schedule.COSINE;
    private double warmupRatio = 0.05;
    private int warmupSteps;
    private int numCycles = 1;
    private double minLrRate;
    private double neftuneNoiseAlpha;
    private double labelSmoothing;
    private IntervalStrategy evalStrategy = IntervalStrategy.EPOCH;
    private int evalSteps;
    private EvaluationConfig.Metric metricForBestModel = EvaluationConfig.Metric.LOSS;
    private int earlyStoppingPatience;
    private double earlyStoppingThreshold;
    private boolean loadBestModelAtEnd = true;
    private int accuracyQuestions = 100;
    private IntervalStrategy saveStrategy = IntervalStrategy.EPOCH;
    private int saveSteps;
    private int saveTotalLimit = 1;
    private AnomalyConfig.Policy anomalyPolicy = AnomalyConfig.Policy.STOP;
    private double lossSpikeFactor;

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

    /** {@link TrainingConfig#maxSequenceLength}. */
    public Builder maxSequenceLength(int value) {
      maxSequenceLength = value;
      return this;
    }

    /** {@link TrainingConfig#packing}. */
    public Builder packing(boolean value) {
      packing = value;
      return this;
    }

    /** {@link TrainingConfig#shuffleOptions}. */
    public Builder shuffleOptions(boolean value) {
      shuffleOptions = value;
      return this;
    }

    /** {@link TrainingConfig#memoryLimit}. */
    public Builder memoryLimit(long value) {
      memoryLimit = value;
      return this;
    }

    /** {@link TrainingConfig#seed}. */
    public Builder seed(long value) {
      seed = value;
      return this;
    }

    /** {@link OptimizerConfig#learningRate}. */
    public Builder learningRate(double value) {
      learningRate = value;
      return this;
    }

    /** {@link AdamW.Settings#eightBit}. */
    public Builder eightBitOptimizer(boolean value) {
      eightBitOptimizer = value;
      return this;
    }

    /** {@link AdamW.Settings#beta1}. */
    public Builder adamBeta1(double value) {
      adamBeta1 = value;
      return this;
    }

    /** {@link AdamW.Settings#beta2}. */
    public Builder adamBeta2(double value) {
      adamBeta2 = value;
      return this;
    }

    /** {@link AdamW.Settings#epsilon}. */
    public Builder adamEpsilon(double value) {
      adamEpsilon = value;
      return this;
    }

    /** {@link AdamW.Settings#weightDecay}. */
    public Builder weightDecay(double value) {
      weightDecay = value;
      return this;
    }

    /** {@link OptimizerConfig#maxGradientNorm}. */
    public Builder maxGradientNorm(double value) {
      maxGradientNorm = value;
      return this;
    }

    /** {@link OptimizerConfig#loraPlusRatio}. */
    public Builder loraPlusRatio(double value) {
      loraPlusRatio = value;
      return this;
    }

    /** {@link ScheduleConfig#lrScheduler}. */
    public Builder lrScheduler(Schedule value) {
      lrScheduler = value;
      return this;
    }

    /** {@link ScheduleConfig#warmupRatio}. */
    public Builder warmupRatio(double value) {
      warmupRatio = value;
      return this;
    }

    /** {@link ScheduleConfig#warmupSteps}. */
    public Builder warmupSteps(int value) {
      warmupSteps = value;
      return this;
    }

    /** {@link ScheduleConfig#numCycles}. */
    public Builder numCycles(int value) {
      numCycles = value;
      return this;
    }

    /** {@link ScheduleConfig#minLrRate}. */
    public Builder minLrRate(double value) {
      minLrRate = value;
      return this;
    }

    /** {@link RegularizationConfig#neftuneNoiseAlpha}. */
    public Builder neftuneNoiseAlpha(double value) {
      neftuneNoiseAlpha = value;
      return this;
    }

    /** {@link RegularizationConfig#labelSmoothing}. */
    public Builder labelSmoothing(double value) {
      labelSmoothing = value;
      return this;
    }

    /** {@link EvaluationConfig#evalStrategy}. */
    public Builder evalStrategy(IntervalStrategy value) {
      evalStrategy = value;
      return this;
    }

    /** {@link EvaluationConfig#evalSteps}. */
    public Builder evalSteps(int value) {
      evalSteps = value;
      return this;
    }

    /** {@link EvaluationConfig#metricForBestModel}. */
    public Builder metricForBestModel(EvaluationConfig.Metric value) {
      metricForBestModel = value;
      return this;
    }

    /** {@link EvaluationConfig#earlyStoppingPatience}. */
    public Builder earlyStoppingPatience(int value) {
      earlyStoppingPatience = value;
      return this;
    }

    /** {@link EvaluationConfig#earlyStoppingThreshold}. */
    public Builder earlyStoppingThreshold(double value) {
      earlyStoppingThreshold = value;
      return this;
    }

    /** {@link EvaluationConfig#loadBestModelAtEnd}. */
    public Builder loadBestModelAtEnd(boolean value) {
      loadBestModelAtEnd = value;
      return this;
    }

    /** {@link EvaluationConfig#accuracyQuestions}. */
    public Builder accuracyQuestions(int value) {
      accuracyQuestions = value;
      return this;
    }

    /** {@link CheckpointConfig#saveStrategy}. */
    public Builder saveStrategy(IntervalStrategy value) {
      saveStrategy = value;
      return this;
    }

    /** {@link CheckpointConfig#saveSteps}. */
    public Builder saveSteps(int value) {
      saveSteps = value;
      return this;
    }

    /** {@link CheckpointConfig#saveTotalLimit}. */
    public Builder saveTotalLimit(int value) {
      saveTotalLimit = value;
      return this;
    }

    /** {@link AnomalyConfig#anomalyPolicy}. */
    public Builder anomalyPolicy(AnomalyConfig.Policy value) {
      anomalyPolicy = value;
      return this;
    }

    /** {@link AnomalyConfig#lossSpikeFactor}. */
    public Builder lossSpikeFactor(double value) {
      lossSpikeFactor = value;
      return this;
    }

    /** The settings, checked. */
    public TrainingConfig build() {
      return new TrainingConfig(
          epochs,
          maxSteps,
          batchSize,
          gradientAccumulation,
          maxSequenceLength,
          packing,
          shuffleOptions,
          memoryLimit,
          seed,
          new OptimizerConfig(
              learningRate,
              new AdamW.Settings(adamBeta1, adamBeta2, adamEpsilon, weightDecay, eightBitOptimizer),
              maxGradientNorm,
              loraPlusRatio),
          new ScheduleConfig(lrScheduler, warmupRatio, warmupSteps, numCycles, minLrRate),
          new RegularizationConfig(neftuneNoiseAlpha, labelSmoothing),
          new EvaluationConfig(
              evalStrategy,
              evalSteps,
              metricForBestModel,
              earlyStoppingPatience,
              earlyStoppingThreshold,
              loadBestModelAtEnd,
              accuracyQuestions),
          new CheckpointConfig(saveStrategy, saveSteps, saveTotalLimit),
          new AnomalyConfig(anomalyPolicy, lossSpikeFactor));
    }
  }
}
