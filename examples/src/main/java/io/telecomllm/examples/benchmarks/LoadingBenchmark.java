package io.telecomllm.examples.benchmarks;

import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.sun.management.OperatingSystemMXBean;
import io.telecomllm.examples.Cli;
import io.telecomllm.examples.ProcessMemory;
import io.telecomllm.export.Export;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.model.files.ModelLoader;
import io.telecomllm.tensor.DataType;
import io.telecomllm.tensor.Device;
import io.telecomllm.tensor.Scope;
import io.telecomllm.tensor.Tensor;
import io.telecomllm.tensor.Threads;
import io.telecomllm.weights.Checkpoint;
import io.telecomllm.weights.Pieces;
import io.telecomllm.weights.SafetensorsWriter;
import io.telecomllm.weights.ShardedWriter;
import io.telecomllm.weights.TensorSource;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/**
 * Measures how fast a checkpoint of Phi-3-mini's shape loads: random weights in two shards of bf16
 * that loading packs to NF4, then a checkpoint that is already packed. Both are compared with a
 * plain read of the same bytes from the same warm cache. The last line is JSON. It needs 8 GB of
 * disk and 12 GB of memory at 32 layers.
 */
@CommandLine.Command(name = "LoadingBenchmark", mixinStandardHelpOptions = true)
public final class LoadingBenchmark implements Callable<Integer> {
  private static final int HIDDEN = 3072;
  private static final int INTERMEDIATE = 8192;
  private static final int HEADS = 32;
  private static final int VOCABULARY = 32_064;
  private static final int READ_BYTES = 1 << 20;
  private static final double GIB = 1 << 30;
  private static final OperatingSystemMXBean OS =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

  @Option(names = "--layers", defaultValue = "32", description = "layers")
  private int layers = 32;

  @Option(names = "--folder", description = "folder for temporary files (default: the system's)")
  private Path folder = Path.of(System.getProperty("java.io.tmpdir"));

  @Option(names = "--repeats", defaultValue = "3", description = "number of loads, the best counts")
  private int repeats = 3;

  private final Map<String, Object> json = new LinkedHashMap<>();

  /** The memory of the JVM with the native library, before any weights, in GiB. */
  private double baseline;

  /** Runs the benchmark. */
  public static void main(String[] args) {
    Cli.run(new LoadingBenchmark(), args);
  }

  @Override
  public Integer call() throws IOException {
    Threads.count();
    baseline = ProcessMemory.residentGiB();
    Path work = Files.createTempDirectory(folder, "loading-benchmark");
    try {
      Path dense = Files.createDirectory(work.resolve("dense"));
      Path packed = Files.createDirectory(work.resolve("packed"));
      json.put("layers", layers);
      json.put("loadAverage", OS.getSystemLoadAverage());
      writeDense(dense);
      measure("nf4", dense);
      try (LanguageModel model = ModelLoader.load(dense)) {
        Export.of(model).folder(packed);
      }
      MoreFiles.deleteRecursively(dense, RecursiveDeleteOption.ALLOW_INSECURE);
      measure("packed", packed);
      System.out.println(new Gson().toJson(json));
    } finally {
      MoreFiles.deleteRecursively(work, RecursiveDeleteOption.ALLOW_INSECURE);
    }
    return 0;
  }

  private void measure(String what, Path checkpoint) {
    double bytes = bytes(checkpoint);
    double bare = Double.POSITIVE_INFINITY;
    double seconds = Double.POSITIVE_INFINITY;
    double cpu = Double.POSITIVE_INFINITY;
    double peak = 0;
    double weights = 0;
    read(checkpoint);
    System.gc();
    for (int i = 0; i < repeats; i++) {
      bare = Math.min(bare, seconds(() -> read(checkpoint)));
      ProcessMemory.forgetPeak();
      long cpuStart = OS.getProcessCpuTime();
      long start = System.nanoTime();
      try (LanguageModel model = ModelLoader.load(checkpoint)) {
        cpu = Math.min(cpu, (OS.getProcessCpuTime() - cpuStart) / 1e9);
        seconds = Math.min(seconds, (System.nanoTime() - start) / 1e9);
        peak = Math.max(peak, ProcessMemory.peakGiB() - baseline);
        weights = model.weightBytes() / GIB;
      }
    }
    System.out.printf(
        "%s: %.2f GB in %.2f s, %.2f GB/s; bare read %.2f s, %.2f GB/s: %.2f times that;"
            + " CPU %.2f s, load average %.1f%n",
        what,
        bytes / 1e9,
        seconds,
        bytes / 1e9 / seconds,
        bare,
        bytes / 1e9 / bare,
        seconds / bare,
        cpu,
        OS.getSystemLoadAverage());
    System.out.printf(
        "%s: peak %.2f GiB above the empty JVM for %.2f GiB of weights, %.2f times%n",
        what, peak, weights, peak / weights);
    json.put(what + "GBPerSecond", bytes / 1e9 / seconds);
    json.put(what + "Seconds", seconds);
    json.put(what + "CpuSeconds", cpu);
    json.put(what + "BareReadSeconds", bare);
    json.put(what + "PeakGiB", peak);
    json.put(what + "WeightsGiB", weights);
  }

