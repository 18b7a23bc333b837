package io.telecomllm.examples.benchmarks;

import com.google.gson.Gson;
import io.telecomllm.data.Question;
import io.telecomllm.embedding.TextEncoder;
import io.telecomllm.examples.Cli;
import io.telecomllm.knowledge.Clause;
import io.telecomllm.knowledge.DenseRetriever;
import io.telecomllm.knowledge.HybridRetriever;
import io.telecomllm.knowledge.KnowledgeBase;
import io.telecomllm.knowledge.Retriever;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/**
 * Measures how long it takes to index and encode many clauses, the explanations of TeleQnA and
 * variations of them, and to search them by words, by vectors and by both. The last line is JSON.
 * Vectors that the folder holds already are not encoded again; {@code encoded} says how many were.
 */
@CommandLine.Command(name = "SearchBenchmark", mixinStandardHelpOptions = true)
public final class SearchBenchmark implements Callable<Integer> {
  private static final double NANOS_PER_MILLI = 1e6;
  private static final double NANOS_PER_SECOND = 1e9;
  private static final int WARM_UP = 200;
  private static final int REFERENCES = 10;

  @Option(names = "--questions", required = true, description = "TeleQnA.zip")
  private Path zip = Path.of("TeleQnA.zip");

  @Option(names = "--encoder", required = true, description = "Hugging Face folder of an encoder")
  private Path folder = Path.of("encoder");

  @Option(names = "--vectors", required = true, description = "folder to keep vectors in")
  private Path vectors = Path.of("vectors");

  @Option(names = "--clauses", defaultValue = "100000", description = "clauses to search")
  private int clauses = 100_000;

  @Option(names = "--asked", defaultValue = "1000", description = "queries to measure")
  private int asked = 1_000;

  private final Map<String, Object> json = new LinkedHashMap<>();

  /** Runs the benchmark. */
  public static void main(String[] args) {
    Cli.run(new SearchBenchmark(), args);
  }

  @Override
  public Integer call() throws Exception {
    List<Question> questions = Explanations.questions(zip);
    List<Clause> all = Explanations.varied(questions, clauses);
    Path index = Files.createTempDirectory("search").resolve("index");
    json.put("clauses", all.size());
    long start = System.nanoTime();
    KnowledgeBase.index(all, index);
    json.put("indexSeconds", seconds(start));
    start = System.nanoTime();
    try (KnowledgeBase base = KnowledgeBase.open(index);
        TextEncoder encoder = TextEncoder.load(folder)) {
      json.put("openSeconds", seconds(start));
      start = System.nanoTime();
      DenseRetriever dense = DenseRetriever.on(base, encoder).cache(vectors).build();
      json.put("denseSeconds", seconds(start));
      json.put("encoded", dense.report().encoded());
      measure("words", base, questions);
      measure("vectors", dense, questions);
      measure("both", HybridRetriever.of(dense), questions);
    }
    json.put("peakHeapMiB", peakHeap() >> 20);
    System.out.println(new Gson().toJson(json));
    return 0;
  }

  private void measure(String name, Retriever retriever, List<Question> questions) {
    double[] millis = new double[asked];
    double[] busy = new double[asked];
    for (int i = -WARM_UP; i < asked; i++) {
      String text = questions.get((i + WARM_UP) * 7 % questions.size()).text();
      long start = System.nanoTime();
      long cpu = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
      retriever.search(text, REFERENCES);
      if (i >= 0) {
        millis[i] = (System.nanoTime() - start) / NANOS_PER_MILLI;
        busy[i] =
            (ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - cpu)
                / NANOS_PER_MILLI;
      }
    }
    percentiles(name + ".millis", millis);
    percentiles(name + ".threadMillis", busy);
  }

  private void percentiles(String name, double[] values) {
    Arrays.sort(values);
    json.put(name + ".p50", values[values.length / 2]);
    json.put(name + ".p99", values[values.length * 99 / 100]);
  }

  private static double seconds(long start) {
    return (System.nanoTime() - start) / NANOS_PER_SECOND;
  }

  private static long peakHeap() {
    return ManagementFactory.getMemoryPoolMXBeans().stream()
        .filter(pool -> pool.getType() == MemoryType.HEAP)
        .map(MemoryPoolMXBean::getPeakUsage)
        .mapToLong(usage -> usage.getUsed())
        .sum();
  }
}
