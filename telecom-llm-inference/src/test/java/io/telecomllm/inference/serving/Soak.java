package io.telecomllm.inference.serving;

import io.telecomllm.generation.GenerationConfig;
import io.telecomllm.generation.GenerationListener;
import io.telecomllm.inference.TelecomAnswerer;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.prompt.ChatTemplate;
import io.telecomllm.prompt.Message;
import io.telecomllm.prompt.OpenPrompt;
import io.telecomllm.testing.TinyModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;

/**
 * A process that answers with 8 threads for some seconds: choices, texts, streams, cancellations,
 * time-outs. What it printed last says what was left over.
 */
final class Soak {
  private static final int INPUTS = 12;
  private static final int THREADS = 8;

  private final TelecomAnswerer answerer;
  private final List<List<Double>> choices = new ArrayList<>();
  private final List<String> texts = new ArrayList<>();
  private final LongAdder done = new LongAdder();
  private final LongAdder cancelled = new LongAdder();

  private Soak(TelecomAnswerer answerer) {
    this.answerer = answerer;
    for (int i = 0; i < INPUTS; i++) {
      choices.add(choice(i));
      texts.add(text(i));
    }
  }

  public static void main(String[] args) throws Exception {
    long seconds = Long.parseLong(args[0]);
    try (LanguageModel model = TinyModel.load(400)) {
      // what is loaded and started once is not left over
      soak(model, 1);
      long files = entries("/proc/self/fd");
      long threads = entries("/proc/self/task");
      long before = resident();
      Soak soak = soak(model, seconds);
      System.out.printf(
          "done %d cancelled %d files %d threads %d KiB %d%n",
          soak.done.sum(),
          soak.cancelled.sum(),
          entries("/proc/self/fd") - files,
          entries("/proc/self/task") - threads,
          resident() - before);
    }
  }

  private static Soak soak(LanguageModel model, long seconds) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    try (TelecomAnswerer answerer =
        TelecomAnswerer.on(model)
            .prompt(TinyModel.prompt())
            .openPrompt(new OpenPrompt(ChatTemplate.CHAT_ML, "Answer."))
            .texts(4)
            .build()) {
      Soak soak = new Soak(answerer);
      long end = System.nanoTime() + seconds * 1_000_000_000L;
      List<Future<?>> running = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        Random random = new Random(i);
        running.add(
            threads.submit(
                () -> {
                  while (System.nanoTime() < end) {
                    soak.once(random);
                  }
                  return null;
                }));
      }
      for (Future<?> each : running) {
        each.get(20 + seconds, TimeUnit.SECONDS);
      }
      return soak;
    } finally {
      threads.shutdown();
    }
  }

  private List<Double> choice(int i) {
    return answerer.answer("question " + i, List.of("a" + i, "b", "c")).probabilities();
  }

  private static List<Message> asked(int i) {
    return List.of(Message.user("question " + i));
  }

  private static GenerationConfig config(int i) {
    return GenerationConfig.with(
        c -> c.maxNewTokens(5 + 3 * i).temperature(i % 2).seed(i).draftTokens(i % 3));
  }

  private String text(int i) {
    return answerer.ask(asked(i), config(i), GenerationListener.NONE).text();
  }

  private void once(Random random) {
    int i = random.nextInt(INPUTS);
    switch (random.nextInt(6)) {
      case 0 -> near(choices.get(i), choice(i));
      case 1 ->
          near(
              choices.get(i),
              answerer
                  .answerAsync("question " + i, List.of("a" + i, "b", "c"))
                  .join()
                  .probabilities());
      case 2 -> same(texts.get(i), text(i));
      case 3 -> same(texts.get(i), answerer.askAsync(asked(i), config(i)).join().text());
      case 4 -> cancelled(answerer.askAsync(asked(i), config(i)).thenApply(a -> a), random);
      default ->
          timedOut(
              answerer
                  .askAsync(asked(i), config(i))
                  .thenApply(a -> a.text().length())
                  .orTimeout(1 + random.nextInt(3), TimeUnit.MILLISECONDS));
    }
    done.increment();
  }

  private void cancelled(CompletableFuture<?> answer, Random random) {
    try {
      Thread.sleep(random.nextInt(3));
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    answer.cancel(true);
    timedOut(answer);
  }

  private void timedOut(CompletableFuture<?> answer) {
    try {
      answer.join();
    } catch (CancellationException | CompletionException e) {
      cancelled.increment();
    }
  }

  private static void near(List<Double> expected, List<Double> found) {
    for (int i = 0; i < expected.size(); i++) {
      if (Math.abs(expected.get(i) - found.get(i)) > 1e-5) {
        throw new AssertionError("answered " + found + ", serially " + expected);
      }
    }
  }

  private static void same(String expected, String found) {
    if (!expected.equals(found)) {
      throw new AssertionError("wrote " + found + ", serially " + expected);
    }
  }

  private static long entries(String folder) throws IOException {
    System.gc();
    try (Stream<Path> all = Files.list(Path.of(folder))) {
      return all.count();
    }
  }

  private static long resident() throws IOException {
    try (Stream<String> lines = Files.lines(Path.of("/proc/self/status"))) {
      String line = lines.filter(l -> l.startsWith("VmRSS:")).findFirst().orElseThrow();
      return Long.parseLong(line.replaceAll("\\D", ""));
    }
  }
}
