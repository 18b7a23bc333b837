package io.telecomllm.examples;

import io.telecomllm.data.CleaningReport;
import io.telecomllm.data.Intersections;
import io.telecomllm.data.Leak;
import io.telecomllm.data.LeakCheck;
import io.telecomllm.data.Question;
import io.telecomllm.data.QuestionFormat;
import io.telecomllm.data.Split;
import io.telecomllm.data.SplitIds;
import io.telecomllm.data.SplitManifest;
import io.telecomllm.data.Submission;
import io.telecomllm.data.TeleQnADataset;
import io.telecomllm.data.report.DataPages;
import io.telecomllm.data.report.TokenStatistics;
import io.telecomllm.files.AtomicFiles;
import io.telecomllm.json.JsonRecords;
import io.telecomllm.json.JsonText;
import io.telecomllm.knowledge.ClauseLines;
import io.telecomllm.prompt.ChatTemplate;
import io.telecomllm.prompt.QuestionPrompt;
import io.telecomllm.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import me.tongfei.progressbar.ProgressBar;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Looks at files of questions, compares, splits and converts them. */
@Command(name = "DataTools", mixinStandardHelpOptions = true)
public final class DataTools implements Callable<Integer> {
  private static final int MOST_SHOWN = 100;

  @Spec private CommandSpec spec = CommandSpec.create();

  /** Runs the program. */
  public static void main(String[] args) {
    Cli.run(new DataTools(), args);
  }

  @Override
  public Integer call() {
    throw new ParameterException(spec.commandLine(), "name a command");
  }

  @Command(
      name = "clean",
      mixinStandardHelpOptions = true,
      description = "what is rejected and what is remarkable: text, cleaning.json, cleaning.html")
  int clean(
      @Parameters(description = "file of questions") Path questions,
      @Option(names = "--folder", description = "folder of the report") Optional<Path> folder)
      throws IOException {
    CleaningReport report = CleaningReport.of(TeleQnADataset.read(questions));
    System.out.print(report.text());
    if (folder.isPresent()) {
      Files.createDirectories(folder.get());
      AtomicFiles.write(
          folder.get().resolve("cleaning.json"), JsonText.file(JsonRecords.of(report)));
      DataPages.write(report, name(questions), folder.get().resolve("cleaning.html"));
    }
    return 0;
  }

  @Command(
      name = "tokens",
      mixinStandardHelpOptions = true,
      description = "how many tokens the prompts with their answers have")
  int tokens(
      @Parameters(description = "file of questions") Path questions,
      @Option(names = "--tokenizer", required = true, description = "model folder or GGUF file")
          Path model,
      @Option(names = "--limit", defaultValue = "1024", description = "a length to compare with")
          int limit,
      @Option(names = "--page", description = "HTML file to write") Optional<Path> page) {
    List<Question> all = TeleQnADataset.read(questions).questions();
    TokenStatistics tokens;
    try (Tokenizer tokenizer = Tokenizer.load(model);
        ProgressBar bar = ProgressBars.open("tokens")) {
      bar.maxHint(all.size());
      QuestionPrompt prompt = QuestionPrompt.of(ChatTemplate.of(tokenizer));
      tokens = TokenStatistics.of(tokenizer, prompt, all, bar::stepTo);
    }
    System.out.printf(
        "%d questions, %d tokens: min %d, median %d, p95 %d, max %d; %d have more than %d%n",
        all.size(),
        tokens.total(),
        tokens.min(),
        tokens.percentile(50),
        tokens.percentile(95),
        tokens.max(),
        tokens.over(limit),
        limit);
    page.ifPresent(file -> DataPages.write(tokens, limit, name(questions), file));
    return 0;
  }

  @Command(
      name = "intersect",
      mixinStandardHelpOptions = true,
      description = "how many questions files share")
  int intersect(@Parameters(arity = "2..*", description = "files of questions") List<Path> files) {
    Map<String, List<Question>> sets = new LinkedHashMap<>();
    files.forEach(file -> sets.put(name(file), TeleQnADataset.read(file).questions()));
    System.out.print(Intersections.of(sets).text());
    return 0;
  }

