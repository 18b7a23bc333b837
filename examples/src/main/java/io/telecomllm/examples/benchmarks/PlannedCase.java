package io.telecomllm.examples.benchmarks;

import static com.google.common.base.Preconditions.checkArgument;

import com.google.common.base.Splitter;
import io.telecomllm.lora.LoraConfig;
import io.telecomllm.model.Architecture;
import io.telecomllm.model.ModelConfig;
import io.telecomllm.tensor.DataType;
import java.util.List;

/**
 * A configuration of {@link PlanBenchmark}: {@code
 * shape,layers,batch,rank,type[,unpacked,recomputed]}.
 *
 * @param unpacked the number of uppermost layers whose weights are kept unpacked
 * @param recomputed the number of lowest layers that are computed again in the backward pass
 */
record PlannedCase(
    ModelConfig model, int batch, LoraConfig lora, DataType type, int unpacked, int recomputed) {
  static PlannedCase parse(String text) {
    List<String> words = Splitter.on(',').splitToList(text);
    boolean trading = words.size() == 7;
    checkArgument(
        trading || words.size() == 5,
        "case is %s, must be shape,layers,batch,rank,type[,unpacked,recomputed]",
        text);
    return new PlannedCase(
        shape(words.get(0)).layers(Integer.parseInt(words.get(1))).build(),
        Integer.parseInt(words.get(2)),
        LoraConfig.builder().rank(Integer.parseInt(words.get(3))).build(),
        DataType.valueOf(words.get(4)),
        trading ? Integer.parseInt(words.get(5)) : 0,
        trading ? Integer.parseInt(words.get(6)) : 0);
  }

  private static ModelConfig.Builder shape(String name) {
    return switch (name) {
      case "phi3-mini" -> ModelConfig.builder(Architecture.PHI3);
      case "smollm2-135m" ->
          llama().hiddenSize(576).intermediateSize(1536).heads(9, 3, 64).vocabularySize(49152);
      case "tinyllama" ->
          llama().hiddenSize(2048).intermediateSize(5632).heads(32, 4, 64).vocabularySize(32064);
      case "tiny" ->
          llama().hiddenSize(64).intermediateSize(64).heads(2, 2, 32).vocabularySize(32064);
      default ->
          throw new IllegalArgumentException(
              "shape is " + name + ", must be phi3-mini, smollm2-135m, tinyllama or tiny");
    };
  }

  private static ModelConfig.Builder llama() {
    return ModelConfig.builder(Architecture.LLAMA).tiedEmbeddings(true);
  }
}
