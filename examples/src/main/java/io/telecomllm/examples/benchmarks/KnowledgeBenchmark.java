package io.telecomllm.examples.benchmarks;

import com.google.common.collect.Lists;
import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import com.google.gson.Gson;
import io.telecomllm.data.Question;
import io.telecomllm.data.TeleQnADataset;
import io.telecomllm.examples.Cli;
import io.telecomllm.examples.ProcessMemory;
import io.telecomllm.knowledge.Clause;
import io.telecomllm.knowledge.KnowledgeBase;
import io.telecomllm.knowledge.KnowledgeBaseWriter;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/**
 * Measures a knowledge base on disk: how long it takes to write, to change one clause and to open,
 * and a search. Clauses are made of explanations of TeleQnA, about 100 words each, and searched for
 * by its questions. The last line is JSON.
 */
@CommandLine.Command(name = "KnowledgeBenchmark", mixinStandardHelpOptions = true)
public final class KnowledgeBenchmark implements Callable<Integer> {
  private static final int EXPLANATIONS = 5;
  private static final int CLAUSES_PER_DOCUMENT = 1_000;
  private static final int LIMIT = 10;
  private static final double PERCENTILE = 0.99;
  private static final double MIB = 1 << 20;

  @Option(names = "--questions", required = true, description = "TeleQnA.zip")
  private Path questions = Path.of("TeleQnA.zip");

  @Option(names = "--clauses", defaultValue = "100000", description = "number of clauses")
  private int clauses = 100_000;

  @Option(names = "--searches", defaultValue = "2000", description = "number of searches measured")
  private int searches = 2_000;

  @Option(names = "--folder", description = "folder for temporary files (default: the system's)")
  private Path folder = Path.of(System.getProperty("java.io.tmpdir"));

  private final Map<String, Object> json = new LinkedHashMap<>();

  /** Runs the benchmark. */
  public static void main(String[] args) {
    Cli.run(new KnowledgeBenchmark(), args);
  }

  @Override
  public Integer call() throws IOException {
    List<Question> asked = TeleQnADataset.read(questions).questions();
    List<String> sentences = asked.stream().map(Question::explanation).toList();
    Path work = Files.createTempDirectory(folder, "knowledge-benchmark");
    try {
      Path base = work.resolve("base");
      json.put("clauses", clauses);
      try (KnowledgeBaseWriter writer = KnowledgeBaseWriter.open(base)) {
        timed("index", () -> put(writer, sentences));
        json.put("peak_heap_mib", ProcessMemory.peakHeapBytes() / MIB);
        timed("unchanged", () -> put(writer, sentences));
        writer.put(clause(0, new Random(2), sentences));
        timed("one_changed", writer::commit);
      }
      try (Stream<Path> files = Files.list(base)) {
        json.put("disk_mib", files.mapToLong(file -> file.toFile().length()).sum() / MIB);
      }
      try (KnowledgeBase opened = timed("open", () -> KnowledgeBase.open(base))) {
        search(opened, asked);
      }
      System.out.println(new Gson().toJson(json));
      return 0;
    } finally {
      MoreFiles.deleteRecursively(work, RecursiveDeleteOption.ALLOW_INSECURE);
    }
  }

  private String put(KnowledgeBaseWriter writer, List<String> sentences) {
    Random random = new Random(1);
    for (int i = 0; i < clauses; i++) {
      writer.put(clause(i, random, sentences));
    }
    return writer.commit();
  }

  private static Clause clause(int number, Random random, List<String> sentences) {
    List<String> text = new ArrayList<>();
    for (int i = 0; i < EXPLANATIONS; i++) {
      text.add(sentences.get(random.nextInt(sentences.size())));
    }
    String spec =
        String.format(Locale.ROOT, "TS %d.%03d", 21 + number % 18, number / CLAUSES_PER_DOCUMENT);
    int inDocument = number % CLAUSES_PER_DOCUMENT;
    String place = 1 + inDocument / 100 + "." + (1 + inDocument / 10 % 10) + "." + inDocument % 10;
    return new Clause(
        spec,
        "18.1.0",
        "Rel-18",
        place,
        text.get(0).substring(0, 20).strip(),
        String.join("\n", text),
        "");
  }

  private void search(KnowledgeBase base, List<Question> asked) {
    List<String> texts = asked.stream().map(Question::textWithoutTag).toList();
    for (int i = 0; i < searches; i++) {
      base.search(texts.get(i % texts.size()), LIMIT);
    }
    long[] nanos = new long[searches];
    double work = cpuSeconds();
    List<String> others = Lists.reverse(texts);
    for (int i = 0; i < searches; i++) {
      long start = System.nanoTime();
      base.search(others.get(i % others.size()), LIMIT);
      nanos[i] = System.nanoTime() - start;
    }
    json.put("search_cpu_mean_ms", (cpuSeconds() - work) * 1e3 / searches);
    Arrays.sort(nanos);
    json.put("search_p50_ms", nanos[searches / 2] / 1e6);
    json.put("search_p99_ms", nanos[(int) (searches * PERCENTILE)] / 1e6);
  }

  private <T> T timed(String what, Supplier<T> work) {
    double onCpu = cpuSeconds();
    long start = System.nanoTime();
    T result = work.get();
    double seconds = (System.nanoTime() - start) / 1e9;
    onCpu = cpuSeconds() - onCpu;
    System.out.printf("%s: %.2f s, %.2f s of them on the CPU%n", what, seconds, onCpu);
    json.put(what + "_s", seconds);
    json.put(what + "_cpu_s", onCpu);
    return result;
  }

  /** Returns the time of this thread, without what other processes take of the cores. */
  private static double cpuSeconds() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() / 1e9;
  }
}
