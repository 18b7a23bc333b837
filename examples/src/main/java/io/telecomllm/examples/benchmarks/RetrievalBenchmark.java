package io.telecomllm.examples.benchmarks;

import com.google.gson.Gson;
import io.telecomllm.data.Question;
import io.telecomllm.embedding.EncoderSettings;
import io.telecomllm.embedding.TextEncoder;
import io.telecomllm.examples.Cli;
import io.telecomllm.knowledge.Clause;
import io.telecomllm.knowledge.DenseRetriever;
import io.telecomllm.knowledge.Embedder;
import io.telecomllm.knowledge.HybridRetriever;
import io.telecomllm.knowledge.KnowledgeBase;
import io.telecomllm.knowledge.Passage;
import io.telecomllm.knowledge.Query;
import io.telecomllm.knowledge.RelevanceExample;
import io.telecomllm.knowledge.RelevanceGate;
import io.telecomllm.knowledge.Retriever;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntPredicate;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/**
 * Measures how often TeleQnA's questions find their own explanation among all, by words, by vectors
 * and by both, and how well a relevance gate that was fitted on other questions tells it from
 * explanations that do not answer. The last line is JSON.
 */
@CommandLine.Command(name = "RetrievalBenchmark", mixinStandardHelpOptions = true)
public final class RetrievalBenchmark implements Callable<Integer> {
  private static final List<Integer> DEPTHS = List.of(1, 3, 10);
  private static final int LONGEST = 10;
  private static final int REFERENCES = 3;

  @Option(names = "--questions", required = true, description = "TeleQnA.zip")
  private Path zip = Path.of("TeleQnA.zip");

  @Option(names = "--encoder", required = true, description = "Hugging Face folder of an encoder")
  private Path folder = Path.of("encoder");

  @Option(names = "--instruction", description = "text in front of every query")
  private Optional<String> instruction = Optional.empty();

  @Option(names = "--vectors", required = true, description = "folder to keep vectors in")
  private Path vectors = Path.of("vectors");

  @Option(names = "--asked", defaultValue = "1000", description = "questions to ask")
  private int asked = 1_000;

  @Option(names = "--fitted", defaultValue = "1000", description = "questions to fit gates on")
  private int fitted = 1_000;

  @Option(names = "--precision", defaultValue = "0.9", description = "precision of the gates")
  private double precision = 0.9;

  private final Map<String, Object> json = new LinkedHashMap<>();

  /** Runs the benchmark. */
  public static void main(String[] args) {
    Cli.run(new RetrievalBenchmark(), args);
  }

  @Override
  public Integer call() {
    List<Question> questions = Explanations.questions(zip);
    List<Clause> clauses = Explanations.clauses(questions);
    // every other question that is used is asked, so that both are of all categories
    int step = questions.size() / (asked + fitted);
    int[] used = IntStream.range(0, asked + fitted).map(i -> i * step).toArray();
    int[] toAsk = IntStream.of(used).filter(i -> i / step % 2 == 0).limit(asked).toArray();
    int[] toFit = IntStream.of(used).filter(i -> i / step % 2 == 1).limit(fitted).toArray();
    Predicate<Clause> unasked =
        clause -> IntStream.of(toAsk).noneMatch(i -> clause.equals(clauses.get(i)));
    EncoderSettings defaults = EncoderSettings.defaults();
    json.put("clauses", clauses.size());
    json.put("asked", toAsk.length);
    try (TextEncoder loaded =
            TextEncoder.load(folder, instruction.map(defaults::queryInstruction).orElse(defaults));
        KnowledgeBase base = KnowledgeBase.of(clauses);
        KnowledgeBase without = KnowledgeBase.of(clauses.stream().filter(unasked).toList())) {
      Embedder encoder = new Remembering(loaded);
      DenseRetriever dense = DenseRetriever.on(base, encoder).cache(vectors).build();
      DenseRetriever denseWithout = DenseRetriever.on(without, encoder).cache(vectors).build();
      measure("words", base, without, questions, toAsk, toFit);
      measure("vectors", dense, denseWithout, questions, toAsk, toFit);
      measure(
          "both",
          HybridRetriever.of(dense),
          HybridRetriever.of(denseWithout),
          questions,
          toAsk,
          toFit);
    }
    System.out.println(new Gson().toJson(json));
    return 0;
  }

  private void measure(
      String name,
      Retriever with,
      Retriever without,
      List<Question> questions,
      int[] toAsk,
      int[] toFit) {
    int[] ranks =
        IntStream.of(toAsk)
            .map(i -> rank(with, Query.of(questions.get(i).text(), LONGEST), i))
            .toArray();
    int[] ranksByOptions =
        IntStream.of(toAsk).map(i -> rank(with, query(questions.get(i), LONGEST), i)).toArray();
    for (int depth : DEPTHS) {
      json.put(name + ".byQuestion.recall@" + depth, share(ranks, rank -> rank <= depth));
      json.put(name + ".recall@" + depth, share(ranksByOptions, rank -> rank <= depth));
    }
    List<RelevanceExample> examples =
        IntStream.of(toFit)
            .mapToObj(
                i ->
                    new RelevanceExample(
                        questions.get(i).text(),
                        questions.get(i).options(),
                        "TeleQnA#" + Explanations.number(i)))
            .toList();
    RelevanceGate gate = RelevanceGate.fit(with, examples, precision);
    json.put(name + ".gate", gate.figures());
    json.put(name + ".gate.threshold", gate.threshold());
    json.put(
        name + ".gate.ownPasses",
        share(toAsk, i -> rank(gate, query(questions.get(i), REFERENCES), i) <= REFERENCES));
    RelevanceGate others = gate.over(without);
    json.put(
        name + ".gate.refusesOthers",
        share(toAsk, i -> others.search(query(questions.get(i), REFERENCES)).isEmpty()));
  }

  /** Returns the search that an answerer makes for a question. */
  private static Query query(Question question, int limit) {
    return Query.of(question.text(), question.options(), limit);
  }

  /** Returns the rank of a question's own explanation; more than the limit if it is not found. */
  private static int rank(Retriever retriever, Query query, int i) {
    return retriever.search(query).stream()
        .filter(p -> p.clause().clause().equals(Explanations.number(i)))
        .mapToInt(Passage::rank)
        .findFirst()
        .orElse(query.limit() + 1);
  }

  private static double share(int[] values, IntPredicate test) {
    return (double) IntStream.of(values).filter(test).count() / values.length;
  }

  /** An embedder that computes the vector of each query once. */
  private record Remembering(Embedder embedder, Map<String, float[]> known) implements Embedder {
    Remembering(Embedder embedder) {
      this(embedder, new ConcurrentHashMap<>());
    }

    @Override
    public int dimensions() {
      return embedder.dimensions();
    }

    @Override
    public List<float[]> encode(List<String> passages) {
      return embedder.encode(passages);
    }

    @Override
    public float[] encodeQuery(String query) {
      return known.computeIfAbsent(query, embedder::encodeQuery);
    }

    @Override
    public String id() {
      return embedder.id();
    }
  }
}
