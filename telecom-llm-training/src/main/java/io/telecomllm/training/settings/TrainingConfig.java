package io.telecomllm.training.settings;

import static com.google.common.base.Preconditions.checkArgument;

import io.telecomllm.Records;
import io.telecomllm.training.optimizer.AdamW;
import io.telecomllm.training.optimizer.Schedule;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The settings of a run, named as in TRL.
 *
 * <pre>{@code
 * QLoraTrainer.on(model).with(c -> c.learningRate(1e-4).lrScheduler(Schedule.LINEAR).warmupRatio(0.1));
 * }</pre>
 *
 * @param epochs {@code num_train_epochs}: the number of training passes over the questions, 1 to
 *     1000
 * @param maxSteps {@code max_steps}: the most optimizer steps; 0 for no limit
 * @param batchSize {@code per_device_train_batch_size}: the number of questions in a batch, 1 to
 *     65536. How many are computed at a time depends on memory
 * @param gradientAccumulation {@code gradient_accumulation_steps}: the number of batches per
 *     optimizer step, 1 to 65536
 * @param maxSequenceLength the most tokens of a question with its answer, 2 to 2^24
 * @param packing whether a beginning that several questions of a batch share is computed once;
 *     results differ only by rounding
 * @param shuffleOptions whether the options are put in another order in each epoch
 * @param textWeight the weight in the loss of each token of an answer but the one that chooses the
 *     option, which has 1; 0 to 1. With 0 the choice alone is learnt, with 1 all tokens count alike
 * @param abstentionShare the share of questions, drawn in each epoch, whose right option is taken
 *     out, so that the answer to learn is that it is not known; 0 to 1. A question of two options,
 *     or with options that point at others, keeps them. Over 0 the prompt offers to abstain
 * @param memoryLimit the most memory that the run may take, in bytes; 0 for what the machine has
 *     free
 * @param seed the seed of everything random: orders, the adapter's first values, dropout, noise
 * @param optimizer how gradients change the adapter
 * @param schedule how the learning rate rises and falls
 * @param regularization what keeps the adapter from memorising its questions
 * @param penalty what wrong answers cost
 * @param retrieval how often questions have references that do not answer them
 * @param evaluation when the run is evaluated, and what it does with the results
 * @param checkpoint when the run writes checkpoints
 * @param anomaly what the run does when numbers go wrong
 */
