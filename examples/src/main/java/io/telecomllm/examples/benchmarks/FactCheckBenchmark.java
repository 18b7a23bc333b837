package io.telecomllm.examples.benchmarks;

import com.google.common.collect.Range;
import com.google.gson.Gson;
import io.telecomllm.data.Question;
import io.telecomllm.examples.Cli;
import io.telecomllm.facts.FactChecker;
import io.telecomllm.facts.ModelJudge;
import io.telecomllm.generation.GenerationConfig;
import io.telecomllm.generation.GenerationListener;
import io.telecomllm.inference.TelecomAnswerer;
import io.telecomllm.knowledge.KnowledgeBase;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.model.files.ModelLoader;
import io.telecomllm.prompt.Message;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/**
 * Measures what it costs to check the facts of an answer, next to writing it. A model answers open
 * questions in three sentences from all explanations; its sentences are checked by their words, and
 * by the same model as the judge. The last line is JSON: seconds of each, and their ratio.
 */
@CommandLine.Command(name = "FactCheckBenchmark", mixinStandardHelpOptions = true)
public final class FactCheckBenchmark implements Callable<Integer> {
  private static final Range<Integer> CLAIMS = Range.closed(2, 4);
  private static final int MOST_TOKENS = 120;
  private static final String TASK = "Answer in three sentences. ";

  @Option(
      names = "--model",
      required = true,
      description = "Hugging Face folder, GGUF file, or name on the hub")
  private String model = "";

  @Option(names = "--questions", required = true, description = "TeleQnA.zip")
  private Path questions = Path.of("TeleQnA.zip");

  @Option(names = "--count", defaultValue = "8", description = "answers of two to four claims")
  private int count = 8;

  private final List<Double> claims = new ArrayList<>();
  private final List<Double> answering = new ArrayList<>();
  private final List<Double> byWords = new ArrayList<>();
  private final List<Double> byModel = new ArrayList<>();

  /** Runs the benchmark. */
  public static void main(String[] args) {
    Cli.run(new FactCheckBenchmark(), args);
  }

  @Override
  public Integer call() {
    List<Question> all = Explanations.questions(questions);
    try (LanguageModel loaded = ModelLoader.of(model).forAnswering().load();
        KnowledgeBase base = KnowledgeBase.of(Explanations.clauses(all));
        TelecomAnswerer answerer = TelecomAnswerer.on(loaded).knowledge(base).build();
        ModelJudge judge = ModelJudge.of(loaded)) {
      FactChecker words = FactChecker.on(base);
      FactChecker judged = words.judge(judge);
      for (int i = 0; i < all.size() && answering.size() < count; i++) {
        measure(answerer, all.get(i).text(), words, judged);
      }
    }
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("answers", answering.size());
    json.put("claims", mean(claims));
    json.put("secondsOfAnswer", mean(answering));
    json.put("secondsOfCheckByWords", mean(byWords));
    json.put("secondsOfCheckByModel", mean(byModel));
    json.put("checkByWordsOverAnswer", mean(byWords) / mean(answering));
    json.put("checkByModelOverAnswer", mean(byModel) / mean(answering));
    System.out.println(new Gson().toJson(json));
    return 0;
  }

  /** Measures a question whose answer has about three claims; others are left out. */
  private void measure(
      TelecomAnswerer answerer, String question, FactChecker words, FactChecker judged) {
    long start = System.nanoTime();
    String answer =
        answerer
            .ask(
                List.of(Message.user(TASK + question)),
                GenerationConfig.with(c -> c.maxNewTokens(MOST_TOKENS)),
                GenerationListener.NONE)
            .text();
    double seconds = (System.nanoTime() - start) / 1e9;
    int found = words.check(question, answer).claims().size();
    if (CLAIMS.contains(found)) {
      claims.add((double) found);
      answering.add(seconds);
      byWords.add(seconds(() -> words.check(question, answer)));
      byModel.add(seconds(() -> judged.check(question, answer)));
      System.out.println(answer);
    }
  }

  private static double seconds(Supplier<?> work) {
    long start = System.nanoTime();
    Object unused = work.get();
    return (System.nanoTime() - start) / 1e9;
  }

  private static double mean(List<Double> values) {
    return values.stream().mapToDouble(v -> v).average().orElse(Double.NaN);
  }
}
