package io.telecomllm.examples;

import io.telecomllm.data.Accuracy;
import io.telecomllm.data.Choices;
import io.telecomllm.data.Question;
import io.telecomllm.data.Split;
import io.telecomllm.lora.LoraConfig;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.report.Chart;
import io.telecomllm.report.Curve;
import io.telecomllm.training.QLoraTrainer;
import io.telecomllm.training.progress.TrainingListener.StepRecord;
import io.telecomllm.training.progress.TrainingReport;
import io.telecomllm.training.settings.IntervalStrategy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * Measures what a model learns from how many questions, and which part of the answer teaches. Each
 * trial is a line of {@code results.csv}; if the program is killed and started again, it resumes,
 * and trials that are done are not repeated.
 */
@CommandLine.Command(name = "LearningCurves", mixinStandardHelpOptions = true)
public final class LearningCurves implements Callable<Integer> {
  private static final List<String> STYLES = List.of("line", "point", "band", "raw");
  private static final String COLUMNS =
      "trial,trained_on,text_weight,right,asked,choice_loss,guess_loss,training_seconds";

  @Mixin private ModelAndQuestions input = new ModelAndQuestions();

  @Option(
      names = "--folder",
      required = true,
      description = "folder of the results: results.csv, curves.svg, the trials' checkpoints")
  private Path folder = Path.of("curves");

  @Option(
      names = "--train",
      split = ",",
      defaultValue = "400",
      description = "numbers of questions to learn from, a trial each")
  private int[] train = {};

  @Option(
      names = "--text-weights",
      split = ",",
      defaultValue = "1",
      description = "weights of an answer's text next to its choice, a trial each")
  private double[] textWeights = {};

  @Option(names = "--evaluate", defaultValue = "400", description = "other questions to measure on")
  private int evaluate = 400;

  @Option(
      names = "--draw-from",
      defaultValue = "6000",
      description = "the questions to learn from are the first of so many, so that trials compare")
  private int drawFrom = 6000;

  /** Runs the program. */
  public static void main(String[] args) {
    Cli.run(new LearningCurves(), args);
  }

  @Override
  public Integer call() throws IOException {
    Split all = input.split(drawFrom, evaluate);
    ResultsFile results = ResultsFile.open(folder, COLUMNS);
    List<Curve> curves = new ArrayList<>();
    List<String> names = new ArrayList<>();
    try (LanguageModel base = input.load()) {
      if (results.lacks("base")) {
        append(
            results,
            "base",
            0,
            0,
            FineTuneOnTeleQnA.evaluate(base, Optional.empty(), all.validation()).choices(),
            0);
      }
      for (int count : train) {
        for (double textWeight : textWeights) {
          String name = count + " questions, text " + textWeight;
          TrainingReport report = trial(base, all, results, count, textWeight);
          curves.add(curve(report.steps()));
          names.add(name);
        }
      }
    }
    draw(curves, names);
    System.out.println(results.text());
    return 0;
  }

  private TrainingReport trial(
      LanguageModel base, Split all, ResultsFile results, int count, double textWeight)
      throws IOException {
    String name = "train-" + count + "-text-" + textWeight;
    List<Question> learn = all.training().subList(0, Math.min(count, all.training().size()));
    QLoraTrainer trainer =
        QLoraTrainer.on(base)
            .lora(LoraConfig.builder().rank(16).alpha(16).build())
            .with(
                c ->
                    c.epochs(1)
                        .batchSize(8)
                        .gradientAccumulation(1)
                        .textWeight(textWeight)
                        .saveStrategy(IntervalStrategy.STEPS)
                        .saveSteps(20)
                        .loadBestModelAtEnd(false))
            .checkpoints(folder.resolve(name));
    try (ProgressBars progress = new ProgressBars(name);
        QLoraTrainer.Result result = trainer.listener(progress).run(new Split(learn, List.of()))) {
      if (results.lacks(name)) {
        Choices after =
            FineTuneOnTeleQnA.evaluate(base, Optional.of(result.adapter()), all.validation())
                .choices();
        append(results, name, learn.size(), textWeight, after, result.report().seconds());
      }
      return result.report();
    }
  }

  private static void append(
      ResultsFile results,
      String trial,
      int trained,
      double textWeight,
      Choices choices,
      double seconds)
      throws IOException {
    Accuracy accuracy = choices.accuracy();
    System.out.printf("%n%s: %s, loss of the choice %.3f%n", trial, accuracy, choices.loss());
    String line =
        String.format(
            Locale.ROOT,
            "%s,%d,%s,%d,%d,%.4f,%.4f,%.1f",
            trial,
            trained,
            textWeight,
            accuracy.right(),
            accuracy.count(),
            choices.loss(),
            choices.chance(),
            seconds);
    results.append(line);
  }

  /** Returns the running mean of the loss of the choice over the questions seen. */
  private static Curve curve(List<StepRecord> steps) {
    double[] seen = new double[steps.size()];
    double[] loss = new double[steps.size()];
    int questions = 0;
    for (int i = 0; i < steps.size(); i++) {
      questions += steps.get(i).questions();
      seen[i] = questions;
      loss[i] = steps.get(i).choices().loss();
    }
    return new Curve(seen, loss).smoothed(0.95);
  }

  private void draw(List<Curve> curves, List<String> names) throws IOException {
    Chart chart =
        new Chart(760, 380, "loss of the choice, smoothed (nats per question)", false)
            .over("questions seen", "question", false);
    for (int i = 0; i < curves.size(); i++) {
      chart.line(STYLES.get(Math.min(i, STYLES.size() - 1)), curves.get(i), names.get(i));
    }
    Files.writeString(folder.resolve("curves.svg"), chart.file("What the choice is learnt from"));
  }
}
