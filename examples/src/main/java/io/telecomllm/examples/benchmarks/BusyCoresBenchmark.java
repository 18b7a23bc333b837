package io.telecomllm.examples.benchmarks;

import io.telecomllm.data.Question;
import io.telecomllm.data.Split;
import io.telecomllm.data.TeleQnADataset;
import io.telecomllm.examples.Cli;
import io.telecomllm.inference.TelecomAnswerer;
import io.telecomllm.inference.evaluation.Evaluator;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.model.files.ModelLoader;
import io.telecomllm.training.QLoraTrainer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
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

  @Option(
      names = "--job",
      defaultValue = "ANSWERS",
      description =
          "${COMPLETION-CANDIDATES}: all questions at once, by 8 callers, or a training step")
  private Job job = Job.ANSWERS;

  @Option(names = "--count", defaultValue = "32", description = "questions to answer")
  private int count = 32;

  @Option(names = "--busy", defaultValue = "2", description = "the most busy threads")
  private int busy = 2;

  @Option(names = "--rounds", defaultValue = "3", description = "rounds; the best one counts")
  private int rounds = 3;

  /** What is measured beside the busy threads. */
  enum Job {
    ANSWERS,
    CALLERS,
    TRAINING
  }

  private static final int CALLERS = 8;

  /** Work that takes some seconds. */
  private interface Work {
    double seconds() throws InterruptedException;
  }

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
      Work work =
          switch (job) {
            case ANSWERS ->
                () -> count / Evaluator.on(answerer).evaluate(asked).questionsPerSecond();
            case CALLERS -> () -> called(answerer, asked);
            case TRAINING -> () -> step(loaded, asked);
          };
      double alone = 0;
      for (int others = 0; others <= busy; others++) {
        double seconds = beside(others, work);
        alone = others == 0 ? seconds : alone;
        System.out.printf(
            "%s beside %d busy threads: %.2f s, %.2f times as long as alone%n",
            job, others, seconds, seconds / alone);
      }
    }
    return 0;
  }

  /** Returns the time until callers that ask one question at a time have asked them all. */
  private static double called(TelecomAnswerer answerer, List<Question> asked)
      throws InterruptedException {
    AtomicInteger next = new AtomicInteger();
    long start = System.nanoTime();
    List<Thread> callers = new ArrayList<>();
    for (int i = 0; i < CALLERS; i++) {
      Thread caller =
          new Thread(
              () -> {
                for (int q = next.getAndIncrement(); q < asked.size(); q = next.getAndIncrement()) {
                  answerer.answer(asked.get(q));
                }
              });
      caller.start();
      callers.add(caller);
    }
    for (Thread caller : callers) {
      caller.join();
    }
    return (System.nanoTime() - start) / 1e9;
  }

  /** Returns the time of a training step of 8 questions, the second of two. */
  private static double step(LanguageModel model, List<Question> asked) {
    try (QLoraTrainer.Result result =
        QLoraTrainer.on(model)
            .with(c -> c.maxSteps(2).batchSize(8).gradientAccumulation(1))
            .run(new Split(asked.subList(0, 16), List.of()))) {
      return result.report().steps().get(1).seconds();
    }
  }

  private double beside(int others, Work work) throws InterruptedException {
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
        best = Math.min(best, work.seconds());
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
