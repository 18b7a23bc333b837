package io.telecomllm.examples;

import io.telecomllm.data.Question;
import io.telecomllm.data.Split;
import io.telecomllm.examples.AblationKnowledge.Setting;
import io.telecomllm.facts.CheckedClaim;
import io.telecomllm.facts.Claim;
import io.telecomllm.facts.Verdict;
import io.telecomllm.inference.AnswererBuilder;
import io.telecomllm.inference.TelecomAnswerer;
import io.telecomllm.inference.evaluation.Evaluation;
import io.telecomllm.inference.evaluation.Evaluator;
import io.telecomllm.inference.evaluation.Outcome;
import io.telecomllm.inference.evaluation.report.EvaluationFigures;
import io.telecomllm.inference.evaluation.report.Figure;
import io.telecomllm.inference.evaluation.report.GroupFigures;
import io.telecomllm.inference.statistics.Bootstrap;
import io.telecomllm.inference.statistics.Estimate;
import io.telecomllm.lora.LoraConfig;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.report.Chart;
import io.telecomllm.report.Curve;
import io.telecomllm.training.QLoraTrainer;
import io.telecomllm.training.preference.PreferenceTrainer;
import io.telecomllm.training.preference.QuestionPairs;
import io.telecomllm.training.settings.IntervalStrategy;
import io.telecomllm.training.settings.TrainingConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.UnaryOperator;
import me.tongfei.progressbar.ProgressBar;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * Measures what each part of training against hallucination is worth: every arm is trained on the
 * same questions and measured on the same others, without knowledge, with passages that do not
 * answer, and with all explanations. Each result is a line of {@code results.csv}; if the program
 * is killed and started again, it resumes, and what is done is not repeated.
 */
@CommandLine.Command(name = "Ablation", mixinStandardHelpOptions = true)
public final class Ablation implements Callable<Integer> {
  private static final String COLUMNS =
      "arm,seed,setting,questions,accuracy,low,high,given,wrong_given,selective_80,aurc,aurc_low,"
          + "aurc_high,ece,supported_given";
  private static final int REFERENCES = 3;
  private static final long BOOTSTRAP_SEED = 20;

  @Mixin private ModelAndQuestions input = new ModelAndQuestions();

  @Option(
      names = "--folder",
      required = true,
      description = "folder of the results: results.csv, ablation.svg, adapters, answers")
  private Path folder = Path.of("ablation");

  @Option(names = "--train", defaultValue = "400", description = "questions to learn from")
  private int train = 400;

  @Option(names = "--evaluate", defaultValue = "400", description = "other questions to measure on")
  private int evaluate = 400;

  @Option(names = "--seeds", split = ",", defaultValue = "3407", description = "seeds, a run each")
  private long[] seeds = {};

  @Option(
      names = "--arms",
      split = ",",
      description = "arms to measure, such as base,penalty; default: all")
  private AblationArm[] arms = AblationArm.values();

  @Option(
      names = "--settings",
      split = ",",
      description = "what answers may rest on: bare, others, oracle; default: all")
  private Setting[] settings = Setting.values();

  @Option(
      names = "--without-references-below",
      defaultValue = "0",
      description = "read again without references where the model is less sure than this, 0 to 1")
  private double withoutReferencesBelow;

  @Option(names = "--batch", defaultValue = "8", description = "questions in a step")
  private int batch = 8;

  /** The models that learn and answer, and what they learn and answer from. */
  private record Bench(
      LanguageModel model, LanguageModel answering, Split split, AblationKnowledge knowledge) {
    /** Returns the same with another model, which answers in the form that it has. */
    Bench with(LanguageModel other) {
      return new Bench(other, other, split, knowledge);
    }
  }

  /** Runs the program. */
  public static void main(String[] args) {
    Cli.run(new Ablation(), args);
  }

