package io.telecomllm.training.settings;

import static com.google.common.base.Preconditions.checkArgument;

import io.telecomllm.training.optimizer.AdamW;
import io.telecomllm.training.optimizer.Schedule;
import java.util.LinkedHashMap;
import java.util.Map;

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
    return new TrainingConfig(
        /* epochs= */ 3,
        /* maxSteps= */ 0,
        /* batchSize= */ 2,
        /* gradientAccumulation= */ 4,
        /* maxSequenceLength= */ 2048,
        /* packing= */ true,
        /* shuffleOptions= */ true,
        /* memoryLimit= */ 0,
        /* seed= */ 3407,
        OptimizerConfig.defaults(),
        ScheduleConfig.defaults(),
        RegularizationConfig.defaults(),
        EvaluationConfig.defaults(),
        CheckpointConfig.defaults(),
        AnomalyConfig.defaults());
  }

  /** Starts from the recipe. */
  public static Builder builder() {
    return defaults().toBuilder();
  }

  /** Starts from these settings. */
  public Builder toBuilder() {
    return new Builder(this);
  }

  /** Questions an optimizer step. */
  public int effectiveBatch() {
    return Math.multiplyExact(batchSize, gradientAccumulation);
  }

  /**
   * Collects changes of settings, of this record and of those in it; what is not set stays. Each
   * method sets the component to which its comment links.
   */
  public static final class Builder {
    private final TrainingConfig from;
    private final Map<String, Object> changes = new LinkedHashMap<>();

    private Builder(TrainingConfig from) {
      this.from = from;
    }

    private Builder set(String component, Object value) {
      changes.put(component, value);
      return this;
    }

    /** {@link TrainingConfig#epochs}. */
    public Builder epochs(int value) {
      return set("epochs", value);
    }

    /** {@link TrainingConfig#maxSteps}. */
    public Builder maxSteps(int value) {
      return set("maxSteps", value);
    }

    /** {@link TrainingConfig#batchSize}. */
    public Builder batchSize(int value) {
      return set("batchSize", value);
    }

    /** {@link TrainingConfig#gradientAccumulation}. */
    public Builder gradientAccumulation(int value) {
      return set("gradientAccumulation", value);
    }

    /** {@link TrainingConfig#maxSequenceLength}. */
    public Builder maxSequenceLength(int value) {
      return set("maxSequenceLength", value);
    }

    /** {@link TrainingConfig#packing}. */
    public Builder packing(boolean value) {
      return set("packing", value);
    }

    /** {@link TrainingConfig#shuffleOptions}. */
    public Builder shuffleOptions(boolean value) {
      return set("shuffleOptions", value);
    }

    /** {@link TrainingConfig#memoryLimit}. */
    public Builder memoryLimit(long value) {
      return set("memoryLimit", value);
    }

    /** {@link TrainingConfig#seed}. */
    public Builder seed(long value) {
      return set("seed", value);
    }

    /** {@link OptimizerConfig#learningRate}. */
    public Builder learningRate(double value) {
      return set("learningRate", value);
    }

    /** {@link AdamW.Settings#eightBit}. */
    public Builder eightBitOptimizer(boolean value) {
      return set("eightBit", value);
    }

    /** {@link AdamW.Settings#beta1}. */
    public Builder adamBeta1(double value) {
      return set("beta1", value);
    }

    /** {@link AdamW.Settings#beta2}. */
    public Builder adamBeta2(double value) {
      return set("beta2", value);
    }

    /** {@link AdamW.Settings#epsilon}. */
    public Builder adamEpsilon(double value) {
      return set("epsilon", value);
    }

    /** {@link AdamW.Settings#weightDecay}. */
    public Builder weightDecay(double value) {
      return set("weightDecay", value);
    }

    /** {@link OptimizerConfig#maxGradientNorm}. */
    public Builder maxGradientNorm(double value) {
      return set("maxGradientNorm", value);
    }

    /** {@link OptimizerConfig#loraPlusRatio}. */
    public Builder loraPlusRatio(double value) {
      return set("loraPlusRatio", value);
    }

    /** {@link ScheduleConfig#lrScheduler}. */
    public Builder lrScheduler(Schedule value) {
      return set("lrScheduler", value);
    }

    /** {@link ScheduleConfig#warmupRatio}. */
    public Builder warmupRatio(double value) {
      return set("warmupRatio", value);
    }

    /** {@link ScheduleConfig#warmupSteps}. */
    public Builder warmupSteps(int value) {
      return set("warmupSteps", value);
    }

    /** {@link ScheduleConfig#numCycles}. */
    public Builder numCycles(int value) {
      return set("numCycles", value);
    }

    /** {@link ScheduleConfig#minLrRate}. */
    public Builder minLrRate(double value) {
      return set("minLrRate", value);
    }

    /** {@link RegularizationConfig#neftuneNoiseAlpha}. */
    public Builder neftuneNoiseAlpha(double value) {
      return set("neftuneNoiseAlpha", value);
    }

    /** {@link RegularizationConfig#labelSmoothing}. */
    public Builder labelSmoothing(double value) {
      return set("labelSmoothing", value);
    }

    /** {@link EvaluationConfig#evalStrategy}. */
    public Builder evalStrategy(IntervalStrategy value) {
      return set("evalStrategy", value);
    }

    /** {@link EvaluationConfig#evalSteps}. */
    public Builder evalSteps(int value) {
      return set("evalSteps", value);
    }

    /** {@link EvaluationConfig#metricForBestModel}. */
    public Builder metricForBestModel(EvaluationConfig.Metric value) {
      return set("metricForBestModel", value);
    }

    /** {@link EvaluationConfig#earlyStoppingPatience}. */
    public Builder earlyStoppingPatience(int value) {
      return set("earlyStoppingPatience", value);
    }

    /** {@link EvaluationConfig#earlyStoppingThreshold}. */
    public Builder earlyStoppingThreshold(double value) {
      return set("earlyStoppingThreshold", value);
    }

    /** {@link EvaluationConfig#loadBestModelAtEnd}. */
    public Builder loadBestModelAtEnd(boolean value) {
      return set("loadBestModelAtEnd", value);
    }

    /** {@link EvaluationConfig#accuracyQuestions}. */
    public Builder accuracyQuestions(int value) {
      return set("accuracyQuestions", value);
    }

    /** {@link CheckpointConfig#saveStrategy}. */
    public Builder saveStrategy(IntervalStrategy value) {
      return set("saveStrategy", value);
    }

    /** {@link CheckpointConfig#saveSteps}. */
    public Builder saveSteps(int value) {
      return set("saveSteps", value);
    }

    /** {@link CheckpointConfig#saveTotalLimit}. */
    public Builder saveTotalLimit(int value) {
      return set("saveTotalLimit", value);
    }

    /** {@link AnomalyConfig#anomalyPolicy}. */
    public Builder anomalyPolicy(AnomalyConfig.Policy value) {
      return set("anomalyPolicy", value);
    }

    /** {@link AnomalyConfig#lossSpikeFactor}. */
    public Builder lossSpikeFactor(double value) {
      return set("lossSpikeFactor", value);
    }

    /** The settings, checked. */
    public TrainingConfig build() {
      return Records.withNested(from, changes);
    }
  }
}
