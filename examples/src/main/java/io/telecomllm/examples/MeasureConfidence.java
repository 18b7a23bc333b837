package io.telecomllm.examples;

import io.telecomllm.data.EpochOrder;
import io.telecomllm.data.Question;
import io.telecomllm.data.Split;
import io.telecomllm.inference.AnswererBuilder;
import io.telecomllm.inference.TelecomAnswerer;
import io.telecomllm.inference.calibration.Abstention;
import io.telecomllm.inference.calibration.CalibratedAnswer;
import io.telecomllm.inference.calibration.Calibration;
import io.telecomllm.inference.calibration.ConformalRule;
import io.telecomllm.inference.calibration.Evidence;
import io.telecomllm.inference.calibration.PositionPrior;
import io.telecomllm.inference.calibration.SavedCalibration;
import io.telecomllm.inference.evaluation.Calibrator;
import io.telecomllm.inference.evaluation.Evaluation;
import io.telecomllm.inference.evaluation.Evaluator;
import io.telecomllm.inference.evaluation.Outcome;
import io.telecomllm.inference.evaluation.RemovedOption;
import io.telecomllm.inference.evaluation.report.EvaluationReport;
import io.telecomllm.inference.evaluation.report.Figure;
import io.telecomllm.inference.evaluation.report.GroupFigures;
import io.telecomllm.inference.statistics.Figures;
import io.telecomllm.inference.statistics.GradedAnswer;
import io.telecomllm.inference.statistics.OptionProbabilities;
import io.telecomllm.inference.statistics.PositionBias;
import io.telecomllm.inference.statistics.QuestionReadings;
import io.telecomllm.inference.statistics.Reading;
import io.telecomllm.model.LanguageModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.UnaryOperator;
import me.tongfei.progressbar.ProgressBar;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * Calibrates an answerer on questions that its adapter was not trained on, and measures on others
 * what its confidence is worth. The answers are kept as they come: if the program is killed and
 * started again, it goes on where it was.
 */
@CommandLine.Command(name = "MeasureConfidence", mixinStandardHelpOptions = true)
public final class MeasureConfidence implements Callable<Integer> {
  private static final double LEVEL = 0.95;
  private static final double CONFORMAL_ERROR = 0.1;
  private static final int RESPLITS = 100;

  @Mixin private ModelAndQuestions input = new ModelAndQuestions();

  @Option(names = "--adapter", description = "PEFT folder of an adapter to apply")
  private Optional<Path> adapter = Optional.empty();

  @Option(
      names = "--folder",
      required = true,
      description = "folder of the results: answers, calibration.json")
  private Path folder = Path.of("confidence");

  @Option(
      names = "--draw-from",
      defaultValue = "6000",
      description = "as LearningCurves was told: it learns from the first of so many questions")
  private int drawFrom = 6000;

  @Option(
      names = "--held-out",
      defaultValue = "1500",
      description = "as LearningCurves was told by --evaluate")
  private int heldOut = 1500;

  @Option(
      names = "--calibrate",
      defaultValue = "1000",
      description = "questions to calibrate on, the last of --draw-from")
  private int calibrate = 1000;

  @Option(
      names = "--measure",
      defaultValue = "1000",
      description = "questions to measure on, the first of --held-out")
  private int measure = 1000;

  @Option(
      names = "--remove",
      defaultValue = "0",
      description = "questions to ask again without their right option")
  private int remove;

  @Option(
      names = "--permutations",
      defaultValue = "1",
      description = "orders of the options to ask each question in")
  private int permutations = 1;

  @Option(names = "--name", defaultValue = "", description = "name on the page")
  private String name = "";

  @Option(
      names = "--wrong",
      defaultValue = "20",
      description = "wrong choices to show on the page with their questions, the surest first")
  private int wrong = 20;

  @Option(
      names = "--target",
      defaultValue = "0.8",
      description = "accuracy of the answers that are given")
  private double target = 0.8;

  /** Runs the program. */
  public static void main(String[] args) {
    Cli.run(new MeasureConfidence(), args);
  }