public record TrainingConfig(
    int epochs,
    int maxSteps,
    int batchSize,
    int gradientAccumulation,
    int maxSequenceLength,
    boolean packing,
    boolean shuffleOptions,
    double textWeight,
    double abstentionShare,
    long memoryLimit,
    long seed,
    OptimizerConfig optimizer,
    ScheduleConfig schedule,
    RegularizationConfig regularization,
    PenaltyConfig penalty,
    RetrievalConfig retrieval,
    EvaluationConfig evaluation,
    CheckpointConfig checkpoint,
    AnomalyConfig anomaly) {

  /** Checks the ranges, and that the warm-up fits into the steps. */
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
    Ranges.check("textWeight", textWeight, 0, 1);
    Ranges.check("abstentionShare", abstentionShare, 0, 1);
    checkArgument(memoryLimit >= 0, "memoryLimit is %s bytes, must be at least 0", memoryLimit);
    checkArgument(
        maxSteps == 0 || schedule.warmupSteps() <= maxSteps,
        "warmupSteps is %s, but maxSteps is %s",
        schedule.warmupSteps(),
        maxSteps);
  }

  /**
   * Returns the default settings: 3 epochs, 2 x 4 questions a step, 2e-4 with 5 % warm-up, decay
   * 0.01, seed 3407.
   */
  public static TrainingConfig defaults() {
    return new TrainingConfig(
        /* epochs= */ 3,
        /* maxSteps= */ 0,
        /* batchSize= */ 2,
        /* gradientAccumulation= */ 4,
        /* maxSequenceLength= */ 2048,
        /* packing= */ true,
        /* shuffleOptions= */ true,
        /* textWeight= */ 1,
        /* abstentionShare= */ 0,
        /* memoryLimit= */ 0,
        /* seed= */ 3407,
        OptimizerConfig.defaults(),
        ScheduleConfig.defaults(),
        RegularizationConfig.defaults(),
        PenaltyConfig.defaults(),
        RetrievalConfig.defaults(),
        EvaluationConfig.defaults(),
        CheckpointConfig.defaults(),
        AnomalyConfig.defaults());
  }

  /** Returns a builder that starts from the default settings. */
  public static Builder builder() {
    return defaults().toBuilder();
  }

  /** Returns a builder that starts from these settings. */
  public Builder toBuilder() {
    return new Builder(this);
  }

  /** Returns the number of questions per optimizer step. */
  public int effectiveBatch() {
    return Math.multiplyExact(batchSize, gradientAccumulation);
  }

  /** Returns whether the prompt offers to say that the answer is not known. */
  public boolean offersAbstention() {
    return abstentionShare > 0 || penalty.costWeight() > 0;
  }

  /**
   * Collects changes of settings of the record and of the records in it; other settings stay. Each
   * method sets the component that its comment links to.
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

    /** Sets {@link TrainingConfig#epochs}. */
    public Builder epochs(int value) {
      return set("epochs", value);
    }

    /** Sets {@link TrainingConfig#maxSteps}. */
    public Builder maxSteps(int value) {
      return set("maxSteps", value);
    }

    /** Sets {@link TrainingConfig#batchSize}. */
    public Builder batchSize(int value) {
      return set("batchSize", value);
    }

    /** Sets {@link TrainingConfig#gradientAccumulation}. */
    public Builder gradientAccumulation(int value) {
      return set("gradientAccumulation", value);
    }

    /** Sets {@link TrainingConfig#maxSequenceLength}. */
    public Builder maxSequenceLength(int value) {
      return set("maxSequenceLength", value);
    }

    /** Sets {@link TrainingConfig#packing}. */
    public Builder packing(boolean value) {
      return set("packing", value);
    }

    /** Sets {@link TrainingConfig#shuffleOptions}. */
    public Builder shuffleOptions(boolean value) {
      return set("shuffleOptions", value);
    }

    /** Sets {@link TrainingConfig#textWeight}. */
    public Builder textWeight(double value) {
      return set("textWeight", value);
    }

    /** Sets {@link TrainingConfig#abstentionShare}. */
    public Builder abstentionShare(double value) {
      return set("abstentionShare", value);
    }

    /** Sets {@link TrainingConfig#memoryLimit}. */
    public Builder memoryLimit(long value) {
      return set("memoryLimit", value);
    }

    /** Sets {@link TrainingConfig#seed}. */
    public Builder seed(long value) {
      return set("seed", value);
    }

    /** Sets {@link OptimizerConfig#learningRate}. */
    public Builder learningRate(double value) {
      return set("learningRate", value);
    }

    /** Sets {@link AdamW.Settings#eightBit}. */
    public Builder eightBitOptimizer(boolean value) {
      return set("eightBit", value);
    }

    /** Sets {@link AdamW.Settings#beta1}. */
    public Builder adamBeta1(double value) {
      return set("beta1", value);
    }

    /** Sets {@link AdamW.Settings#beta2}. */
    public Builder adamBeta2(double value) {
      return set("beta2", value);
    }

    /** Sets {@link AdamW.Settings#epsilon}. */
    public Builder adamEpsilon(double value) {
      return set("epsilon", value);
    }

    /** Sets {@link AdamW.Settings#weightDecay}. */
    public Builder weightDecay(double value) {
      return set("weightDecay", value);
    }

    /** Sets {@link OptimizerConfig#maxGradientNorm}. */
    public Builder maxGradientNorm(double value) {
      return set("maxGradientNorm", value);
    }

    /** Sets {@link OptimizerConfig#loraPlusRatio}. */
    public Builder loraPlusRatio(double value) {
      return set("loraPlusRatio", value);
    }

    /** Sets {@link ScheduleConfig#lrScheduler}. */
    public Builder lrScheduler(Schedule value) {
      return set("lrScheduler", value);
    }

    /** Sets {@link ScheduleConfig#warmupRatio}. */
    public Builder warmupRatio(double value) {
      return set("warmupRatio", value);
    }

    /** Sets {@link ScheduleConfig#warmupSteps}. */
    public Builder warmupSteps(int value) {
      return set("warmupSteps", value);
    }

    /** Sets {@link ScheduleConfig#numCycles}. */
    public Builder numCycles(int value) {
      return set("numCycles", value);
    }

    /** Sets {@link ScheduleConfig#minLrRate}. */
    public Builder minLrRate(double value) {
      return set("minLrRate", value);
    }

    /** Sets {@link RegularizationConfig#neftuneNoiseAlpha}. */
    public Builder neftuneNoiseAlpha(double value) {
      return set("neftuneNoiseAlpha", value);
    }

    /** Sets {@link RegularizationConfig#labelSmoothing}. */
    public Builder labelSmoothing(double value) {
      return set("labelSmoothing", value);
    }

    /** Sets {@link PenaltyConfig#likelihoodWeight}. */
    public Builder likelihoodWeight(double value) {
      return set("likelihoodWeight", value);
    }

    /** Sets {@link PenaltyConfig#costWeight}. */
    public Builder costWeight(double value) {
      return set("costWeight", value);
    }

    /** Sets {@link PenaltyConfig#brierWeight}. */
    public Builder brierWeight(double value) {
      return set("brierWeight", value);
    }

    /** Sets {@link PenaltyConfig#unlikelihoodWeight}. */
    public Builder unlikelihoodWeight(double value) {
      return set("unlikelihoodWeight", value);
    }

    /** Sets {@link PenaltyConfig#abstainCost}. */
    public Builder abstainCost(double value) {
      return set("abstainCost", value);
    }

    /** Sets {@link PenaltyConfig#wrongCost}. */
    public Builder wrongCost(double value) {
      return set("wrongCost", value);
    }

    /** Sets {@link PenaltyConfig#refutationMultiplier}. */
    public Builder refutationMultiplier(double value) {
      return set("refutationMultiplier", value);
    }

    /** Sets {@link PenaltyConfig#klWeight}. */
    public Builder klWeight(double value) {
      return set("klWeight", value);
    }

    /** Sets {@link PenaltyConfig#groupSize}. */
    public Builder groupSize(int value) {
      return set("groupSize", value);
    }

    /** Sets {@link RetrievalConfig#distractorShare}. */
    public Builder distractorShare(double value) {
      return set("distractorShare", value);
    }

    /** Sets {@link RetrievalConfig#closedBookShare}. */
    public Builder closedBookShare(double value) {
      return set("closedBookShare", value);
    }

    /** Sets {@link EvaluationConfig#evalStrategy}. */
    public Builder evalStrategy(IntervalStrategy value) {
      return set("evalStrategy", value);
    }

    /** Sets {@link EvaluationConfig#evalSteps}. */
    public Builder evalSteps(int value) {
      return set("evalSteps", value);
    }

    /** Sets {@link EvaluationConfig#metricForBestModel}. */
    public Builder metricForBestModel(EvaluationConfig.Metric value) {
      return set("metricForBestModel", value);
    }

    /** Sets {@link EvaluationConfig#earlyStoppingPatience}. */
    public Builder earlyStoppingPatience(int value) {
      return set("earlyStoppingPatience", value);
    }

    /** Sets {@link EvaluationConfig#earlyStoppingThreshold}. */
    public Builder earlyStoppingThreshold(double value) {
      return set("earlyStoppingThreshold", value);
    }

    /** Sets {@link EvaluationConfig#loadBestModelAtEnd}. */
    public Builder loadBestModelAtEnd(boolean value) {
      return set("loadBestModelAtEnd", value);
    }

    /** Sets {@link EvaluationConfig#accuracyQuestions}. */
    public Builder accuracyQuestions(int value) {
      return set("accuracyQuestions", value);
    }

    /** Sets {@link CheckpointConfig#saveStrategy}. */
    public Builder saveStrategy(IntervalStrategy value) {
      return set("saveStrategy", value);
    }

    /** Sets {@link CheckpointConfig#saveSteps}. */
    public Builder saveSteps(int value) {
      return set("saveSteps", value);
    }

    /** Sets {@link CheckpointConfig#saveTotalLimit}. */
    public Builder saveTotalLimit(int value) {
      return set("saveTotalLimit", value);
    }

    /** Sets {@link AnomalyConfig#anomalyPolicy}. */
    public Builder anomalyPolicy(AnomalyConfig.Policy value) {
      return set("anomalyPolicy", value);
    }

    /** Sets {@link AnomalyConfig#lossSpikeFactor}. */
    public Builder lossSpikeFactor(double value) {
      return set("lossSpikeFactor", value);
    }

    /** Returns the changed settings, checked. */
    public TrainingConfig build() {
      return Records.withNested(from, changes);
    }
  }
}