  private static double seconds(Runnable work) {
    long start = System.nanoTime();
    work.run();
    return (System.nanoTime() - start) / 1e9;
  }

  private static double bytes(Path checkpoint) {
    try (TensorSource source = Checkpoint.open(checkpoint)) {
      return source.names().stream().mapToLong(name -> source.info(name).bytes()).sum();
    }
  }

  /** Reads every tensor with as many threads into reused buffers: the lower bound of loading. */
  private static void read(Path checkpoint) {
    try (TensorSource source = Checkpoint.open(checkpoint)) {
      for (String name : source.names()) {
        Pieces.each(
            source.info(name).bytes(),
            READ_BYTES,
            () -> {
              ByteBuffer buffer = ByteBuffer.allocateDirect(READ_BYTES);
              return (first, count) -> source.read(name, first, buffer.clear().limit(count));
            });
      }
    }
  }

  private Map<String, List<Long>> shapes() {
    Map<String, List<Long>> shapes = new LinkedHashMap<>();
    shapes.put("model.embed_tokens.weight", List.of((long) VOCABULARY, (long) HIDDEN));
    for (int i = 0; i < layers; i++) {
      String layer = "model.layers." + i + ".";
      shapes.put(layer + "input_layernorm.weight", List.of((long) HIDDEN));
      shapes.put(layer + "self_attn.qkv_proj.weight", List.of(3L * HIDDEN, (long) HIDDEN));
      shapes.put(layer + "self_attn.o_proj.weight", List.of((long) HIDDEN, (long) HIDDEN));
      shapes.put(layer + "post_attention_layernorm.weight", List.of((long) HIDDEN));
      shapes.put(layer + "mlp.gate_up_proj.weight", List.of(2L * INTERMEDIATE, (long) HIDDEN));
      shapes.put(layer + "mlp.down_proj.weight", List.of((long) HIDDEN, (long) INTERMEDIATE));
    }
    shapes.put("model.norm.weight", List.of((long) HIDDEN));
    shapes.put("lm_head.weight", List.of((long) VOCABULARY, (long) HIDDEN));
    return shapes;
  }

  /** Writes two shards; each tensor is made only when it is written. */
  private void writeDense(Path target) throws IOException {
    try (OneTensor memory = new OneTensor()) {
      Map<String, SafetensorsWriter.Tensor> tensors = new LinkedHashMap<>();
      long total = 0;
      for (Map.Entry<String, List<Long>> entry : shapes().entrySet()) {
        long elements = entry.getValue().stream().reduce(1L, (a, b) -> a * b);
        total += elements * DataType.BFLOAT16.bytes();
        int seed = tensors.size();
        Supplier<ByteBuffer> random = () -> memory.random(elements, seed);
        tensors.put(
            entry.getKey(),
            new SafetensorsWriter.Tensor(DataType.BFLOAT16, entry.getValue(), random));
      }
      ShardedWriter.write(target, tensors, Map.of("format", "pt"), total / 2 + (1 << 28));
      writeConfig(target);
    }
  }

  /** Makes random tensors, and keeps only the last one in memory. */
  private static final class OneTensor implements AutoCloseable {
    private Scope scope = Scope.open(Device.cpu());

    ByteBuffer random(long elements, int seed) {
      Tensor values = next(elements);
      scope.operators().normalInPlace(values, 0.02, seed);
      return values.bytes();
    }

    private Tensor next(long elements) {
      scope.close();
      scope = Scope.open(Device.cpu());
      return scope.operators().empty(DataType.BFLOAT16, elements);
    }

    @Override
    public void close() {
      scope.close();
    }
  }

  private void writeConfig(Path target) throws IOException {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("architectures", List.of("Phi3ForCausalLM"));
    config.put("model_type", "phi3");
    config.put("hidden_size", HIDDEN);
    config.put("intermediate_size", INTERMEDIATE);
    config.put("num_hidden_layers", layers);
    config.put("num_attention_heads", HEADS);
    config.put("num_key_value_heads", HEADS);
    config.put("vocab_size", VOCABULARY);
    config.put("max_position_embeddings", 4096);
    config.put("original_max_position_embeddings", 4096);
    config.put("sliding_window", 2047);
    config.put("rms_norm_eps", 1e-5);
    config.put("rope_theta", 10_000.0);
    config.put("hidden_act", "silu");
    config.put("tie_word_embeddings", false);
    config.put("torch_dtype", "bfloat16");
    Files.writeString(
        target.resolve("config.json"),
        new GsonBuilder().serializeNulls().setPrettyPrinting().create().toJson(config) + "\n");
  }
}
