package io.telecomllm.examples.benchmarks;

import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import com.google.gson.Gson;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.telecomllm.TelecomLlmException;
import io.telecomllm.examples.Cli;
import io.telecomllm.examples.ProcessMemory;
import io.telecomllm.export.Export;
import io.telecomllm.lora.LoraAdapter;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.model.files.ModelLoader;
import io.telecomllm.tensor.Device;
import io.telecomllm.training.batching.Example;
import io.telecomllm.training.batching.PackedBatch;
import io.telecomllm.training.batching.StepBatch;
import io.telecomllm.training.memory.DeviceSpeed;
import io.telecomllm.training.memory.MemoryPlan;
import io.telecomllm.training.memory.QuestionLengths;
import io.telecomllm.training.run.Optimization;
import io.telecomllm.training.settings.OptimizerConfig;
import io.telecomllm.training.settings.TrainingConfig;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/**
 * Compares what {@link MemoryPlan} predicts with what is measured: each configuration trains in its
 * own JVM, whose peak memory counts. The last line is JSON.
 */
@CommandLine.Command(name = "PlanBenchmark", mixinStandardHelpOptions = true)
public final class PlanBenchmark implements Callable<Integer> {
  /** The configurations that are reported; the plan was not fitted to them. */
  private static final List<String> REPORTED =
      List.of(
          "phi3-mini,4,8,16,BFLOAT16",
          "phi3-mini,4,2,16,BFLOAT16",
          "smollm2-135m,30,8,64,FLOAT32",
          "phi3-mini,4,8,16,BFLOAT16,4,0",
          "phi3-mini,8,8,16,BFLOAT16,0,8",
          "smollm2-135m,30,8,64,FLOAT32,0,20");

  private static final int QUESTIONS_PER_STEP = 8;

  @Option(names = "--questions", required = true, description = "TeleQnA.zip")
  private Path questions = Path.of("TeleQnA.zip");

  @Option(
      names = "--case",
      description =
          "shape,layers,batch,rank,type[,unpacked,recomputed], such as phi3-mini,1,4,16,BFLOAT16;"
              + " repeatable")
  private List<String> cases = new ArrayList<>();

  @Option(names = "--steps", defaultValue = "5", description = "steps, the first not timed")
  private int steps = 5;

  @Option(
      names = "--returning",
      description = "with MALLOC_MMAP_THRESHOLD_=1048576: freed memory is returned at once")
  private boolean returning;

  @Option(
      names = "--model",
      hidden = true,
      description = "only measure the one case, on this model")
  private Path model = Path.of("");

  /** Runs the benchmark. */
  public static void main(String[] args) {
    Cli.run(new PlanBenchmark(), args);
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (!model.toString().isEmpty()) {
      System.out.println(new Gson().toJson(measured(PlannedCase.parse(cases.get(0)))));
      return 0;
    }
    List<Map<String, Object>> rows = new ArrayList<>();
    System.out.printf(
        "%-36s %28s %30s%n", "case", "GiB plan / run = ratio", "s a step plan / run = ratio");
    for (String text : cases.isEmpty() ? REPORTED : cases) {
      MemoryPlan plan = plan(PlannedCase.parse(text));
      JsonObject run = child(text, PlannedCase.parse(text));
      double peak = plan.peakBytes() / (double) (1 << 30);
      double seconds = plan.secondsPerStep();
      Map<String, Object> row = new LinkedHashMap<>();
      row.put("case", text);
      row.put("plannedGiB", peak);
      row.put("measuredGiB", run.get("peakRssGiB").getAsDouble());
      row.put("memoryRatio", peak / run.get("peakRssGiB").getAsDouble());
      row.put("plannedSeconds", seconds);
      row.put("measuredSeconds", run.get("secondsPerStep").getAsDouble());
      row.put("timeRatio", seconds / run.get("secondsPerStep").getAsDouble());
      row.put("loadedGiB", run.get("loadedGiB").getAsDouble());
      row.put("parts", plan.toString());
      rows.add(row);
      System.out.printf(
          "%-36s %10.2f / %5.2f = %5.2f %14.2f / %5.2f = %5.2f   %s%n",
          text,
          peak,
          run.get("peakRssGiB").getAsDouble(),
          peak / run.get("peakRssGiB").getAsDouble(),
          seconds,
          run.get("secondsPerStep").getAsDouble(),
          seconds / run.get("secondsPerStep").getAsDouble(),
          plan);
    }
    System.out.println(new Gson().toJson(rows));
    return 0;
  }

