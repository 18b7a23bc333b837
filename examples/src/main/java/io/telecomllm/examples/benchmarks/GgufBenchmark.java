package io.telecomllm.examples.benchmarks;

import io.telecomllm.data.Choices;
import io.telecomllm.data.Question;
import io.telecomllm.data.Split;
import io.telecomllm.data.TeleQnADataset;
import io.telecomllm.examples.Cli;
import io.telecomllm.inference.TelecomAnswerer;
import io.telecomllm.inference.evaluation.Evaluation;
import io.telecomllm.inference.evaluation.Evaluator;
import io.telecomllm.lora.LoraConfig;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.model.files.ModelLoader;
import io.telecomllm.quantization.QuantizationConfig;
import io.telecomllm.training.QLoraTrainer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/**
 * Compares a quantized GGUF file whose blocks stay as they are with the same file packed again to
 * NF4, and laid out for answering: loading beside a bare read of the bytes, memory, right answers,
 * answers a second, training steps. They take turns, so that a machine that gets slower slows all.
 */
@CommandLine.Command(name = "GgufBenchmark", mixinStandardHelpOptions = true)
public final class GgufBenchmark implements Callable<Integer> {
  private static final int READ_BYTES = 1 << 20;

  @Option(names = "--model", required = true, description = "quantized GGUF file")
  private Path file = Path.of("model.gguf");

  @Option(names = "--questions", required = true, description = "TeleQnA.zip")
  private Path questions = Path.of("TeleQnA.zip");

  @Option(names = "--count", defaultValue = "60", description = "questions to answer")
  private int count = 60;

  @Option(names = "--steps", defaultValue = "4", description = "training steps of 8 questions")
  private int steps = 4;

  @Option(names = "--rounds", defaultValue = "2", description = "rounds; the best one counts")
  private int rounds = 2;

  /** The best of all rounds of one way of keeping the weights. */
  private static final class Measured {
    private double load = Double.POSITIVE_INFINITY;
    private double answers;
    private double step = Double.POSITIVE_INFINITY;
    private long bytes;
    private Choices choices = Choices.NONE;
  }

  /** Runs the benchmark. */
  public static void main(String[] args) {
    Cli.run(new GgufBenchmark(), args);
  }

  @Override
  public Integer call() throws IOException {
    Split split = TeleQnADataset.read(questions).split(0.2, 3407);
    List<Question> asked = split.validation().subList(0, count);
    Split taught = new Split(split.training().subList(0, 8 * steps), List.of());
    Measured kept = new Measured();
    Measured nf4 = new Measured();
    Measured answering = new Measured();
    double bare = Double.POSITIVE_INFINITY;
    read();
    for (int round = 0; round < rounds; round++) {
      long start = System.nanoTime();
      read();
      bare = Math.min(bare, (System.nanoTime() - start) / 1e9);
      measure(kept, ModelLoader.of(file), asked, taught);
      measure(nf4, ModelLoader.of(file).quantization(QuantizationConfig.nf4()), asked, taught);
      measure(answering, ModelLoader.of(file).forAnswering(), asked, taught);
    }
    double bytes = Files.size(file);
    print("blocks kept", kept, bytes, bare);
    print("packed to NF4", nf4, bytes, bare);
    print("for answering", answering, bytes, bare);
    System.out.printf(
        "kept / NF4: answers %.2f, training steps %.2f; for answering / NF4: %.2f, %.2f%n",
        kept.answers / nf4.answers,
        nf4.step / kept.step,
        answering.answers / nf4.answers,
        nf4.step / answering.step);
    return 0;
  }

  private static void measure(
      Measured into, ModelLoader loader, List<Question> asked, Split taught) {
    long start = System.nanoTime();
    try (LanguageModel model = loader.load()) {
      into.load = Math.min(into.load, (System.nanoTime() - start) / 1e9);
      into.bytes = model.weightBytes();
      try (TelecomAnswerer answerer = TelecomAnswerer.on(model).build()) {
        Evaluation evaluation = Evaluator.on(answerer).evaluate(asked);
        into.answers = Math.max(into.answers, evaluation.questionsPerSecond());
        into.choices = evaluation.choices();
      }
      try (QLoraTrainer.Result result =
          QLoraTrainer.on(model)
              .lora(LoraConfig.builder().rank(16).alpha(16).build())
              .with(c -> c.epochs(1).batchSize(8).gradientAccumulation(1))
              .run(taught)) {
        result.report().steps().stream()
            .mapToDouble(step -> step.seconds())
            .min()
            .ifPresent(best -> into.step = Math.min(into.step, best));
      }
    }
  }

  private static void print(String name, Measured m, double bytes, double bare) {
    System.out.printf(
        "%-14s loaded in %.2f s, %.2f bare reads; weights %.0f MB, %.2f times the file's %.0f;"
            + " right %s, loss of the choice %.3f; %.2f answers/s; %.2f s a training step%n",
        name,
        m.load,
        m.load / bare,
        m.bytes / 1e6,
        m.bytes / bytes,
        bytes / 1e6,
        m.choices.accuracy(),
        m.choices.loss(),
        m.answers,
        m.step);
  }

  private void read() throws IOException {
    byte[] buffer = new byte[READ_BYTES];
    try (InputStream in = Files.newInputStream(file)) {
      while (in.read(buffer) >= 0) {
        // the bytes only have to come
      }
    }
  }
}
