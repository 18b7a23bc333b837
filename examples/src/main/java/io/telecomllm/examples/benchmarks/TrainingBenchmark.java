package io.telecomllm.examples.benchmarks;

import com.google.gson.Gson;
import io.telecomllm.examples.Cli;
import io.telecomllm.examples.ProcessMemory;
import io.telecomllm.lora.LoraAdapter;
import io.telecomllm.lora.LoraConfig;
import io.telecomllm.model.Architecture;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.model.ModelConfig;
import io.telecomllm.model.files.ModelLoader;
import io.telecomllm.training.batching.Example;
import io.telecomllm.training.batching.PackedBatch;
import io.telecomllm.training.batching.StepBatch;
import io.telecomllm.training.run.Optimization;
import io.telecomllm.training.settings.OptimizerConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/**
 * Measures a QLoRA step of a model of Phi-3-mini's shape with random weights: rank 16 on all
 * projections, 8 questions a step, with the questions, order and prompt of the Python stack's
 * benchmark. The last line is JSON.
 */
@CommandLine.Command(name = "TrainingBenchmark", mixinStandardHelpOptions = true)
public final class TrainingBenchmark implements Callable<Integer> {
  private static final int QUESTIONS_PER_STEP = 8;

  @Option(names = "--shape", defaultValue = "phi3-mini", description = "only phi3-mini")
  private String shape = "phi3-mini";

  @Option(names = "--layers", defaultValue = "4", description = "layers of the 32")
  private int layers = 4;

  @Option(names = "--questions", required = true, description = "TeleQnA.zip")
  private Path questions = Path.of("TeleQnA.zip");

  @Option(
      names = "--tokenizer",
      description = "folder; default: phi3-tokenizer next to the questions")
  private Path tokenizerFolder = Path.of("");

  @Option(names = "--batch", defaultValue = "8", description = "questions a batch")
  private int batch = QUESTIONS_PER_STEP;

  @Option(
      names = "--unpacked",
      defaultValue = "0",
      description = "layers whose weights are kept unpacked")
  private int unpacked;

  @Option(
      names = "--recomputed",
      defaultValue = "0",
      description = "layers computed again in the backward pass")
  private int recomputed;

  @Option(names = "--steps", defaultValue = "5", description = "steps, the first not counted")
  private int steps = 5;

  /** Runs the benchmark. */
  public static void main(String[] args) {
    Cli.run(new TrainingBenchmark(), args);
  }

  @Override
  public Integer call() {
    if (!shape.equals("phi3-mini")) {
      throw new IllegalArgumentException("shape is " + shape + ", must be phi3-mini");
    }
    ModelConfig config = ModelConfig.builder(Architecture.PHI3).layers(layers).build();
    List<StepBatch> windows = windows();
    try (LanguageModel packed = ModelLoader.random(config, 0.02, 0).load();
        LanguageModel model = packed.trading(unpacked, recomputed);
        LoraAdapter adapter = LoraAdapter.create(LoraConfig.defaults(), model, 0);
        Optimization optimization = Optimization.of(model, adapter, OptimizerConfig.defaults())) {
      List<Double> seconds = new ArrayList<>();
      for (StepBatch window : windows) {
        long start = System.nanoTime();
        Optimization.Result result = optimization.step(window, 2e-4);
        seconds.add((System.nanoTime() - start) / 1e9);
        System.out.printf(
            "step %d: %.2f s, %d tokens in %d rows, loss %.4f%n",
            seconds.size() - 1,
            seconds.get(seconds.size() - 1),
            window.tokens(),
            window.rows(),
            result.loss());
      }
      double peak = ProcessMemory.peakGiB();
      List<Double> counted = seconds.subList(1, seconds.size());
      int tokens = windows.subList(1, windows.size()).stream().mapToInt(StepBatch::tokens).sum();
      double median = counted.stream().sorted().toList().get(counted.size() / 2);
      double total = counted.stream().mapToDouble(Double::doubleValue).sum();
      Map<String, Object> json = new LinkedHashMap<>();
      json.put("layers", layers);
      json.put("batch", batch);
      json.put("unpacked", unpacked);
      json.put("recomputed", recomputed);
      json.put("computeType", model.computeType().toString());
      json.put("secondsPerStep", median);
      json.put("questionsPerSecond", QUESTIONS_PER_STEP * counted.size() / total);
      json.put("tokensPerSecond", tokens / total);
      json.put("peakRssGiB", peak);
      json.put("matmulBoundSeconds", MatmulBound.seconds(model, windows.get(windows.size() / 2)));
      System.out.println(new Gson().toJson(json));
    }
    return 0;
  }

  private List<StepBatch> windows() {
    Path folder =
        tokenizerFolder.toString().isEmpty()
            ? questions.resolveSibling("phi3-tokenizer")
            : tokenizerFolder;
    List<Example> all = TeleQnAExamples.read(questions, folder, steps * QUESTIONS_PER_STEP);
    List<StepBatch> windows = new ArrayList<>();
    for (int step = 0; step < steps; step++) {
      List<PackedBatch> batches = new ArrayList<>();
      int first = step * QUESTIONS_PER_STEP;
      for (int from = first; from < first + QUESTIONS_PER_STEP; from += batch) {
        batches.add(PackedBatch.of(all.subList(from, from + batch)));
      }
      windows.add(new StepBatch(batches));
    }
    return windows;
  }
}
