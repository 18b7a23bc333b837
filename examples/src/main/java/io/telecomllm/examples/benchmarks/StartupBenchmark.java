package io.telecomllm.examples.benchmarks;

import io.telecomllm.data.Question;
import io.telecomllm.examples.Cli;
import io.telecomllm.examples.ProcessMemory;
import io.telecomllm.inference.TelecomAnswerer;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.model.files.ModelLoader;
import io.telecomllm.tensor.Device;
import io.telecomllm.tensor.Scope;
import java.lang.management.ManagementFactory;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/**
 * Measures what the first answer of a fresh process waits for, phase by phase, and the memory that
 * the process holds before, with and after a model. Run it twice: the first run on a machine also
 * unpacks the native library.
 */
@CommandLine.Command(name = "StartupBenchmark", mixinStandardHelpOptions = true)
public final class StartupBenchmark implements Callable<Integer> {
  private static final Question QUESTION =
      Question.of("q", "Which function registers a UE?", List.of("the AMF", "the UPF"), 0);

  @Option(names = "--model", required = true, description = "Hugging Face folder or GGUF file")
  private String model = "";

  private final Map<String, Double> seconds = new LinkedHashMap<>();
  private long last = System.nanoTime();

  /** Runs the benchmark. */
  public static void main(String[] args) {
    Cli.run(new StartupBenchmark(), args);
  }

  @Override
  public Integer call() {
    long started = ManagementFactory.getRuntimeMXBean().getStartTime();
    seconds.put("virtual machine", (System.currentTimeMillis() - started) / 1e3);
    last = System.nanoTime();
    try (Scope scope = Scope.open(Device.cpu())) {
      phase("native library");
      scope.operators().none();
      phase("operators");
    }
    double library = ProcessMemory.residentGiB();
    double loaded;
    try (LanguageModel loadedModel = ModelLoader.load(model)) {
      phase("model");
      try (TelecomAnswerer answerer = TelecomAnswerer.on(loadedModel).build()) {
        phase("tokenizer and prompt");
        answerer.answer(QUESTION);
        phase("first answer");
        loaded = ProcessMemory.residentGiB();
        answerer.answer(QUESTION);
        phase("second answer");
      }
    }
    phase("close");
    List<String> later = List.of("second answer", "close");
    double untilFirst =
        seconds.entrySet().stream()
            .filter(phase -> !later.contains(phase.getKey()))
            .mapToDouble(Map.Entry::getValue)
            .sum();
    seconds.forEach((name, value) -> System.out.printf("%-22s %6.3f s%n", name, value));
    System.out.printf(
        "%-22s %6.3f s%nmemory: %.2f GiB with the library, %.2f with a model, %.2f after close%n",
        "until the first answer", untilFirst, library, loaded, ProcessMemory.residentGiB());
    return 0;
  }

  private void phase(String name) {
    long now = System.nanoTime();
    seconds.put(name, (now - last) / 1e9);
    last = now;
  }
}