  @Override
  public Integer call() throws IOException {
    Split split = input.split(train, evaluate);
    ResultsFile results = ResultsFile.open(folder, COLUMNS);
    try (LanguageModel model = input.load();
        LanguageModel answering = input.loadForAnswering();
        AblationKnowledge knowledge = new AblationKnowledge(split)) {
      Bench bench = new Bench(model, answering, split, knowledge);
      for (AblationArm arm : arms) {
        for (long seed : arm == AblationArm.BASE ? new long[] {0} : seeds) {
          measure(bench, arm, seed, results);
        }
      }
    }
    draw(results);
    System.out.println(results.text());
    return 0;
  }

  private void measure(Bench bench, AblationArm arm, long seed, ResultsFile results)
      throws IOException {
    List<Setting> missing = new ArrayList<>();
    for (Setting setting : settings) {
      if (results.lacks(arm + "," + seed + "," + setting)) {
        missing.add(setting);
      }
    }
    if (missing.isEmpty()) {
      return;
    }
    if (arm == AblationArm.PREFERENCE) {
      try (QLoraTrainer.Result first = resumed(bench, AblationArm.SHUFFLED, seed);
          LanguageModel merged = bench.model().merged(first.adapter())) {
        Bench after = bench.with(merged);
        Path adapter = preferred(after, seed);
        for (Setting setting : missing) {
          measure(after, arm, seed, setting, Optional.of(adapter), results);
        }
      }
      return;
    }
    Optional<Path> adapter =
        arm == AblationArm.BASE ? Optional.empty() : Optional.of(trained(bench, arm, seed));
    for (Setting setting : missing) {
      measure(bench, arm, seed, setting, adapter, results);
    }
  }

  private Path place(AblationArm arm, long seed) {
    return folder.resolve(arm + "-" + seed);
  }

  private UnaryOperator<TrainingConfig.Builder> recipe(AblationArm arm, long seed) {
    return c ->
        arm.settings(
            c.epochs(1)
                .batchSize(batch)
                .gradientAccumulation(1)
                .seed(seed)
                .saveStrategy(IntervalStrategy.STEPS)
                .saveSteps(20)
                .loadBestModelAtEnd(false));
  }

  /** Trains an arm, or goes on with it; a run that has ended is only read. */
  private QLoraTrainer.Result resumed(Bench bench, AblationArm arm, long seed) {
    QLoraTrainer trainer =
        QLoraTrainer.on(bench.model())
            .lora(LoraConfig.builder().rank(16).alpha(16).build())
            .with(recipe(arm, seed))
            .checkpoints(place(arm, seed).resolve("run"));
    if (arm == AblationArm.CONTEXT) {
      trainer =
          trainer
              .knowledge(bench.knowledge().base(Setting.OTHERS), REFERENCES)
              .answering((question, clause) -> question.id().equals(clause.clause()));
    }
    if (arm == AblationArm.REFUTATIONS) {
      trainer =
          trainer.refutations(
              bench.knowledge().base(Setting.OTHERS).id(),
              bench.knowledge().trainingChecker().refutations());
    }
    try (ProgressBars progress = new ProgressBars(arm.toString())) {
      return trainer.listener(progress).run(new Split(bench.split().training(), List.of()));
    }
  }

  private Path trained(Bench bench, AblationArm arm, long seed) {
    Path adapter = place(arm, seed).resolve("adapter");
    if (Files.notExists(adapter)) {
      try (QLoraTrainer.Result result = resumed(bench, arm, seed)) {
        result.save(adapter);
      }
    }
    return adapter;
  }

  private Path preferred(Bench bench, long seed) {
    Path place = place(AblationArm.PREFERENCE, seed);
    Path adapter = place.resolve("adapter");
    if (Files.notExists(adapter)) {
      try (ProgressBars progress = new ProgressBars(AblationArm.PREFERENCE.toString());
          QLoraTrainer.Result result =
              PreferenceTrainer.on(bench.model())
                  .lora(LoraConfig.builder().rank(16).alpha(16).build())
                  .with(recipe(AblationArm.PREFERENCE, seed))
                  .checkpoints(place.resolve("run"))
                  .listener(progress)
                  .run(QuestionPairs.on(bench.model()).of(bench.split().training()), List.of())) {
        result.save(adapter);
      }
    }
    return adapter;
  }

