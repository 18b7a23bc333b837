package io.telecomllm.examples.benchmarks;

import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import com.google.gson.Gson;
import io.telecomllm.examples.Cli;
import io.telecomllm.inference.audit.AuditEntry;
import io.telecomllm.inference.audit.AuditEntry.Choice;
import io.telecomllm.inference.audit.AuditEntry.Prompt;
import io.telecomllm.inference.audit.AuditEntry.Reference;
import io.telecomllm.inference.audit.AuditEntry.Setup;
import io.telecomllm.inference.audit.AuditEntry.Text;
import io.telecomllm.inference.audit.AuditLog;
import io.telecomllm.lineage.Versions;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/**
 * Measures how long it takes to append the audit record of a question with five options, and, in
 * the same run, a plain write of as many bytes to a file. The digests of the entry are part of what
 * is measured. The last line is JSON, in microseconds.
 */
@CommandLine.Command(name = "AuditBenchmark", mixinStandardHelpOptions = true)
public final class AuditBenchmark implements Callable<Integer> {
  private static final int OPTIONS = 5;
  private static final String VERSION = Versions.library();
  private static final int VOCABULARY = 32_000;
  private static final double NANOS_PER_MICRO = 1_000;
  private static final double PERCENTILE = 0.99;
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  @Option(names = "--records", defaultValue = "50000", description = "number of records measured")
  private int records = 50_000;

  @Option(names = "--warm-up", defaultValue = "20000", description = "number of records before")
  private int warmUp = 20_000;

  @Option(names = "--prompt", defaultValue = "150", description = "number of token ids")
  private int promptIds = 150;

  @Option(names = "--folder", description = "folder for temporary files (default: the system's)")
  private Path folder = Path.of(System.getProperty("java.io.tmpdir"));

  /** Runs the benchmark. */
  public static void main(String[] args) {
    Cli.run(new AuditBenchmark(), args);
  }

  private interface Appending {
    void append(int number) throws IOException;
  }

  @Override
  public Integer call() throws IOException {
    Path work = Files.createTempDirectory(folder, "audit-benchmark");
    try {
      Map<String, Object> json = new LinkedHashMap<>();
      Path log = work.resolve("log");
      int[] ids = new Random(1).ints(promptIds, 0, VOCABULARY).toArray();
      try (AuditLog audit = AuditLog.open(log)) {
        measure("audit", json, number -> audit.append(entry(number, ids)));
      }
      int bytes = firstLine(log);
      json.put("bytes", bytes);
      try (FileChannel plain =
          FileChannel.open(
              work.resolve("plain"), StandardOpenOption.CREATE_NEW, StandardOpenOption.APPEND)) {
        byte[] line = new byte[bytes];
        measure("plain", json, number -> plain.write(ByteBuffer.wrap(line)));
      }
      System.out.println(new Gson().toJson(json));
      return 0;
    } finally {
      MoreFiles.deleteRecursively(work, RecursiveDeleteOption.ALLOW_INSECURE);
    }
  }

  private static AuditEntry entry(int number, int[] ids) {
    double score = -1.0 / (number + 3);
    return AuditEntry.of(
        new Setup("a".repeat(64), Optional.of("b".repeat(64)), "phi-3", VERSION, Optional.empty()),
        Text.of("Which function of the 5G core manages the mobility of a UE, asked as " + number),
        List.of("The AMF", "The SMF", "The UPF", "The NRF", "None of the functions above").stream()
            .map(Text::of)
            .toList(),
        Prompt.of(ids),
        List.of(new Reference("TS 23.501#6.2.1", "c".repeat(64))),
        new Choice(
            List.of(score, score * 3, score * 7, score * 11, score * 13),
            OptionalInt.of(number % OPTIONS)));
  }

  /** Measures the appends after the first ones, and reports them. */
  private void measure(String name, Map<String, Object> json, Appending appending)
      throws IOException {
    for (int i = 0; i < warmUp; i++) {
      appending.append(i);
    }
    long[] nanos = new long[records];
    long work = THREADS.getCurrentThreadCpuTime();
    for (int i = 0; i < records; i++) {
      long start = System.nanoTime();
      appending.append(i);
      nanos[i] = System.nanoTime() - start;
    }
    work = THREADS.getCurrentThreadCpuTime() - work;
    Arrays.sort(nanos);
    Map<String, Double> micros = new LinkedHashMap<>();
    micros.put("mean", Arrays.stream(nanos).average().orElse(0) / NANOS_PER_MICRO);
    micros.put("median", nanos[records / 2] / NANOS_PER_MICRO);
    micros.put("p99", nanos[(int) (records * PERCENTILE)] / NANOS_PER_MICRO);
    // without what other processes take of the cores
    micros.put("cpu_mean", work / NANOS_PER_MICRO / records);
    System.out.printf(
        "%s: mean %.2f us, median %.2f us, 99th percentile %.2f us, mean on the CPU %.2f us%n",
        name, micros.get("mean"), micros.get("median"), micros.get("p99"), micros.get("cpu_mean"));
    micros.forEach((what, value) -> json.put(name + "_" + what, value));
  }

  private static int firstLine(Path log) throws IOException {
    try (var lines = Files.lines(log.resolve("audit-000001.jsonl"))) {
      return lines.findFirst().orElse("").length() + 1;
    }
  }
}