  private MemoryPlan plan(PlannedCase of) {
    TrainingConfig config =
        TrainingConfig.builder()
            .batchSize(of.batch())
            .gradientAccumulation(QUESTIONS_PER_STEP / of.batch())
            .maxSteps(steps)
            .build();
    List<Example> examples = TeleQnAExamples.read(questions, steps * QUESTIONS_PER_STEP);
    DeviceSpeed speed = DeviceSpeed.measure(Device.cpu(), of.type(), of.model());
    return MemoryPlan.of(of.model(), of.lora(), config)
        .device(Device.cpu())
        .computeType(of.type())
        .freedMemoryReturned(returning)
        .unpacked(of.unpacked())
        .recomputed(of.recomputed())
        .lengths(QuestionLengths.of(examples, TeleQnAExamples.shared(examples)))
        .speed(speed);
  }

  /**
   * Measures a case in another process, which reads weights from files: making random ones takes
   * memory.
   */
  private JsonObject child(String text, PlannedCase of) throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory("plan-benchmark");
    try {
      try (LanguageModel random =
          ModelLoader.random(of.model(), 0.02, 0).computeType(of.type()).load()) {
        Export.of(random).folder(folder);
      }
      return child(text, folder);
    } finally {
      MoreFiles.deleteRecursively(folder, RecursiveDeleteOption.ALLOW_INSECURE);
    }
  }

  private JsonObject child(String text, Path folder) throws IOException, InterruptedException {
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    List<String> command =
        List.of(
            java.toString(),
            "-Xmx400m",
            "-cp",
            System.getProperty("java.class.path"),
            PlanBenchmark.class.getName(),
            "--questions",
            questions.toString(),
            "--steps",
            String.valueOf(steps),
            "--case",
            text,
            "--model",
            folder.toString());
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD);
    if (returning) {
      builder.environment().put("MALLOC_MMAP_THRESHOLD_", "1048576");
    } else {
      builder.environment().remove("MALLOC_MMAP_THRESHOLD_");
    }
    Process process = builder.start();
    String output =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    if (process.waitFor() != 0) {
      throw new TelecomLlmException(text + ": the measuring process failed: " + output);
    }
    return JsonParser.parseString(output.substring(output.lastIndexOf('\n') + 1)).getAsJsonObject();
  }

  private Map<String, Object> measured(PlannedCase of) {
    List<Example> examples = TeleQnAExamples.read(questions, steps * QUESTIONS_PER_STEP);
    try (LanguageModel loaded = ModelLoader.of(model).computeType(of.type()).load();
        LanguageModel computing = loaded.trading(of.unpacked(), of.recomputed());
        LoraAdapter adapter = LoraAdapter.create(of.lora(), loaded, 0);
        Optimization optimization =
            Optimization.of(computing, adapter, OptimizerConfig.defaults())) {
      double before = ProcessMemory.peakGiB();
      List<Double> seconds = new ArrayList<>();
      for (int step = 0; step < steps; step++) {
        StepBatch window =
            window(
                examples.subList(step * QUESTIONS_PER_STEP, (step + 1) * QUESTIONS_PER_STEP),
                of.batch());
        long start = System.nanoTime();
        optimization.step(window, 2e-4);
        seconds.add((System.nanoTime() - start) / 1e9);
      }
      List<Double> counted =
          seconds.subList(Math.min(1, steps - 1), steps).stream().sorted().toList();
      Map<String, Object> result = new LinkedHashMap<>();
      result.put("peakRssGiB", ProcessMemory.peakGiB());
      result.put("loadedGiB", before);
      result.put("secondsPerStep", counted.get(counted.size() / 2));
      return result;
    }
  }

  private static StepBatch window(List<Example> examples, int batch) {
    List<PackedBatch> batches = new ArrayList<>();
    for (int from = 0; from < examples.size(); from += batch) {
      batches.add(PackedBatch.of(examples.subList(from, from + batch)));
    }
    return new StepBatch(batches);
  }
}
