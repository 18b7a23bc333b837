package io.telecomllm.examples.benchmarks;

import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import com.google.gson.Gson;
import io.telecomllm.data.Question;
import io.telecomllm.embedding.TextEncoder;
import io.telecomllm.examples.Cli;
import io.telecomllm.examples.ProcessMemory;
import io.telecomllm.knowledge.Clause;
import io.telecomllm.knowledge.DenseRetriever;
import io.telecomllm.knowledge.Embedder;
import io.telecomllm.knowledge.HybridRetriever;
import io.telecomllm.knowledge.KnowledgeBase;
import io.telecomllm.knowledge.Retriever;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/**
 * Measures how long it takes to index and encode many clauses, the explanations of TeleQnA and
 * variations of them, and to search them by words, by vectors and by both. Where fewer clauses are
 * to be encoded than there are, the others get mixtures of the vectors of two: the search takes as
 * long. The last line is JSON; {@code threadMillis} is the time that the searching thread was on a
 * core, without what the operators' own threads computed.
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

  @Option(names = "--encoded", defaultValue = "2000", description = "clauses to encode")
  private int encoded = 2_000;

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
    Path work = Files.createTempDirectory("search");
    try {
      measure(questions, all, work.resolve("index"));
    } finally {
      MoreFiles.deleteRecursively(work, RecursiveDeleteOption.ALLOW_INSECURE);
    }
    json.put("peakHeapMiB", ProcessMemory.peakHeapBytes() >> 20);
    System.out.println(new Gson().toJson(json));
    return 0;
  }

  private void measure(List<Question> questions, List<Clause> all, Path index) {
    json.put("clauses", all.size());
    long start = System.nanoTime();
    KnowledgeBase.index(all, index);
    json.put("indexSeconds", seconds(start));
    start = System.nanoTime();
    try (KnowledgeBase base = KnowledgeBase.open(index);
        TextEncoder encoder = TextEncoder.load(folder)) {
      json.put("openSeconds", seconds(start));
      List<String> texts = all.stream().limit(encoded).map(Clause::text).toList();
      start = System.nanoTime();
      Mixing mixing = new Mixing(encoder, encoder.encode(texts), new Random(16));
      json.put("encodedPerSecond", texts.size() / seconds(start));
      start = System.nanoTime();
      DenseRetriever dense = DenseRetriever.on(base, mixing).build();
      json.put("denseSecondsWithoutEncoding", seconds(start));
      measure("words", base, questions);
      measure("vectors", dense, questions);
      measure("both", HybridRetriever.of(dense), questions);
    }
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
            (ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - cpu) / NANOS_PER_MILLI;
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

  /** An embedder of queries whose vectors of passages are mixtures of known ones. */
  private record Mixing(TextEncoder encoder, List<float[]> known, Random random)
      implements Embedder {
    @Override
    public int dimensions() {
      return encoder.dimensions();
    }

    @Override
    public List<float[]> encode(List<String> passages) {
      return passages.stream().map(passage -> mixture()).toList();
    }

    private float[] mixture() {
      float[] first = known.get(random.nextInt(known.size()));
      float[] second = known.get(random.nextInt(known.size()));
      float share = random.nextFloat();
      double squares = 0;
      float[] mixed = new float[first.length];
      for (int i = 0; i < mixed.length; i++) {
        mixed[i] = share * first[i] + (1 - share) * second[i];
        squares += mixed[i] * mixed[i];
      }
      for (int i = 0; i < mixed.length; i++) {
        mixed[i] /= (float) Math.sqrt(squares);
      }
      return mixed;
    }

    @Override
    public float[] encodeQuery(String query) {
      return encoder.encodeQuery(query);
    }

    @Override
    public String id() {
      return "0".repeat(64);
    }
  }
}
