package io.telecomllm.examples.benchmarks;

import io.telecomllm.data.Question;
import io.telecomllm.data.TeleQnADataset;
import io.telecomllm.examples.Cli;
import io.telecomllm.examples.WeightForm;
import io.telecomllm.inference.AnswererBuilder;
import io.telecomllm.inference.TelecomAnswerer;
import io.telecomllm.inference.evaluation.Evaluation;
import io.telecomllm.inference.evaluation.Evaluator;
import io.telecomllm.inference.evaluation.Outcome;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.model.files.ModelLoader;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/**
 * Measures what each form of the weights costs in right answers: the same questions to the same
 * model in each form, with each adapter. The first is what the others are compared with.
 */
@CommandLine.Command(name = "WeightTypes", mixinStandardHelpOptions = true)
public final class WeightTypes implements Callable<Integer> {
  @Option(names = "--model", required = true, description = "a folder or GGUF file")
  private Path file = Path.of("model.gguf");

  @Option(names = "--questions", required = true, description = "TeleQnA.zip")
  private Path questions = Path.of("TeleQnA.zip");

  @Option(names = "--count", defaultValue = "1000", description = "questions to answer")
  private int count = 1000;

  @Option(
      names = "--forms",
      split = ",",
      defaultValue = "DENSE,INT8,INT4,NF4",
      description = "forms in this order: ${COMPLETION-CANDIDATES}")
  private List<WeightForm> forms = List.of(WeightForm.values());

  @Option(
      names = "--adapters",
      split = ",",
      defaultValue = "none",
      description = "folders of adapters to try with each form; none for the base")
  private List<String> adapters = List.of("none");

  /** Runs the benchmark. */
  public static void main(String[] args) {
    Cli.run(new WeightTypes(), args);
  }

  @Override
  public Integer call() {
    List<Question> all = TeleQnADataset.read(questions).split(0.2, 3407).validation();
    List<Question> asked = all.subList(0, Math.min(count, all.size()));
    List<Outcome> first = List.of();
    for (WeightForm form : forms) {
      try (LanguageModel model = form.load(ModelLoader.of(file))) {
        for (String adapter : adapters) {
          Evaluation evaluation = evaluate(model, adapter, asked);
          first = first.isEmpty() ? evaluation.outcomes() : first;
          System.out.printf(
              "%-5s %s: %s, loss of the choice %.4f, %s; %.2f questions/s, weights %.2f GB, %s%n",
              form,
              adapter,
              evaluation.accuracy(),
              evaluation.choices().loss(),
              compared(first, evaluation.outcomes()),
              evaluation.questionsPerSecond(),
              model.weightBytes() / 1e9,
              model.computeType());
        }
      }
    }
    return 0;
  }

  private static Evaluation evaluate(LanguageModel model, String adapter, List<Question> asked) {
    AnswererBuilder builder = TelecomAnswerer.on(model);
    if (!adapter.equals("none")) {
      builder.adapter(Path.of(adapter));
    }
    try (TelecomAnswerer answerer = builder.build()) {
      return Evaluator.on(answerer).evaluate(asked);
    }
  }

  /** Says how often the answers differ, and how often either alone is right. */
  private static String compared(List<Outcome> first, List<Outcome> other) {
    int different = 0;
    int onlyFirst = 0;
    int onlyOther = 0;
    for (int i = 0; i < first.size(); i++) {
      Outcome a = first.get(i);
      Outcome b = other.get(i);
      different += a.choice().option() == b.choice().option() ? 0 : 1;
      onlyFirst += a.right() && !b.right() ? 1 : 0;
      onlyOther += b.right() && !a.right() ? 1 : 0;
    }
    return String.format(
        "%d answers differ from %s, %d lost and %d won",
        different, "the first form's", onlyFirst, onlyOther);
  }
}
