package io.telecomllm.examples;

import io.telecomllm.data.Question;
import io.telecomllm.data.Split;
import io.telecomllm.inference.AnswererBuilder;
import io.telecomllm.inference.TelecomAnswerer;
import io.telecomllm.inference.evaluation.Evaluation;
import io.telecomllm.inference.evaluation.Evaluator;
import io.telecomllm.inference.evaluation.report.Comparison;
import io.telecomllm.inference.evaluation.report.Comparison.Named;
import io.telecomllm.inference.evaluation.report.ComparisonReport;
import io.telecomllm.inference.evaluation.report.Gate;
import io.telecomllm.inference.evaluation.report.Verdict;
import io.telecomllm.inference.statistics.Bootstrap;
import io.telecomllm.lora.LoraConfig;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.training.QLoraTrainer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import me.tongfei.progressbar.ProgressBar;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * One night of fine-tuning: trains an adapter, compares it with the one in use on questions that
 * neither was trained on, and puts it in use only if it passes the gate. Its exit code is 0 then,
 * and 3 if yesterday's stays. With {@code --roll-back NAME} it puts an earlier one in use again.
 *
 * <pre>
 * FOLDER/adapters/NAME   the adapters
 * FOLDER/nights/NAME     checkpoints, answers, comparison.html and comparison.json of a night
 * FOLDER/current         the name of the adapter in use
 * </pre>
 *
 * <p>A night that was killed goes on where it was if it is started again with its name.
 */
@CommandLine.Command(name = "Nightly", mixinStandardHelpOptions = true)
public final class Nightly implements Callable<Integer> {
  private static final int KEPT_YESTERDAYS = 3;
  private static final String BASE = "the base model";

  @Mixin private ModelAndQuestions input = new ModelAndQuestions();

  @Option(names = "--folder", required = true, description = "folder of adapters and nights")
  private Path folder = Path.of("nightly");

  @Option(names = "--name", description = "name of tonight's adapter; the default is the date")
  private String name = LocalDate.now(ZoneOffset.UTC).toString();

  @Option(names = "--train", defaultValue = "400", description = "questions to learn from")
  private int train = 400;

  @Option(
      names = "--compare",
      defaultValue = "1000",
      description = "other questions to compare on; 1,000 show a loss of 3 points")
  private int compare = 1000;

  @Option(
      names = "--most-lost",
      defaultValue = "0.02",
      description = "the most accuracy that may be lost, 0 to 1")
  private double mostLost = 0.02;

  @Option(names = "--roll-back", description = "name of the adapter to put in use again")
  private Optional<String> rollBack = Optional.empty();

  /** Runs the program. */
  public static void main(String[] args) {
    Cli.run(new Nightly(), args);
  }

  @Override
  public Integer call() {
    AdapterStore store = new AdapterStore(folder);
    if (rollBack.isPresent()) {
      store.use(rollBack.get());
      System.out.println("in use: " + rollBack.get());
      return 0;
    }
    if (store.current().equals(Optional.of(name))) {
      System.out.println("in use already: " + name);
      return 0;
    }
    Split questions = input.split(train, compare);
    try (LanguageModel model = input.load()) {
      train(model, questions.training(), store.adapter(name));
      Verdict verdict = judge(model, questions.validation(), store);
      System.out.println(verdict);
      if (verdict.passed()) {
        store.use(name);
      }
      System.out.println("in use: " + store.current().orElse(BASE));
      return verdict.passed() ? 0 : KEPT_YESTERDAYS;
    }
  }

  private Path night() {
    return folder.resolve("nights").resolve(name);
  }

  private void train(LanguageModel model, List<Question> questions, Path adapter) {
    if (Files.isDirectory(adapter)) {
      return;
    }
    try (ProgressBars progress = new ProgressBars("training");
        QLoraTrainer.Result result =
            QLoraTrainer.on(model)
                .lora(LoraConfig.builder().rank(16).alpha(16).build())
                .epochs(1)
                .checkpoints(night().resolve("checkpoints"))
                .listener(progress)
                .run(new Split(questions, List.of()))) {
      result.save(adapter);
    }
  }

  /** Compares tonight's adapter with the one in use. */
  private Verdict judge(LanguageModel model, List<Question> questions, AdapterStore store) {
    Optional<String> current = store.current();
    Evaluation before =
        evaluate(
            TelecomAnswerer.on(model), current.map(store::adapter), "baseline.jsonl", questions);
    Evaluation after =
        evaluate(
            TelecomAnswerer.on(model),
            Optional.of(store.adapter(name)),
            "candidate.jsonl",
            questions);
    Comparison comparison =
        Comparison.of(
            new Named(current.orElse(BASE), before), new Named(name, after), Bootstrap.seeded(0));
    Verdict verdict = Gate.defaults().mostLost(mostLost).judge(comparison);
    ComparisonReport.write(night(), comparison, verdict);
    return verdict;
  }

  private Evaluation evaluate(
      AnswererBuilder builder, Optional<Path> adapter, String file, List<Question> questions) {
    adapter.ifPresent(builder::adapter);
    try (TelecomAnswerer answerer = builder.build();
        ProgressBar bar = ProgressBars.open("answering")) {
      Evaluation evaluation =
          Evaluator.on(answerer)
              .resumeFrom(night().resolve(file))
              .listener(ProgressBars.evaluation(bar))
              .evaluate(questions);
      return evaluation;
    }
  }
}