  @Command(
      name = "leaks",
      mixinStandardHelpOptions = true,
      description =
          "test questions in what a model learns from or reads; status 1 if there are any")
  int leaks(
      @Option(names = "--test", required = true, description = "file of test questions") Path test,
      @Option(names = "--questions", description = "files to train on, synthetic ones included")
          List<Path> questions,
      @Option(names = "--clauses", description = "knowledge bases as JSON Lines")
          List<Path> clauses) {
    LeakCheck check = LeakCheck.against(TeleQnADataset.read(test).questions());
    List<Leak> leaks = new ArrayList<>();
    try (ProgressBar bar = ProgressBars.open("leaks")) {
      for (Path file : orNone(questions)) {
        leaks.addAll(check.questions(name(file), TeleQnADataset.read(file).questions()));
      }
      for (Path file : orNone(clauses)) {
        leaks.addAll(inClauses(check, file, bar));
      }
    }
    for (Leak leak : leaks.subList(0, Math.min(MOST_SHOWN, leaks.size()))) {
      System.out.printf(
          "%s: %s has %s: %s (%.2f)%n",
          leak.source(), leak.found(), leak.test(), leak.kind(), leak.similarity());
    }
    System.out.printf("%d leaks; %d texts too short to look for%n", leaks.size(), check.tooShort());
    return leaks.isEmpty() ? 0 : 1;
  }

  @Command(
      name = "split",
      mixinStandardHelpOptions = true,
      description = "a split as manifest and as files training.json, validation.json")
  int split(
      @Parameters(description = "file of questions") Path questions,
      @Option(names = "--folder", required = true, description = "folder to write") Path folder,
      @Option(names = "--validation", defaultValue = "0.2", description = "share to measure with")
          double validation,
      @Option(names = "--seed", defaultValue = "3407", description = "number of the split")
          long seed,
      @Option(names = "--published-3gpp", description = "the published 1,461 and 366 questions")
          boolean published,
      @Option(names = "--manifest", description = "the split of this manifest, digest compared")
          Optional<Path> manifest,
      @Option(names = "--training-ids", description = "file of ids, with --validation-ids")
          Optional<Path> trainingIds,
      @Option(names = "--validation-ids", description = "file of ids") Optional<Path> validationIds)
      throws IOException {
    TeleQnADataset dataset = TeleQnADataset.read(questions);
    Split split;
    if (manifest.isPresent()) {
      split = SplitManifest.read(manifest.get()).select(dataset.questions());
    } else if (published || (trainingIds.isPresent() && validationIds.isPresent())) {
      SplitIds ids =
          published
              ? SplitIds.published3gpp()
              : SplitIds.read(trainingIds.orElseThrow(), validationIds.orElseThrow());
      SplitIds.Selection selection = ids.select(dataset.questions());
      if (!selection.missing().isEmpty()) {
        System.out.printf(
            "%d questions are not in %s%n", selection.missing().size(), name(questions));
      }
      split = selection.split();
    } else {
      split = dataset.split(validation, seed);
    }
    Files.createDirectories(folder);
    QuestionFormat.TELEQNA.write(split.training(), folder.resolve("training.json"));
    QuestionFormat.TELEQNA.write(split.validation(), folder.resolve("validation.json"));
    split.manifest().write(folder.resolve("split.json"));
    System.out.printf(
        "%d to train on, %d to measure with, digest %s%n",
        split.training().size(), split.validation().size(), split.manifest().sha256());
    return 0;
  }

  @Command(
      name = "convert",
      mixinStandardHelpOptions = true,
      description = "questions into another form, or their answers into a key")
  int convert(
      @Parameters(description = "file of questions") Path questions,
      @Parameters(description = "file to write; a name ending in .csv makes a key") Path to,
      @Option(
              names = "--format",
              defaultValue = "HUGGING_FACE",
              description = "${COMPLETION-CANDIDATES}")
          QuestionFormat format) {
    TeleQnADataset dataset = TeleQnADataset.read(questions);
    if (!dataset.rejections().isEmpty()) {
      System.out.println(dataset.rejectionSummary());
    }
    if (name(to).endsWith(".csv")) {
      Submission.key(dataset.questions()).write(to);
    } else {
      format.write(dataset.questions(), to);
    }
    System.out.printf("%d questions in %s%n", dataset.questions().size(), to);
    return 0;
  }

  @Command(
      name = "grade",
      mixinStandardHelpOptions = true,
      description = "how many answers of a submission are correct")
  int grade(
      @Parameters(description = "file of questions") Path questions,
      @Parameters(description = "CSV of Question_ID, Answer_ID and maybe Task") Path submission) {
    List<Question> all = TeleQnADataset.read(questions).questions();
    System.out.println(Submission.read(submission).grade(all));
    return 0;
  }

  private static List<Leak> inClauses(LeakCheck check, Path file, ProgressBar bar) {
    List<Leak> leaks = new ArrayList<>();
    ClauseLines.read(
        file,
        clause -> {
          leaks.addAll(check.text(name(file), clause.id(), clause.text()));
          bar.step();
        });
    return leaks;
  }

  private static <T> List<T> orNone(List<T> list) {
    return Optional.ofNullable(list).orElse(List.of());
  }

  private static String name(Path file) {
    return String.valueOf(file.getFileName());
  }
}
