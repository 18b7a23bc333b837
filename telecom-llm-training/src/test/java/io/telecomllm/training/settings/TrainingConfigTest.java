package io.telecomllm.training.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.telecomllm.training.optimizer.AdamW;
import io.telecomllm.training.optimizer.LearningRate;
import io.telecomllm.training.optimizer.Schedule;
import io.telecomllm.training.settings.EvaluationConfig.Metric;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class TrainingConfigTest {
  private static final double INFINITE = Double.POSITIVE_INFINITY;

  private static TrainingConfig with(UnaryOperator<TrainingConfig.Builder> change) {
    return change.apply(TrainingConfig.builder()).build();
  }

  @Test
  void theDefaultsAreTheRecipe() {
    assertThat(TrainingConfig.defaults())
        .isEqualTo(
            new TrainingConfig(
                3,
                0,
                2,
                4,
                2048,
                true,
                true,
                1,
                0,
                0,
                3407,
                new OptimizerConfig(2e-4, new AdamW.Settings(0.9, 0.999, 1e-8, 0.01, true), 1, 1),
                new ScheduleConfig(Schedule.COSINE, 0.05, 0, 1, 0),
                new RegularizationConfig(0, 0),
                new PenaltyConfig(1, 0, 0, 0, 0.5, 1, 1, 0, 0),
                new RetrievalConfig(0, 0),
                new EvaluationConfig(
                    IntervalStrategy.EPOCH, 0, Metric.CHOICE_LOSS, 0, 0, true, 100),
                new CheckpointConfig(IntervalStrategy.EPOCH, 0, 1),
                new AnomalyConfig(AnomalyConfig.Policy.STOP, 0)));
    assertThat(TrainingConfig.defaults().effectiveBatch()).isEqualTo(8);
  }

  /** One value apart from the default for every setting of the builder. */
  private static final TrainingConfig.Builder OTHERS =
      TrainingConfig.builder()
          .epochs(4)
          .maxSteps(400)
          .batchSize(3)
          .gradientAccumulation(5)
          .maxSequenceLength(512)
          .textWeight(0.5)
          .abstentionShare(0.1)
          .costWeight(0.5)
          .brierWeight(0.25)
          .unlikelihoodWeight(0.125)
          .abstainCost(1)
          .wrongCost(4)
          .refutationMultiplier(2)
          .likelihoodWeight(0.75)
          .klWeight(0.04)
          .groupSize(8)
          .distractorShare(0.3)
          .closedBookShare(0.2)
          .packing(false)
          .shuffleOptions(false)
          .memoryLimit(1L << 33)
          .seed(-1)
          .learningRate(1e-4)
          .eightBitOptimizer(false)
          .adamBeta1(0.8)
          .adamBeta2(0.99)
          .adamEpsilon(1e-6)
          .weightDecay(0.1)
          .maxGradientNorm(INFINITE)
          .loraPlusRatio(16)
          .lrScheduler(Schedule.COSINE_WITH_RESTARTS)
          .warmupRatio(0.1)
          .warmupSteps(10)
          .numCycles(3)
          .minLrRate(0.2)
          .neftuneNoiseAlpha(5)
          .labelSmoothing(0.1)
          .evalStrategy(IntervalStrategy.STEPS)
          .evalSteps(50)
          .metricForBestModel(Metric.ACCURACY)
          .earlyStoppingPatience(2)
          .earlyStoppingThreshold(0.01)
          .loadBestModelAtEnd(false)
          .accuracyQuestions(20)
          .saveStrategy(IntervalStrategy.STEPS)
          .saveSteps(60)
          .saveTotalLimit(0)
          .anomalyPolicy(AnomalyConfig.Policy.SKIP)
          .lossSpikeFactor(3);

  @Test
  void everySettingReachesTheRecordAndComesBack() throws ReflectiveOperationException {
    TrainingConfig others = OTHERS.build();
    assertThat(others.toBuilder().build()).isEqualTo(others);
    Map<String, Object> changed = settings(others);
    Map<String, Object> recipe = settings(TrainingConfig.defaults());
    changed.forEach((name, value) -> assertThat(value).as(name).isNotEqualTo(recipe.get(name)));
    // a setter for each of them, and no other
    List<Method> setters =
        Arrays.stream(TrainingConfig.Builder.class.getMethods())
            .filter(m -> m.getReturnType() == TrainingConfig.Builder.class)
            .toList();
    assertThat(setters).hasSameSizeAs(changed.keySet()).hasSizeGreaterThan(30);
    for (Method setter : setters) {
      TrainingConfig.Builder builder = others.toBuilder();
      String name =
          switch (setter.getName()) {
            case "eightBitOptimizer" -> "eightBit";
            case "adamBeta1" -> "beta1";
            case "adamBeta2" -> "beta2";
            case "adamEpsilon" -> "epsilon";
            default -> setter.getName();
          };
      // only in the component of that name does this value change nothing
      assertThat(setter.invoke(builder, changed.get(name))).isSameAs(builder);
      assertThat(builder.build()).as(name).isEqualTo(others);
    }
  }

  /** The settings of a record and of those in it, by their names. */
  private static Map<String, Object> settings(Record record) throws ReflectiveOperationException {
    Map<String, Object> all = new LinkedHashMap<>();
    for (RecordComponent component : record.getClass().getRecordComponents()) {
      Object value = component.getAccessor().invoke(record);
      if (value instanceof Record inner) {
        all.putAll(settings(inner));
      } else {
        assertThat(all).doesNotContainKey(component.getName());
        all.put(component.getName(), value);
      }
    }
    return all;
  }

  @Test
  void itReadsWellThroughTheTrainersChange() {
    TrainingConfig config =
        with(b -> b.learningRate(1e-4).lrScheduler(Schedule.LINEAR).warmupRatio(0.1));
    assertThat(config.schedule().rates(config.optimizer().learningRate(), 100))
        .isEqualTo(new LearningRate(Schedule.LINEAR, 1e-4, 10, 100, 1, 0));
  }

  @Test
  void warmupIsRoundedUpAndStepsTakeItsPlace() {
    ScheduleConfig schedule = TrainingConfig.defaults().schedule();
    assertThat(schedule.rates(1, 101).warmupSteps()).isEqualTo(6);
    assertThat(schedule.rates(1, 1).warmupSteps()).isEqualTo(1);
    assertThat(with(b -> b.warmupSteps(7)).schedule().rates(1, 101).warmupSteps()).isEqualTo(7);
    assertThat(with(b -> b.warmupRatio(0)).schedule().rates(1, 101).warmupSteps()).isZero();
    assertThatThrownBy(() -> with(b -> b.warmupSteps(7)).schedule().rates(1, 6))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("warmupSteps is 7, but the run has 6 steps");
  }

  @Test
  void strategiesAreDue() {
    assertThat(IntervalStrategy.NO.due(10, 0, true)).isFalse();
    assertThat(IntervalStrategy.EPOCH.due(10, 0, true)).isTrue();
    assertThat(IntervalStrategy.EPOCH.due(10, 0, false)).isFalse();
    EvaluationConfig steps =
        with(b -> b.evalStrategy(IntervalStrategy.STEPS).evalSteps(5)).evaluation();
    assertThat(steps.due(10, false)).isTrue();
    assertThat(steps.due(11, true)).isFalse();
    assertThat(steps.due(0, false)).isFalse();
    CheckpointConfig saved =
        with(b -> b.saveStrategy(IntervalStrategy.STEPS).saveSteps(3)).checkpoint();
    assertThat(saved.due(9, false)).isTrue();
    assertThat(saved.due(10, true)).isFalse();
  }

  @Test
  void betterIsLessLossOrMoreAccuracyByMoreThanTheThreshold() {
    assertThat(Metric.LOSS.better(1.0, 1.5, 0)).isTrue();
    assertThat(Metric.LOSS.better(1.5, 1.5, 0)).isFalse();
    assertThat(Metric.LOSS.better(1.0, 1.5, 0.5)).isFalse();
    assertThat(Metric.ACCURACY.better(0.75, 0.5, 0.125)).isTrue();
    assertThat(Metric.ACCURACY.better(0.5, 0.75, 0)).isFalse();
    assertThat(Metric.LOSS.better(Double.NaN, 1, 0)).isFalse();
    assertThat(Metric.LOSS.better(1, INFINITE, 0)).isTrue();
    assertThat(Metric.ACCURACY.better(0, Double.NEGATIVE_INFINITY, 0)).isTrue();
  }

  @ParameterizedTest
  @MethodSource("refused")
  void whatCannotBeIsRefusedByName(UnaryOperator<TrainingConfig.Builder> change, String message) {
    assertThatThrownBy(() -> with(change))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  private static Arguments refuse(UnaryOperator<TrainingConfig.Builder> change, String message) {
    return Arguments.of(change, message);
  }

  static List<Arguments> refused() {
    IntervalStrategy steps = IntervalStrategy.STEPS;
    IntervalStrategy no = IntervalStrategy.NO;
    return List.of(
        refuse(b -> b.epochs(1001), "epochs is 1001, must be 1 to 1000"),
        refuse(b -> b.maxSteps(-1), "maxSteps is -1, must be 0 to 2147483647"),
        refuse(b -> b.batchSize(0), "batchSize is 0, must be 1 to 65536"),
        refuse(b -> b.gradientAccumulation(0), "gradientAccumulation is 0, must be 1 to 65536"),
        refuse(
            b -> b.batchSize(65536).gradientAccumulation(32768),
            "batchSize 65536 times gradientAccumulation 32768 is over 2147483647 questions a step"),
        refuse(b -> b.maxSequenceLength(1), "maxSequenceLength is 1, must be 2 to 16777216"),
        refuse(b -> b.memoryLimit(-1), "memoryLimit is -1 bytes, must be at least 0"),
        refuse(b -> b.learningRate(0), "learningRate is 0.0, must be over 0 and at most 1"),
        refuse(
            b -> b.learningRate(Double.NaN), "learningRate is NaN, must be over 0 and at most 1"),
        refuse(b -> b.adamBeta1(1), "beta1 is 1.0, must be 0 to less than 1"),
        refuse(b -> b.adamBeta2(-0.1), "beta2 is -0.1, must be 0 to less than 1"),
        refuse(b -> b.adamEpsilon(0), "epsilon is 0.0, must be over 0 and at most 1"),
        refuse(b -> b.weightDecay(1.5), "weightDecay is 1.5, must be 0 to 1"),
        refuse(b -> b.maxGradientNorm(0), "maxGradientNorm is 0.0, must be over 0"),
        refuse(b -> b.loraPlusRatio(0), "loraPlusRatio is 0.0, must be over 0 and at most 1000"),
        refuse(b -> b.warmupRatio(1.5), "warmupRatio is 1.5, must be 0 to 1"),
        refuse(b -> b.warmupSteps(-1), "warmupSteps is -1, must be 0 to 2147483647"),
        refuse(b -> b.warmupSteps(11).maxSteps(10), "warmupSteps is 11, but maxSteps is 10"),
        refuse(b -> b.numCycles(0), "numCycles is 0, must be 1 to 1000"),
        refuse(
            b -> b.numCycles(2),
            "numCycles is 2, but lrScheduler is COSINE: only COSINE_WITH_RESTARTS uses it"),
        refuse(b -> b.minLrRate(-0.5), "minLrRate is -0.5, must be 0 to 1"),
        refuse(
            b -> b.minLrRate(0.5).lrScheduler(Schedule.CONSTANT),
            "minLrRate is 0.5, but lrScheduler is CONSTANT, which does not fall"),
        refuse(b -> b.neftuneNoiseAlpha(-1), "neftuneNoiseAlpha is -1.0, must be 0 to 1000"),
        refuse(b -> b.labelSmoothing(1), "labelSmoothing is 1.0, must be 0 to less than 1"),
        refuse(b -> b.evalStrategy(steps), "evalStrategy is STEPS, but evalSteps is 0: set it"),
        refuse(
            b -> b.evalSteps(5), "evalSteps is 5, but evalStrategy is EPOCH: only STEPS uses it"),
        refuse(b -> b.evalSteps(-5), "evalSteps is -5, must be 0 to 2147483647"),
        refuse(
            b -> b.earlyStoppingPatience(-1),
            "earlyStoppingPatience is -1, must be 0 to 2147483647"),
        refuse(
            b -> b.earlyStoppingPatience(2).earlyStoppingThreshold(INFINITE),
            "earlyStoppingThreshold is Infinity, must be finite and at least 0"),
        refuse(
            b -> b.earlyStoppingThreshold(0.1),
            "earlyStoppingThreshold is 0.1, but earlyStoppingPatience is 0: the run does not stop"
                + " early"),
        refuse(
            b -> b.evalStrategy(no).earlyStoppingPatience(2),
            "earlyStoppingPatience is 2, but evalStrategy is NO: without evaluations nothing gets"
                + " better or worse"),
        refuse(
            b -> b.evalStrategy(no),
            "loadBestModelAtEnd is true, but evalStrategy is NO: without evaluations none is the"
                + " best; set loadBestModelAtEnd(false)"),
        refuse(
            b -> b.metricForBestModel(Metric.ACCURACY).accuracyQuestions(0),
            "metricForBestModel is ACCURACY, but accuracyQuestions is 0: no question is answered"),
        refuse(b -> b.accuracyQuestions(-1), "accuracyQuestions is -1, must be 0 to 2147483647"),
        refuse(b -> b.saveStrategy(steps), "saveStrategy is STEPS, but saveSteps is 0: set it"),
        refuse(
            b -> b.saveSteps(5), "saveSteps is 5, but saveStrategy is EPOCH: only STEPS uses it"),
        refuse(b -> b.saveTotalLimit(-1), "saveTotalLimit is -1, must be 0 to 2147483647"),
        refuse(b -> b.lossSpikeFactor(1), "lossSpikeFactor is 1.0, must be 0 or finite and over 1"),
        refuse(
            b -> b.lossSpikeFactor(-2), "lossSpikeFactor is -2.0, must be 0 or finite and over 1"));
  }

  @Test
  void withoutEvaluationsAndCheckpointsARunIsPossible() {
    TrainingConfig config =
        with(
            b ->
                b.evalStrategy(IntervalStrategy.NO)
                    .loadBestModelAtEnd(false)
                    .saveStrategy(IntervalStrategy.NO));
    assertThat(config.evaluation().due(10, true)).isFalse();
    assertThat(config.checkpoint().due(10, true)).isFalse();
    assertThat(config.schedule().rates(0.5, 20).at(1)).isCloseTo(0.5, within(1e-15));
  }
}