  private void measure(
      Bench bench,
      AblationArm arm,
      long seed,
      Setting setting,
      Optional<Path> adapter,
      ResultsFile results)
      throws IOException {
    AnswererBuilder builder = TelecomAnswerer.on(bench.answering());
    adapter.ifPresent(builder::adapter);
    if (setting != Setting.BARE) {
      builder
          .knowledge(bench.knowledge().base(setting), REFERENCES)
          .withoutReferencesBelow(withoutReferencesBelow);
    }
    Files.createDirectories(place(arm, seed));
    Path answers = place(arm, seed).resolve(setting + ".jsonl");
    try (TelecomAnswerer answerer = builder.build();
        ProgressBar bar = ProgressBars.open(arm + ", " + setting)) {
      Evaluation evaluation =
          Evaluator.on(answerer)
              .listener(ProgressBars.evaluation(bar))
              .resumeFrom(answers)
              .evaluate(bench.split().validation());
      String line = line(arm, seed, setting, evaluation, bench.knowledge());
      results.append(line);
      System.out.println(line);
    }
  }

  private static String line(
      AblationArm arm,
      long seed,
      Setting setting,
      Evaluation evaluation,
      AblationKnowledge knowledge) {
    List<Outcome> outcomes = evaluation.outcomes();
    GroupFigures figures = EvaluationFigures.of(evaluation, Bootstrap.seeded(BOOTSTRAP_SEED)).all();
    Estimate accuracy = figures.estimate(Figure.ACCURACY).orElseThrow();
    Estimate aurc = figures.estimate(Figure.AURC).orElseThrow();
    List<Outcome> given = outcomes.stream().filter(Outcome::given).toList();
    long wrong = given.stream().filter(outcome -> !outcome.right()).count();
    return String.format(
        Locale.ROOT,
        "%s,%d,%s,%d,%.4f,%.4f,%.4f,%d,%d,%.4f,%.4f,%.4f,%.4f,%.4f,%.4f",
        arm,
        seed,
        setting,
        outcomes.size(),
        accuracy.value(),
        accuracy.low(),
        accuracy.high(),
        given.size(),
        wrong,
        figures.estimate(Figure.SELECTIVE_80).orElseThrow().value(),
        aurc.value(),
        aurc.low(),
        aurc.high(),
        figures.estimate(Figure.CALIBRATION_ERROR).orElseThrow().value(),
        supported(given, knowledge));
  }

  /** Returns the share of given answers that all explanations together support. */
  private static double supported(List<Outcome> given, AblationKnowledge knowledge) {
    List<Claim> claims = new ArrayList<>();
    for (Outcome outcome : given) {
      Question question = outcome.question();
      claims.add(Claim.answer(question.text(), question.options().get(outcome.choice().option())));
    }
    List<CheckedClaim> checked = knowledge.checker().check(claims);
    long supported = checked.stream().filter(c -> c.verdict() == Verdict.SUPPORTED).count();
    return (double) supported / given.size();
  }

  /** Draws accuracies by arm, one line for each setting. */
  private void draw(ResultsFile results) throws IOException {
    List<String[]> rows = results.lines().stream().map(line -> line.split(",", -1)).toList();
    Chart chart = new Chart(760, 380, "accuracy (%)", false).over("arm", "arm", false);
    for (Setting setting : Setting.values()) {
      List<double[]> points = new ArrayList<>();
      for (int place = 0; place < arms.length; place++) {
        AblationArm arm = arms[place];
        double[] values =
            rows.stream()
                .filter(r -> r[0].equals(arm.toString()) && r[2].equals(setting.toString()))
                .mapToDouble(r -> 100 * Double.parseDouble(r[4]))
                .toArray();
        if (values.length > 0) {
          points.add(new double[] {place, Arrays.stream(values).average().orElseThrow()});
        }
      }
      double[] x = points.stream().mapToDouble(p -> p[0]).toArray();
      double[] y = points.stream().mapToDouble(p -> p[1]).toArray();
      if (!points.isEmpty()) {
        chart.line(setting.style(), new Curve(x, y), setting.toString());
      }
    }
    String names = Map.of("arms", List.of(arms)).toString();
    Files.writeString(folder.resolve("ablation.svg"), chart.file("What each arm answers " + names));
  }
}
