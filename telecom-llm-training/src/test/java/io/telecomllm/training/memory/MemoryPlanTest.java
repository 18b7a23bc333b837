package io.telecomllm.training.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.telecomllm.lora.LoraAdapter;
import io.telecomllm.lora.LoraConfig;
import io.telecomllm.lora.LoraInitialization;
import io.telecomllm.lora.LoraTargets;
import io.telecomllm.lora.TargetModule;
import io.telecomllm.model.Activation;
import io.telecomllm.model.Architecture;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.model.ModelConfig;
import io.telecomllm.model.files.ModelLoader;
import io.telecomllm.quantization.FourBitCode;
import io.telecomllm.quantization.QuantizationConfig;
import io.telecomllm.tensor.DataType;
import io.telecomllm.tensor.Device;
import io.telecomllm.testing.Shared;
import io.telecomllm.testing.TinyModel;
import io.telecomllm.training.settings.TrainingConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MemoryPlanTest {
  private static final DeviceSpeed SPEED = new DeviceSpeed(4e11, 1e9, 4e9);

  private static ModelConfig phi3Mini(int layers) {
    return ModelConfig.builder(Architecture.PHI3).layers(layers).build();
  }

  private static ModelConfig small(Architecture architecture) {
    boolean gated = architecture != Architecture.PHI2 && architecture != Architecture.FALCON;
    return ModelConfig.builder(architecture)
        .hiddenSize(64)
        .intermediateSize(128)
        .layers(3)
        .heads(4, architecture == Architecture.FALCON ? 1 : 2, 16)
        .vocabularySize(96)
        .contextLength(64)
        .activation(gated ? Activation.SWIGLU : Activation.GELU)
        .biases(
            architecture == Architecture.QWEN2
                ? Set.of(TargetModule.Q, TargetModule.K, TargetModule.V)
                : Set.of())
        .tiedEmbeddings(architecture == Architecture.QWEN2)
        .build();
  }

  private static MemoryPlan plan(ModelConfig model, LoraConfig lora, TrainingConfig config) {
    return MemoryPlan.of(model, lora, config)
        .device(Device.cpu())
        .computeType(DataType.BFLOAT16)
        .freedMemoryReturned(false)
        .speed(SPEED);
  }

  private static MemoryPlan plan(int layers, int batch, int rank, int longest) {
    return plan(
        phi3Mini(layers),
        LoraConfig.builder().rank(rank).build(),
        TrainingConfig.builder().batchSize(batch).maxSequenceLength(longest).build());
  }

  private static TrainingConfig batch(int size) {
    return TrainingConfig.builder().batchSize(size).gradientAccumulation(1).build();
  }

  @Test
  void theRecipeHasAsManyParametersAsPublished() {
    MemoryPlan plan = plan(phi3Mini(32), LoraConfig.defaults(), TrainingConfig.defaults());
    assertThat(plan.trainableParameters()).isEqualTo(25_165_824);
  }

  @Test
  @Tag("shared")
  void blocksOfAGgufFileCountAsTheyAre() {
    MemoryPlan plan = MemoryPlan.of(Shared.gguf(), LoraConfig.defaults(), batch(2)).speed(SPEED);
    try (LanguageModel model = ModelLoader.load(Shared.gguf())) {
      assertThat(plan.weightBytes()).isEqualTo(model.weightBytes());
      MemoryPlan loaded =
          MemoryUse.plan(model, LoraConfig.defaults(), batch(2), QuestionLengths.teleQnA())
              .speed(SPEED);
      assertThat(loaded.parts()).isEqualTo(plan.parts());
      MemoryPlan packed = plan.quantization(Optional.of(QuantizationConfig.nf4()));
      assertThat(packed.weightBytes()).isGreaterThan(plan.weightBytes());
      assertThat(packed.secondsPerStep()).isLessThan(plan.secondsPerStep());
      assertThat(plan.unpackedLayerBytes()).isPositive().isEqualTo(packed.unpackedLayerBytes());
    }
  }

  @Property(tries = 60)
  void partsSumToThePeakAndNoneIsNegative(
      @ForAll @IntRange(min = 1, max = 6) int layers,
      @ForAll @IntRange(min = 1, max = 16) int batch,
      @ForAll @IntRange(min = 1, max = 128) int rank) {
    MemoryPlan plan = plan(layers, batch, rank, 512);
    assertThat(plan.parts().keySet()).containsExactly(MemoryPlan.Part.values());
    assertThat(plan.parts().values()).allMatch(bytes -> bytes >= 0);
    assertThat(plan.parts().values().stream().mapToLong(Long::longValue).sum())
        .isEqualTo(plan.peakBytes());
    assertThat(plan.parts().get(MemoryPlan.Part.WEIGHTS)).isEqualTo(plan.weightBytes());
  }

  @Property(tries = 60)
  void moreOfAnythingNeedsNoLess(
      @ForAll @IntRange(min = 1, max = 6) int layers,
      @ForAll @IntRange(min = 1, max = 16) int batch,
      @ForAll @IntRange(min = 1, max = 128) int rank,
      @ForAll @IntRange(min = 64, max = 1024) int longest) {
    MemoryPlan plan = plan(layers, batch, rank, longest);
    long tensors = tensors(plan);
    assertThat(tensors(plan(layers + 1, batch, rank, longest))).isGreaterThan(tensors);
    // one short question more may round to the same number of rows, two cannot
    assertThat(tensors(plan(layers, batch + 2, rank, longest))).isGreaterThan(tensors);
    assertThat(tensors(plan(layers, batch, rank + 1, longest))).isGreaterThan(tensors);
    assertThat(tensors(plan(layers, batch, rank, longest + 1))).isGreaterThanOrEqualTo(tensors);
    double seconds = plan.secondsPerStep();
    assertThat(plan(layers + 1, batch, rank, longest).secondsPerStep()).isGreaterThan(seconds);
    assertThat(plan(layers, batch + 1, rank, longest).secondsPerStep()).isGreaterThan(seconds);
  }

  /** What is derived: without the process's own and what its allocator loses. */
  private static long tensors(MemoryPlan plan) {
    return plan.peakBytes() - plan.parts().getOrDefault(MemoryPlan.Part.RUNTIME, 0L);
  }

  @Test
  void weightsAndAdaptersAreAsLargeAsRealOnes() {
    LoraConfig joined = LoraConfig.builder().rank(4).build();
    LoraConfig apart =
        joined.toBuilder()
            .targets(new LoraTargets.Roles(Set.of(TargetModule.Q, TargetModule.DOWN)))
            .build();
    LoraConfig pissa = joined.toBuilder().initialization(LoraInitialization.PISSA).build();
    LoraConfig whole = joined.toBuilder().modulesToSave("lm_head").build();
    List<Optional<QuantizationConfig>> packings =
        List.of(
            Optional.empty(),
            Optional.of(QuantizationConfig.nf4()),
            Optional.of(new QuantizationConfig(FourBitCode.FP4, false, 128)));
    for (Architecture architecture : Architecture.values()) {
      ModelConfig config = small(architecture);
      for (Optional<QuantizationConfig> packing : packings) {
        ModelLoader loader =
            ModelLoader.random(config, 0.02, 1).device(Device.cpu()).computeType(DataType.BFLOAT16);
        try (LanguageModel model =
            packing.map(loader::quantization).orElseGet(loader::dense).load()) {
          MemoryPlan plan = plan(config, joined, batch(1)).quantization(packing);
          assertThat(plan.weightBytes())
              .as("%s %s", architecture, packing)
              .isEqualTo(model.weightBytes());
          for (LoraConfig lora : List.of(joined, apart, pissa, whole)) {
            try (LoraAdapter adapter = LoraAdapter.create(lora, model, 1)) {
              assertThat(plan(config, lora, batch(1)).quantization(packing).trainableParameters())
                  .as("%s %s", architecture, lora)
                  .isEqualTo(adapter.trainableParameters());
            }
          }
        }
      }
    }
  }

  @Test
  void theShapeIsReadWithoutTheWeights(@TempDir Path folder) throws IOException {
    TinyModel.write(folder, 256);
    java.nio.file.Files.delete(folder.resolve("model.safetensors"));
    ModelConfig config = ModelLoader.config(folder);
    assertThat(config.hiddenSize()).isEqualTo(32);
    assertThat(config.contextLength()).isEqualTo(256);
    assertThat(config.linearLayers()).hasSize(14);
  }

  @Test
  void theSmallestChangeThatFitsIsTheFirstInItsOrder() {
    MemoryPlan dense =
        plan(phi3Mini(4), LoraConfig.builder().rank(64).build(), batch(8))
            .quantization(Optional.empty());
    List<MemoryPlan.Change> order = new Changes(dense).all();
    assertThat(order.get(0).what()).isEqualTo("batchSize 8 -> 4, gradientAccumulation 1 -> 2");
    assertThat(order).extracting(MemoryPlan.Change::what).contains("weights BFLOAT16 -> NF4");
    assertThat(order.get(order.size() - 1).what())
        .isEqualTo(
            "batchSize 8 -> 1, gradientAccumulation 1 -> 8, weights BFLOAT16 -> NF4,"
                + " maxSequenceLength 2048 -> 64, rank 64 -> 4");
    long least = order.stream().mapToLong(c -> c.plan().peakBytes()).min().orElseThrow();
    for (long bytes = least; bytes < dense.peakBytes(); bytes += 37 << 20) {
      MemoryPlan.Change change = dense.smallestChange(bytes).orElseThrow();
      assertThat(change.plan().fits(bytes)).isTrue();
      int place =
          order.indexOf(
              order.stream().filter(c -> c.what().equals(change.what())).findFirst().orElseThrow());
      for (MemoryPlan.Change milder : order.subList(0, place)) {
        assertThat(milder.plan().fits(bytes)).as(milder.what()).isFalse();
      }
      assertThat(change.config().effectiveBatch()).isEqualTo(8);
      assertThat(change.lora().alpha() / change.lora().rank()).isEqualTo(16.0 / 64);
    }
    assertThat(dense.smallestChange(dense.peakBytes())).isEmpty();
  }

  @Test
  void aChangeSaysWhatItIsAndWhatItNeeds() {
    MemoryPlan dense =
        plan(phi3Mini(32), LoraConfig.defaults(), batch(1)).quantization(Optional.empty());
    MemoryPlan.Change change = dense.smallestChange(dense.peakBytes() - 1).orElseThrow();
    assertThat(change.toString())
        .isEqualTo(
            "weights BFLOAT16 -> NF4 (" + MemoryPlan.gibibytes(change.plan().peakBytes()) + ")");
    assertThat(change.quantization()).contains(QuantizationConfig.nf4());
  }

  @Test
  void whereNothingFitsItSaysWhatTheLeastIs() {
    MemoryPlan plan = plan(phi3Mini(32), LoraConfig.defaults(), batch(4));
    assertThatThrownBy(() -> plan.smallestChange(1L << 30))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageMatching(
            "nothing fits 1\\.00 GiB: the least is (batchSize 4 -> 1, gradientAccumulation 1 -> 4,"
                + " )?maxSequenceLength 2048 -> 64, rank 16 -> 4 \\([0-9.]+ GiB\\)");
  }

  @Test
  void stepsTakeWhatProductsUnpackingAndWritingTake() {
    // one layer, everything slow but the products: two for the logits' rows and so on
    MemoryPlan plan = plan(phi3Mini(2), LoraConfig.defaults(), batch(1));
    double fast = plan.speed(new DeviceSpeed(1e30, 1e30, 1e30)).secondsPerStep();
    assertThat(fast).isLessThan(1e-9);
    double unpacking = plan.speed(new DeviceSpeed(1e30, 1, 1e30)).secondsPerStep();
    long weights = 2L * (9216 * 3072 + 3072 * 3072 + 16384 * 3072 + 8192 * 3072);
    // twice each, but the lowest query, key and value once
    assertThat(unpacking).isCloseTo(2.0 * weights - 9216 * 3072, within(1.0));
    double dense =
        plan.quantization(Optional.empty()).speed(new DeviceSpeed(1e30, 1, 1e30)).secondsPerStep();
    assertThat(dense).isLessThan(1e-9);
  }

  @Test
  void lostMemoryGrowsWithTheRunAndLittleIfFreedMemoryIsReturned() {
    MemoryPlan brief = plan(phi3Mini(2), LoraConfig.defaults(), steps(5));
    MemoryPlan longer = plan(phi3Mini(2), LoraConfig.defaults(), steps(50));
    assertThat(runtime(longer)).isGreaterThan(runtime(brief));
    assertThat(runtime(brief.freedMemoryReturned(true)))
        .isLessThan(runtime(brief.freedMemoryReturned(false)));
    // in fp32 nothing is compiled for each number of rows, in bf16 for each of few round ones
    assertThat(runtime(longer.computeType(DataType.FLOAT32))).isLessThan(runtime(longer));
  }

  /** One question of that many rows: a token more, since nobody reads the last. */
  private static DryRun.Step step(MemoryPlan plan, int rows) {
    QuestionLengths lengths = new QuestionLengths(rows + 1, 0, 32, 0);
    try (DryRun run = new DryRun(plan.settings())) {
      return run.step(lengths.usual(1, rows + 1, 1000));
    }
  }

  private static long activations(MemoryPlan plan, int rows) {
    return step(plan, rows).parts().getOrDefault(MemoryPlan.Part.ACTIVATIONS, 0L);
  }

  private static MemoryPlan layers(int count) {
    return plan(phi3Mini(count), LoraConfig.defaults(), batch(1));
  }

  @Test
  void aLayerKeepsWhatItsRecordNames() {
    // query, key, value; attention's output; gate and up; middle and result; four times x a^T
    long values = 9216 + 3072 + 16384 + 2 * 3072 + 4 * 16;
    // of 32 heads, to 128 keys
    long probabilities = 32 * 128 * 2 * 128;
    long each = 128 * 2 * values + probabilities;
    assertThat(activations(layers(5), 128) - activations(layers(4), 128)).isEqualTo(each);
    // of a long question the sums instead of the probabilities
    int rows = 3200;
    assertThat(activations(layers(5), rows) - activations(layers(4), rows))
        .isEqualTo(rows * (2 * values + 32 * Float.BYTES));
    // a layer that is computed again keeps its result, the input of the next
    assertThat(activations(layers(6), 128) - activations(layers(6).recomputed(2), 128))
        .isEqualTo(2 * (each - 128 * 3072 * 2));
  }

  @Test
  void unpackedLayersHoldTheirWeightsTwiceAndUnpackNoneOfThem() {
    DryRun.Step packed = step(layers(4), 128);
    DryRun.Step unpacked = step(layers(4).unpacked(3), 128);
    long weights = 9216 * 3072 + 3072 * 3072 + 16384 * 3072 + 8192L * 3072;
    assertThat(bytes(unpacked, MemoryPlan.Part.WEIGHTS) - bytes(packed, MemoryPlan.Part.WEIGHTS))
        .isEqualTo(3 * 2 * weights)
        .isEqualTo(3 * layers(4).unpackedLayerBytes());
    // the lowest layer, whose query, key and value have no gradient of the input
    assertThat(unpacked.unpacked()).isEqualTo(2.0 * weights - 9216 * 3072);
  }

  private static long bytes(DryRun.Step step, MemoryPlan.Part part) {
    return step.parts().getOrDefault(part, 0L);
  }

  @Test
  void whatIsHeldIsFreedAgain() {
    for (Architecture architecture : Architecture.values()) {
      for (boolean dora : new boolean[] {false, true}) {
        LoraConfig lora = LoraConfig.builder().rank(4).dora(dora).dropout(0.1).build();
        MemoryPlan plan = plan(small(architecture), lora, batch(1)).recomputed(1).unpacked(1);
        assertThat(step(plan, 32).left()).as("%s, DoRA %s", architecture, dora).isZero();
      }
    }
  }

  private static long runtime(MemoryPlan plan) {
    return plan.parts().getOrDefault(MemoryPlan.Part.RUNTIME, 0L);
  }

  private static TrainingConfig steps(int count) {
    return TrainingConfig.builder().batchSize(2).gradientAccumulation(4).maxSteps(count).build();
  }

  @Test
  void wrongSettingsAreNamed() {
    MemoryPlan plan = plan(phi3Mini(1), LoraConfig.defaults(), batch(1));
    assertThatThrownBy(() -> plan.tokens(100, 100, 1))
        .hasMessage("shared is 100 tokens, must be 0 to 99");
    assertThatThrownBy(() -> plan.tokens(100, 90, 11))
        .hasMessage("answer is 11 tokens, must be 1 to 10");
    assertThatThrownBy(() -> plan.tokens(1, 0, 1))
        .hasMessage("question is 1 tokens, must be at least 2");
    assertThatThrownBy(() -> plan.computeType(DataType.INT64))
        .hasMessage("compute type is INT64, must be FLOAT32, BFLOAT16 or FLOAT16");
    assertThatThrownBy(() -> new DeviceSpeed(1, 0, 1))
        .hasMessage("products 1.0, unpacked 0.0, bytes 1.0 a second, all must be over 0");
    assertThatThrownBy(
            () ->
                plan(
                    phi3Mini(1),
                    LoraConfig.builder().targets(new LoraTargets.Names(Set.of("q_proj"))).build(),
                    batch(1)))
        .hasMessageStartingWith("target module q_proj matches no linear layer; this model has");
  }

  @Test
  void theHostsFreeMemoryIsKnownAndAGpusIsNot() {
    MemoryPlan plan = plan(phi3Mini(1), LoraConfig.defaults(), batch(1));
    if (java.nio.file.Files.exists(Path.of("/proc/meminfo"))) {
      assertThat(plan.available().orElseThrow()).isBetween(1L << 20, 1L << 50);
    }
    assertThat(plan.device(Device.cuda(3)).available()).isEmpty();
  }
}
