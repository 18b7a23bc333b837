package io.telecomllm.examples;

import io.telecomllm.data.Question;
import io.telecomllm.data.Split;
import io.telecomllm.inference.TelecomAnswerer;
import io.telecomllm.inference.evaluation.Evaluation;
import io.telecomllm.inference.evaluation.Evaluator;
import io.telecomllm.lora.LoraAdapter;
import io.telecomllm.lora.LoraConfig;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.training.QLoraTrainer;
import io.telecomllm.training.progress.TrainingListener;
import io.telecomllm.training.tracking.HtmlReport;
import io.telecomllm.training.tracking.MetricsFile;
import io.telecomllm.training.tracking.TensorBoardFile;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import me.tongfei.progressbar.ProgressBar;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Fine-tunes your model on TeleQnA and shows its accuracy before and after. */
@CommandLine.Command(name = "FineTuneOnTeleQnA", mixinStandardHelpOptions = true)
public final class FineTuneOnTeleQnA implements Callable<Integer> {
  @Mixin private ModelAndQuestions input = new ModelAndQuestions();

  @Option(names = "--train", defaultValue = "400", description = "questions to learn from")
  private int train = 400;

  @Option(names = "--evaluate", defaultValue = "200", description = "other questions to measure on")
  private int evaluate = 200;

  @Option(names = "--epochs", defaultValue = "1", description = "number of training passes")
  private int epochs = 1;

  @Option(names = "--batch", defaultValue = "8", description = "questions computed at a time")
  private int batch = 8;

  @Option(names = "--output", description = "PEFT folder to write the adapter and its lineage to")
  private Optional<Path> output = Optional.empty();

  @Option(
      names = "--run",
      description =
          "folder of the run: checkpoints to resume from, metrics.jsonl, TensorBoard events,"
              + " report.html")
  private Optional<Path> run = Optional.empty();

  /** Runs the program. */
  public static void main(String[] args) {
    Cli.run(new FineTuneOnTeleQnA(), args);
  }

  @Override
  public Integer call() {
    Split sides = input.split(train, evaluate);
    List<Question> learn = sides.training();
    List<Question> measure = sides.validation();
    try (LanguageModel base = input.load()) {
      Evaluation before = evaluate(base, Optional.empty(), measure);
      QLoraTrainer.Result result =
          train(base, new Split(learn, run.isPresent() ? measure : List.of()));
      try (LoraAdapter adapter = result.adapter()) {
        Evaluation after = evaluate(base, Optional.of(adapter), measure);
        System.out.printf("%nbefore%n%s%nafter%n%s%n", before.table(), after.table());
        System.out.printf(
            "accuracy before %.1f %%, after %.1f %% on %d questions not trained on%n"
                + "loss of the last steps %.3f, %.0f tokens/s in training, peak memory %.2f GiB%n",
            100 * before.accuracy().value(),
            100 * after.accuracy().value(),
            measure.size(),
            result.report().finalLoss(),
            result.report().tokensPerSecond(),
            ProcessMemory.peakGiB());
        output.ifPresent(result::save);
      }
    }
    return 0;
  }

  private QLoraTrainer.Result train(LanguageModel base, Split split) {
    QLoraTrainer trainer =
        QLoraTrainer.on(base)
            .lora(LoraConfig.builder().rank(16).alpha(16).build())
            .with(
                c ->
                    c.epochs(epochs)
                        .batchSize(batch)
                        .gradientAccumulation(Math.max(1, 8 / batch))
                        .loadBestModelAtEnd(false));
    try (ProgressBars progress = new ProgressBars("training")) {
      if (run.isEmpty()) {
        return trainer.listener(progress).run(split);
      }
      Path folder = run.get();
      try (MetricsFile metrics = MetricsFile.in(folder);
          TensorBoardFile board = TensorBoardFile.in(folder)) {
        QLoraTrainer.Result result =
            trainer
                .checkpoints(folder.resolve("checkpoints"))
                .listener(TrainingListener.all(progress, metrics, board))
                .run(split);
        HtmlReport.write(
            folder.resolve("report.html"), result.report(), Optional.of(result.lineage()));
        return result;
      }
    }
  }

  /** Asks a model, with an adapter or without, and returns its answers. */
  static Evaluation evaluate(
      LanguageModel model, Optional<LoraAdapter> adapter, List<Question> questions) {
    var builder = TelecomAnswerer.on(model);
    adapter.ifPresent(builder::adapter);
    try (TelecomAnswerer answerer = builder.build();
        ProgressBar bar = ProgressBars.open("answering")) {
      return Evaluator.on(answerer).listener(ProgressBars.evaluation(bar)).evaluate(questions);
    }
  }
}
