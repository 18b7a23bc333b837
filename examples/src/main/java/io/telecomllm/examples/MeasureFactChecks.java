package io.telecomllm.examples;

import com.google.gson.GsonBuilder;
import io.telecomllm.data.Question;
import io.telecomllm.data.Split;
import io.telecomllm.facts.FactChecker;
import io.telecomllm.facts.ModelJudge;
import io.telecomllm.inference.factuality.Change;
import io.telecomllm.inference.factuality.FactCheckEvaluator;
import io.telecomllm.inference.factuality.FactCheckFigures;
import io.telecomllm.inference.factuality.FactCheckFigures.Count;
import io.telecomllm.inference.factuality.LabelledClaim;
import io.telecomllm.inference.factuality.LabelledClaims;
import io.telecomllm.knowledge.Clause;
import io.telecomllm.knowledge.KnowledgeBase;
import io.telecomllm.model.LanguageModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import me.tongfei.progressbar.ProgressBar;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/**
 * Measures a fact checker on claims of which it is known whether they hold. The knowledge base is
 * the explanations of all questions; claims are made from the options of some of them, and from
 * their explanations with one thing changed.
 */
@CommandLine.Command(name = "MeasureFactChecks", mixinStandardHelpOptions = true)
public final class MeasureFactChecks implements Callable<Integer> {
  private static final long SEED = 3407;

  /** More explanations than TeleQnA has. */
  private static final int OTHERS = 10_000;

  @Option(
      names = "--questions",
      required = true,
      description = "TeleQnA.zip, or questions as JSON or JSON Lines")
  private Path questions = Path.of("TeleQnA.zip");

  @Option(
      names = "--model",
      description = "the model that judges; without one, claims are judged by their words")
  private Optional<String> model = Optional.empty();

  @Option(names = "--count", defaultValue = "600", description = "questions to make claims from")
  private int count = 600;

  @Option(
      names = "--without-own",
      description = "leave the questions' own explanations out of the knowledge base")
  private boolean withoutOwn;

  /** Runs the program. */
  public static void main(String[] args) {
    Cli.run(new MeasureFactChecks(), args);
  }

  @Override
  public Integer call() throws IOException {
    Split split = QuestionsFile.split(questions, OTHERS, count);
    List<Clause> own = AblationKnowledge.explanations(split.validation());
    List<Clause> all = new ArrayList<>(AblationKnowledge.explanations(split.training()));
    all.addAll(withoutOwn ? List.of() : own);
    try (KnowledgeBase base = KnowledgeBase.of(all)) {
      if (model.isEmpty()) {
        measure(FactChecker.on(base), split.validation(), own);
      } else {
        try (LanguageModel judging = AnswererOptions.load(model.get());
            ModelJudge judge = ModelJudge.of(judging)) {
          measure(FactChecker.on(base).judge(judge), split.validation(), own);
        }
      }
    }
    return 0;
  }

  private static void measure(FactChecker checker, List<Question> asked, List<Clause> own) {
    Map<String, String> decides = new LinkedHashMap<>();
    asked.forEach(q -> decides.put(q.id(), "TeleQnA#" + q.id()));
    FactCheckFigures options =
        evaluate("options", checker, LabelledClaims.ofQuestions(asked, SEED));
    FactCheckFigures sentences =
        evaluate("sentences", checker, LabelledClaims.ofClauses(own, SEED));
    System.out.println("\nAnswers to questions\n" + table(options, decides));
    System.out.println("Sentences, and sentences changed\n" + table(sentences, decides));
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("optionsAuroc", options.auroc().value());
    json.put("optionsBalancedAccuracy", options.balancedAccuracy().value());
    json.put("sentencesAuroc", sentences.auroc().value());
    json.put("sentencesBalancedAccuracy", sentences.balancedAccuracy().value());
    System.out.println(new GsonBuilder().create().toJson(json));
  }

  private static FactCheckFigures evaluate(
      String task, FactChecker checker, List<LabelledClaim> claims) {
    try (ProgressBar bar = ProgressBars.open(task)) {
      return FactCheckEvaluator.on(checker)
          .listener(
              (done, total) -> {
                bar.maxHint(total);
                bar.stepTo(done);
              })
          .evaluate(claims);
    }
  }

  private static String table(FactCheckFigures figures, Map<String, String> decides) {
    StringBuilder table = new StringBuilder();
    for (Map.Entry<Change, Count> entry : figures.byChange().entrySet()) {
      Count c = entry.getValue();
      table.append(
          String.format(
              "  %-20s %5d claims: %5.1f %% supported, %5.1f %% refuted%s%n",
              entry.getKey(),
              c.claims(),
              100.0 * c.supported() / c.claims(),
              100.0 * c.refuted() / c.claims(),
              entry.getKey().holds() ? "" : "  (false)"));
    }
    table.append(
        String.format(
            "  AUROC %s, balanced accuracy %s%n", figures.auroc(), figures.balancedAccuracy()));
    table.append(
        String.format(
            "  supported claims that hold %.3f; citations of the right clause %.3f of those given,"
                + " %.3f of all claims%n",
            figures.supportPrecision().orElse(Double.NaN),
            figures.citationPrecision(decides).orElse(Double.NaN),
            figures.citationRecall(decides).orElse(Double.NaN)));
    return table.toString();
  }
}
