package io.telecomllm.training.gradients;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.base.Splitter;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.telecomllm.lora.LoraAdapter;
import io.telecomllm.model.Architecture;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.model.ModelConfig;
import io.telecomllm.model.files.ModelLoader;
import io.telecomllm.tensor.DataType;
import io.telecomllm.tensor.Device;
import io.telecomllm.tensor.Scope;
import io.telecomllm.tensor.Threads;
import io.telecomllm.training.batching.Example;
import io.telecomllm.training.batching.StepBatch;
import io.telecomllm.training.objective.Likelihood;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a step takes alone, by replicas on one model and by replicas on two, by the number of native
 * threads. Written to {@code target/replicas-cost.json}; the figures of docs/benchmarks.md come
 * from {@code -Dreplicas.cost.repeats=9 -Dreplicas.cost.hidden=32,512}.
 */
class ReplicasCostTest {
  private static final int REPEATS = Integer.getInteger("replicas.cost.repeats", 1);
  @TempDir static Path folder;

  private static LanguageModel model(int hidden) throws IOException {
    if (hidden == 32) {
      return Steps.spec(folder).load();
    }
    ModelConfig config =
        ModelConfig.builder(Architecture.LLAMA)
            .layers(4)
            .hiddenSize(hidden)
            .heads(8, 8, hidden / 8)
            .rotarySize(hidden / 8)
            .intermediateSize(3 * hidden)
            .vocabularySize(264)
            .contextLength(512)
            .tiedEmbeddings(true)
            .build();
    return ModelLoader.random(config, 0.02, 1)
        .device(Device.cpu())
        .computeType(DataType.FLOAT32)
        .load();
  }

  @Test
  void timeOfAStep() throws IOException {
    int all = Threads.count();
    JsonArray rows = new JsonArray();
    List<Example> examples;
    try (LanguageModel tokenizing = Steps.spec(folder).load()) {
      examples = Steps.examples(tokenizing, 8);
    }
    StepBatch window = Steps.window(examples, 2);
    String sizes = System.getProperty("replicas.cost.hidden", "32");
    try {
      for (String hidden : Splitter.on(',').split(sizes)) {
        try (LanguageModel one = model(Integer.parseInt(hidden));
            LanguageModel two = model(Integer.parseInt(hidden))) {
          for (int threads : new int[] {1, 2, 4}) {
            measure(rows, one, two, threads, window);
          }
        }
      }
    } finally {
      Threads.use(all);
    }
    Files.writeString(Path.of("target", "replicas-cost.json"), rows.toString());
    assertThat(rows.size()).isPositive();
  }

  private static void measure(
      JsonArray rows, LanguageModel one, LanguageModel two, int threads, StepBatch window) {
    Threads.use(threads);
    Map<String, double[]> seconds = new LinkedHashMap<>();
    try (LoraAdapter adapter = LoraAdapter.create(Steps.LORA, one, 5);
        Scope scope = Scope.open(one.device());
        ArrayGradients alone = new LocalGradients(one, adapter, new Likelihood());
        ArrayGradients shared = Replicas.of(2).open(one, adapter, new Likelihood());
        ArrayGradients apart =
            Replicas.on(List.of(one, two)).open(one, adapter, new Likelihood())) {
      ParameterArrays values = ParameterArrays.of(adapter.parameters(), scope);
      Map<String, ArrayGradients> sources = new LinkedHashMap<>();
      sources.put("alone", alone);
      sources.put("2 on one model", shared);
      sources.put("2 on two models", apart);
      // in turns, so that what else the machine does falls on all of them
      for (int i = -2; i < REPEATS; i++) {
        for (Map.Entry<String, ArrayGradients> source : sources.entrySet()) {
          long start = System.nanoTime();
          assertThat(source.getValue().gradients(values, window).loss().value()).isFinite();
          double took = (System.nanoTime() - start) / 1e9;
          if (i >= 0) {
            seconds.computeIfAbsent(source.getKey(), k -> new double[REPEATS])[i] = took;
          }
        }
      }
    }
    seconds.forEach(
        (name, times) -> {
          Arrays.sort(times);
          JsonObject row = new JsonObject();
          row.addProperty("hidden", one.config().hiddenSize());
          row.addProperty("threads", threads);
          row.addProperty("source", name);
          row.addProperty("medianSeconds", times[REPEATS / 2]);
          row.addProperty("leastSeconds", times[0]);
          rows.add(row);
        });
  }
}
