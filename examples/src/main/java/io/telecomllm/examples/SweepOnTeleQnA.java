package io.telecomllm.examples;

import io.telecomllm.data.Split;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.training.QLoraTrainer;
import io.telecomllm.training.sweep.Sweep;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * Finds a learning rate, a batch size and a rank for your model on TeleQnA. If it is killed and
 * started again, it resumes.
 */
@CommandLine.Command(name = "SweepOnTeleQnA", mixinStandardHelpOptions = true)
public final class SweepOnTeleQnA implements Callable<Integer> {
  @Mixin private ModelAndQuestions input = new ModelAndQuestions();

  @Option(
      names = "--folder",
      required = true,
      description = "folder of the sweep: sweep.html, sweep.json, the trials' checkpoints")
  private Path folder = Path.of("sweep");

  @Option(names = "--train", defaultValue = "400", description = "questions to learn from")
  private int train = 400;

  @Option(names = "--evaluate", defaultValue = "100", description = "other questions to compare on")
  private int evaluate = 100;

  @Option(names = "--epochs", defaultValue = "1", description = "number of training passes")
  private int epochs = 1;

  @Option(names = "--rates", split = ",", defaultValue = "1e-4,2e-4,4e-4")
  private double[] rates = {};

  @Option(names = "--batches", split = ",", defaultValue = "8", description = "questions a step")
  private int[] batches = {};

  @Option(names = "--ranks", split = ",", defaultValue = "8,16")
  private int[] ranks = {};

  @Option(
      names = "--output",
      description = "PEFT folder of an adapter that is trained with the best settings")
  private Optional<Path> output = Optional.empty();

  /** Runs the program. */
  public static void main(String[] args) {
    Cli.run(new SweepOnTeleQnA(), args);
  }

  @Override
  public Integer call() {
    Split split = input.split(train, evaluate);
    try (LanguageModel base = input.load();
        ProgressBars progress = new ProgressBars("trial")) {
      QLoraTrainer trainer = QLoraTrainer.on(base).epochs(epochs).listener(progress);
      Sweep.Result result =
          Sweep.of(trainer)
              .learningRates(rates)
              .effectiveBatches(batches)
              .ranks(ranks)
              .run(split, folder);
      System.out.printf("%n%s%nplots: %s%n", result.table(), folder.resolve("sweep.html"));
      result
          .best()
          .ifPresent(best -> output.ifPresent(to -> save(best.applied(trainer), split, to)));
    }
    return 0;
  }

  private static void save(QLoraTrainer best, Split split, Path to) {
    try (QLoraTrainer.Result trained = best.run(split)) {
      trained.save(to);
    }
  }
}