  @Override
  public Integer call() throws IOException {
    Split all = input.split(drawFrom, heldOut);
    List<Question> drawn = all.training();
    List<Question> known = drawn.subList(Math.max(0, drawn.size() - calibrate), drawn.size());
    List<Question> asked = all.validation().subList(0, Math.min(measure, all.validation().size()));
    Files.createDirectories(folder);
    try (LanguageModel model = input.loadForAnswering()) {
      SavedCalibration saved;
      Evaluation measured;
      ConformalRule sets;
      try (TelecomAnswerer answerer = builder(model).build()) {
        Evaluation calibration = evaluate(answerer, "calibrate", known);
        Evaluation own = evaluate(answerer, "measure", asked);
        saved = Calibrator.on(answerer).targetAccuracy(target, LEVEL).fit(calibration);
        saved.save(folder);
        measured = own.with(saved.calibration(), saved.abstention());
        // fitted on the same half as the rule, and so to the same temperature
        SavedCalibration conformal =
            Calibrator.on(answerer).conformal(CONFORMAL_ERROR).fit(calibration);
        sets = (ConformalRule) conformal.abstention().orElseThrow();
        show(answerer, calibration, own, measured);
        show("sets", own.with(conformal.calibration(), conformal.abstention()));
      }
      GroupFigures figures =
          EvaluationReport.of(measured)
              .name(name)
              .mostConfidentlyWrong(wrong)
              .sets(sets)
              .removed(removed(model, saved, asked.subList(0, Math.min(remove, asked.size()))))
              .write(folder)
              .all();
      System.out.printf(
          "sets of options hold the right one in %s of questions (asked: %.1f), %s options each%n",
          figures.estimate(Figure.SET_COVERAGE).orElseThrow(),
          1 - CONFORMAL_ERROR,
          figures.estimate(Figure.SET_SIZE).orElseThrow());
      System.out.println(folder.resolve(EvaluationReport.PAGE));
    }
    return 0;
  }

  private AnswererBuilder builder(LanguageModel model) {
    AnswererBuilder builder = TelecomAnswerer.on(model).permutations(permutations);
    adapter.ifPresent(builder::adapter);
    return builder;
  }

  /** Asks questions again without their right option, of an answerer that is calibrated. */
  private List<RemovedOption> removed(
      LanguageModel model, SavedCalibration saved, List<Question> questions) {
    try (TelecomAnswerer answerer = builder(model).calibration(saved).build();
        ProgressBar bar = ProgressBars.open("remove")) {
      return evaluator(answerer, "remove", bar).evaluateWithoutRightOption(questions);
    }
  }

  private Evaluation evaluate(TelecomAnswerer answerer, String name, List<Question> questions) {
    try (ProgressBar bar = ProgressBars.open(name)) {
      return evaluator(answerer, name, bar).evaluate(questions);
    }
  }

  private Evaluator evaluator(TelecomAnswerer answerer, String name, ProgressBar bar) {
    return Evaluator.on(answerer)
        .resumeFrom(folder.resolve(name + ".jsonl"))
        .listener(ProgressBars.evaluation(bar));
  }

  private void show(
      TelecomAnswerer answerer, Evaluation calibration, Evaluation own, Evaluation calibrated) {
    Calibrator calibrator = Calibrator.on(answerer);
    System.out.printf("%n%s%n", own.table());
    show("the model's own probability", own);
    show("temperature", calibrated);
    SavedCalibration features =
        calibrator
            .logistic(Evidence.PROBABILITY, Evidence.MARGIN, Evidence.AGREEMENT)
            .targetAccuracy(target, LEVEL)
            .fit(calibration);
    show("regression", own.with(features.calibration(), features.abstention()));
    if (permutations > 1) {
      bias(own);
      orders(calibration, own);
    }
    resplits(calibrator, calibration, own);
  }

  private static void bias(Evaluation own) {
    List<QuestionReadings> readings =
        own.outcomes().stream().flatMap(o -> o.readings().stream()).toList();
    PositionBias all = PositionBias.of(readings);
    System.out.printf(
        "another order changes the choice in %.1f %% of %d questions%n",
        100 * all.flipRate(), all.repeated());
    for (PositionBias.Place place : all.places()) {
      System.out.printf(
          "  %d options, place %d: chosen %d times, right %d times, recall %.3f%n",
          place.options(), place.place() + 1, place.chosen(), place.answers(), place.recall());
    }
  }

