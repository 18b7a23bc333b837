package io.telecomllm.examples.benchmarks;

import io.telecomllm.data.Question;
import io.telecomllm.data.TeleQnADataset;
import io.telecomllm.examples.Cli;
import io.telecomllm.inference.TelecomAnswerer;
import io.telecomllm.inference.evaluation.Evaluator;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.model.files.ModelLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/**
 * Measures how long answers take while other threads of the process keep cores busy. A second run
 * with {@code -Dtelecomllm.threads=cores} shows what a fixed number of threads costs there.
 */
@CommandLine.Command(name = "BusyCoresBenchmark", mixinStandardHelpOptions = true)
public final class BusyCoresBenchmark implements Callable<Integer> {
  @Option(names = "--model", required = true, description = "Hugging Face folder or GGUF file")
  private Path model = Path.of("model");

  @Option(names = "--questions", required = true, description = "TeleQnA.zip")
  private Path questions = Path.of("TeleQnA.zip");

  @Option(names = "--count", defaultValue = "32", description = "questions to answer")
  private int count = 32;

  @Option(names = "--busy", defaultValue = "2", description = "the most busy threads")
  private int busy = 2;

  @Option(names = "--rounds", defaultValue = "3", description = "rounds; the best one counts")
  private int rounds = 3;

  /** Runs the benchmark. */
  public static void main(String[] args) {
    Cli.run(new BusyCoresBenchmark(), args);
  }

  @Override
  public Integer call() throws InterruptedException {
    List<Question> asked =
        TeleQnADataset.read(questions).split(0.2, 3407).validation().subList(0, count);
    try (LanguageModel loaded = ModelLoader.load(model);
        TelecomAnswerer answerer = TelecomAnswerer.on(loaded).build()) {
      Evaluator evaluator = Evaluator.on(answerer);
      double alone = 0;
      for (int others = 0; others <= busy; others++) {
        double seconds = beside(others, evaluator, asked);
        alone = others == 0 ? seconds : alone;
        System.out.printf(
            "%d questions beside %d busy threads: %.2f s, %.2f times as long as alone%n",
            count, others, seconds, seconds / alone);
      }
    }
    return 0;
  }

  private double beside(int others, Evaluator evaluator, List<Question> asked)
      throws InterruptedException {
    AtomicBoolean stop = new AtomicBoolean();
    List<Thread> spinning = new ArrayList<>();
    for (int i = 0; i < others; i++) {
      Thread thread =
          new Thread(
              () -> {
                while (!stop.get()) {
                  Thread.onSpinWait();
                }
              });
      thread.setDaemon(true);
      thread.start();
      spinning.add(thread);
    }
    try {
      double best = Double.POSITIVE_INFINITY;
      for (int round = 0; round < rounds; round++) {
        best = Math.min(best, asked.size() / evaluator.evaluate(asked).questionsPerSecond());
      }
      return best;
    } finally {
      stop.set(true);
      for (Thread thread : spinning) {
        thread.join();
      }
    }
  }
}
