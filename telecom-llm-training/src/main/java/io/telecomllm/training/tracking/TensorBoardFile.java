package io.telecomllm.training.tracking;

import io.telecomllm.TelecomLlmException;
import io.telecomllm.files.AppendedFile;
import io.telecomllm.training.progress.TrainingListener;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * Writes an event file for TensorBoard per run, in the folder given to {@code tensorboard --logdir}
 * or one below it: {@code train/loss}, {@code train/grad_norm}, {@code train/learning_rate}, {@code
 * train/tokens_per_second}, {@code eval/loss}, {@code eval/accuracy} and, as a text, {@code
 * settings}. Every event reaches the operating system at once.
 *
 * <p>A run that resumes writes a new file next to the earlier ones and records its first step;
 * TensorBoard then drops the events of earlier files from that step on. For the training thread
 * alone.
 */
public final class TensorBoardFile implements TrainingListener, AutoCloseable {
  private final Path folder;
  private final AppendedFile out;
  private @Nullable Path file;

  private TensorBoardFile(Path folder) {
    this.folder = folder;
    this.out = new AppendedFile(folder, "events");
  }

  /** Returns a listener that creates an event file in a folder when a run starts. */
  public static TensorBoardFile in(Path folder) {
    return new TensorBoardFile(folder);
  }

  /** Returns the file of the run that started last; empty before the first. */
  public Optional<Path> file() {
    return Optional.ofNullable(file);
  }

  /**
   * Creates the file.
   *
   * @throws TelecomLlmException if it cannot be written; so do all other events
   */
  @Override
  public void started(RunRecord run) {
    file = out.open(this::create);
    out.write(EventRecords.version(now()));
    out.write(EventRecords.start(now(), run.resumedAt() == 0 ? 0 : run.resumedAt() + 1));
    out.write(
        EventRecords.text(now(), run.resumedAt(), "settings", table(Hyperparameters.of(run))));
  }

  /** Creates a file whose name sorts after earlier ones: TensorBoard reads files in that order. */
  private Path create() throws IOException {
    Files.createDirectories(folder);
    String name =
        String.format(
            Locale.ROOT,
            "events.out.tfevents.%010d.%s.%d.",
            System.currentTimeMillis() / 1000,
            host(),
            ProcessHandle.current().pid());
    for (int number = 0; ; number++) {
      try {
        return Files.createFile(folder.resolve(name + number));
      } catch (FileAlreadyExistsException e) {
        if (number == 1000) {
          throw e;
        }
      }
    }
  }

  private static String host() {
    try {
      return InetAddress.getLocalHost().getHostName().replaceAll("[^A-Za-z0-9-]", "-");
    } catch (UnknownHostException e) {
      return "localhost";
    }
  }

  @Override
  public void step(StepRecord step) {
    Map<String, Double> values = new LinkedHashMap<>();
    values.put("train/loss", step.loss());
    values.putAll(ChoiceMetrics.of("train/", step.penalty(), step.choices()));
    values.put("train/grad_norm", step.gradientNorm());
    values.put("train/learning_rate", step.learningRate());
    values.put("train/tokens_per_second", step.tokens() / step.seconds());
    out.write(EventRecords.scalars(now(), step.step(), values));
  }

  @Override
  public void evaluated(EvaluationRecord evaluation) {
    Map<String, Double> values = new LinkedHashMap<>();
    values.put("eval/loss", evaluation.loss());
    values.putAll(ChoiceMetrics.of("eval/", evaluation.penalty(), evaluation.choices()));
    evaluation.accuracy().ifPresent(accuracy -> values.put("eval/accuracy", accuracy));
    out.write(EventRecords.scalars(now(), evaluation.step(), values));
  }

  /** Closes the file; a second call does nothing. */
  @Override
  public void close() {
    out.close();
  }

  private static String table(SortedMap<String, String> rows) {
    StringBuilder markdown = new StringBuilder("| setting | value |\n|---|---|\n");
    rows.forEach(
        (name, value) ->
            markdown
                .append("| ")
                .append(cell(name))
                .append(" | ")
                .append(cell(value))
                .append(" |\n"));
    return markdown.toString();
  }

  /** Escapes what Markdown would read as a column separator or as markup. */
  private static String cell(String text) {
    return text.replaceAll("[\\r\\n]+", " ").replaceAll("([\\\\`*_{}\\[\\]<>|#])", "\\\\$1");
  }

  private static double now() {
    return System.currentTimeMillis() / 1000.0;
  }
}