  /** Compares one order of the options, one without the model's liking for places, and the mean. */
  private void orders(Evaluation calibration, Evaluation own) {
    PositionPrior prior =
        PositionPrior.fit(
            calibration.outcomes().stream().map(o -> o.evidence().readings()).toList());
    System.out.println(prior);
    show("one order", read(own, places -> places));
    show("one order, prior divided out", read(own, prior::debias));
    show("mean of " + permutations + " orders at most", own);
  }

  private static Evaluation read(
      Evaluation evaluation, UnaryOperator<OptionProbabilities> debiased) {
    return new Evaluation(
        evaluation.outcomes().stream().map(outcome -> read(outcome, debiased)).toList(),
        evaluation.seconds());
  }

  private static Outcome read(Outcome outcome, UnaryOperator<OptionProbabilities> debiased) {
    Reading first = outcome.evidence().readings().get(0);
    OptionProbabilities found =
        new Reading(first.order(), debiased.apply(first.places())).probabilities();
    return new Outcome(
        outcome.question(), CalibratedAnswer.own(found), Evidence.of(found), Optional.empty());
  }

  private static void show(String name, Evaluation evaluation) {
    List<GradedAnswer> graded = evaluation.outcomes().stream().map(Outcome::graded).toList();
    List<GradedAnswer> given =
        evaluation.outcomes().stream().filter(Outcome::given).map(Outcome::graded).toList();
    System.out.printf(
        "%-28s accuracy %.4f, ECE %.4f, AURC %.4f, AUROC %.4f, log loss %.4f; answers %d of %d%s%n",
        name,
        Figures.accuracy(graded),
        Figures.expectedCalibrationError(graded),
        Figures.aurc(graded),
        Figures.auroc(graded),
        Figures.logLoss(evaluation.outcomes().stream().map(Outcome::forecast).toList()),
        given.size(),
        graded.size(),
        given.isEmpty()
            ? ""
            : String.format(", of which %.1f %% are right", 100 * Figures.accuracy(given)));
  }

  /** Splits all answers again and again, and counts how often the promised accuracy is reached. */
  private void resplits(Calibrator calibrator, Evaluation calibration, Evaluation measured) {
    List<Outcome> all = new ArrayList<>(calibration.outcomes());
    all.addAll(measured.outcomes());
    int kept = 0;
    int silent = 0;
    double lowest = 1;
    double answered = 0;
    for (int i = 1; i <= RESPLITS; i++) {
      int[] order = EpochOrder.order(all.size(), i, 0);
      List<Outcome> fit = new ArrayList<>();
      List<Outcome> test = new ArrayList<>();
      for (int at = 0; at < order.length; at++) {
        (at < calibration.outcomes().size() ? fit : test).add(all.get(order[at]));
      }
      SavedCalibration saved =
          calibrator.seed(i).targetAccuracy(target, LEVEL).fit(new Evaluation(fit, 1));
      Optional<Abstention> rule = saved.abstention();
      Calibration confidence = saved.calibration();
      List<GradedAnswer> given =
          new Evaluation(test, 1)
              .with(confidence, rule).outcomes().stream()
                  .filter(Outcome::given)
                  .map(Outcome::graded)
                  .toList();
      double accuracy = given.isEmpty() ? 1 : Figures.accuracy(given);
      kept += accuracy >= target ? 1 : 0;
      lowest = Math.min(lowest, accuracy);
      silent += given.isEmpty() ? 1 : 0;
      answered += (double) given.size() / test.size() / RESPLITS;
    }
    System.out.printf(
        "accuracy of %.2f at the level %.2f: kept in %d of %d other splits, at least %.1f %%;"
            + " %.1f %% answered in the mean, nothing in %d%n",
        target, LEVEL, kept, RESPLITS, 100 * lowest, 100 * answered, silent);
  }
}
