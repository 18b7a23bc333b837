package io.telecomllm.training.tracking;

import io.telecomllm.InvalidDataException;
import io.telecomllm.TelecomLlmException;
import io.telecomllm.files.AppendedFile;
import io.telecomllm.json.JsonRecords;
import io.telecomllm.json.JsonText;
import io.telecomllm.training.progress.TrainingListener;
import io.telecomllm.training.progress.TrainingReport;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes {@code metrics.jsonl}, a JSON object per event and line, which reaches the operating
 * system at once. Numbers that transformers and TRL also log have the names they have there; a
 * number that is not finite is null. For the training thread alone.
 *
 * <pre>
 * all          event, step (the last one made; for an anomaly the one under way),
 *              time (ISO 8601, UTC)
 * run          max_steps, questions, skipped, trainable_parameters, micro_batch, settings: an object
 *              of texts such as "lora.rank": "16"
 * step         epoch, loss, penalty (its part of the loss, if not 0), choice_loss,
 *              choice_accuracy, grad_norm, learning_rate, questions, tokens, rows, seconds,
 *              tokens_per_second
 * evaluation   epoch, eval_loss, eval_accuracy (null where it is not measured), best
 * checkpoint   folder
 * anomaly      kind, message, skipped
 * end          ending, train_loss (the mean of the last steps), train_runtime (seconds of steps),
 *              train_tokens_per_second, skipped, accuracy: an array of category, questions,
 *              before, after
 * </pre>
 *
 * <p>A run that resumes continues the same file after the lines of the steps before it. Later lines
 * are removed: those of steps whose work was lost, and one that was being written when the process
 * was killed. A new run renames the file of an earlier one to {@code metrics.jsonl.1} or the next
 * free number.
 */
public final class MetricsFile implements TrainingListener, AutoCloseable {
  private static final String NAME = "metrics.jsonl";

  private final Path file;
  private final AppendedFile out;
  private long lastStep;

  private MetricsFile(Path file) {
    this.file = file;
    this.out = new AppendedFile(file, "metrics");
  }

  /**
   * Returns a listener that writes {@code metrics.jsonl} in a folder; nothing is created or opened
   * before a run starts.
   */
  public static MetricsFile in(Path folder) {
    return new MetricsFile(folder.resolve(NAME));
  }

  /** Returns the path of the file. */
  public Path file() {
    return file;
  }

  /**
   * Opens the file, after the lines that stay.
   *
   * @throws InvalidDataException if a complete line is not one of such a file; nothing is changed
   *     then
   * @throws TelecomLlmException if the file cannot be written; so do all other events
   */
  @Override
  public void started(RunRecord run) {
    lastStep = run.resumedAt();
    out.open(() -> prepared(run));
    Map<String, @Nullable Object> line = line("run", run.resumedAt());
    line.put("max_steps", run.steps());
    line.put("questions", run.questions());
    line.put("skipped", run.skipped());
    line.put("trainable_parameters", run.trainableParameters());
    line.put("micro_batch", run.microBatch());
    line.put("settings", Hyperparameters.of(run));
    write(line);
  }

  /** Removes or renames what must not come before the run's lines; returns the file. */
  private Path prepared(RunRecord run) throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    if (folder != null) {
      Files.createDirectories(folder);
    }
    // Files.exists would return false for a disk that fails
    try {
      long size = Files.size(file);
      if (run.resumedAt() > 0) {
        MetricsLines.keep(file, run.resumedAt());
      } else if (size > 0) {
        Files.move(file, MetricsLines.free(file));
      }
    } catch (NoSuchFileException e) {
      return file;
    }
    return file;
  }

  @Override
  public void step(StepRecord record) {
    lastStep = record.step();
    Map<String, @Nullable Object> line = line("step", record.step());
    line.put("epoch", record.epoch());
    line.put("loss", finite(record.loss()));
    ChoiceMetrics.of("", record.penalty(), record.choices())
        .forEach((name, value) -> line.put(name, finite(value)));
    line.put("grad_norm", finite(record.gradientNorm()));
    line.put("learning_rate", finite(record.learningRate()));
    line.put("questions", record.questions());
    line.put("tokens", record.tokens());
    line.put("rows", record.rows());
    line.put("seconds", finite(record.seconds()));
    line.put("tokens_per_second", finite(record.tokens() / record.seconds()));
    write(line);
  }

  @Override
  public void evaluated(EvaluationRecord record) {
    Map<String, @Nullable Object> line = line("evaluation", record.step());
    line.put("epoch", record.epoch());
    line.put("eval_loss", finite(record.loss()));
    ChoiceMetrics.of("eval_", record.penalty(), record.choices())
        .forEach((name, value) -> line.put(name, finite(value)));
    line.put("eval_accuracy", finite(record.accuracy().orElse(Double.NaN)));
    line.put("best", record.best());
    write(line);
  }

  @Override
  public void saved(CheckpointRecord record) {
    Map<String, @Nullable Object> line = line("checkpoint", record.step());
    line.put("folder", record.folder().toString());
    write(line);
  }

  @Override
  public void warned(WarningRecord record) {
    Map<String, @Nullable Object> line = line("warning", record.step());
    line.put("message", record.message());
    write(line);
  }

  @Override
  public void anomaly(AnomalyRecord record) {
    Map<String, @Nullable Object> line = line("anomaly", record.step());
    line.put("kind", word(record.kind()));
    line.put("message", record.message());
    line.put("skipped", record.skipped());
    write(line);
  }

  @Override
  public void finished(TrainingReport report) {
    Map<String, @Nullable Object> line = line("end", lastStep);
    line.put("ending", word(report.ending()));
    line.put("train_loss", finite(report.finalLoss()));
    line.put("train_runtime", finite(report.seconds()));
    line.put("train_tokens_per_second", finite(report.tokensPerSecond()));
    line.put("skipped", report.skipped());
    line.put("accuracy", report.accuracy().stream().map(JsonRecords::of).toList());
    write(line);
  }

  /** Closes the file; a second call does nothing. */
  @Override
  public void close() {
    out.close();
  }

  private Map<String, @Nullable Object> line(String event, long step) {
    Map<String, @Nullable Object> line = new LinkedHashMap<>();
    line.put("event", event);
    line.put("step", step);
    line.put("time", Instant.now().truncatedTo(ChronoUnit.MILLIS).toString());
    return line;
  }

  private void write(Map<String, @Nullable Object> line) {
    out.write((JsonText.line(line) + "\n").getBytes(StandardCharsets.UTF_8));
  }

  private static @Nullable Double finite(double value) {
    return Double.isFinite(value) ? value : null;
  }

  private static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
