package io.telecomllm.inference.evaluation;

import static com.google.common.base.Preconditions.checkArgument;
import static java.util.Objects.requireNonNull;

import io.telecomllm.IncompatibleException;
import io.telecomllm.InvalidDataException;
import io.telecomllm.StorageException;
import io.telecomllm.data.Question;
import io.telecomllm.data.SplitManifest;
import io.telecomllm.files.AppendedFile;
import io.telecomllm.files.Disk;
import io.telecomllm.files.LockFile;
import io.telecomllm.inference.TelecomAnswerer;
import io.telecomllm.inference.calibration.CalibratedFor;
import io.telecomllm.inference.calibration.PositionPrior;
import io.telecomllm.inference.calibration.SavedCalibration;
import io.telecomllm.json.JsonLines;
import io.telecomllm.json.JsonRecords;
import io.telecomllm.json.JsonText;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The answers of an evaluation, a line of JSON each, which reaches the operating system at once; a
 * first line says what answered which questions. The answers of a batch that was being written when
 * the process was killed are removed by the next run, which asks the whole batch again: the
 * rounding of a score depends on the questions beside it. A second evaluation with the same file is
 * refused.
 */
final class AnswersFile implements AutoCloseable {
  private static final int VERSION = 1;
  private static final int MAX_LINE_BYTES = 1 << 20;

  private final Path file;
  private final LockFile lock;
  private final AppendedFile out;
  private final List<TimedOutcome> answers = new ArrayList<>();

  private AnswersFile(Path file, LockFile lock) {
    this.file = file;
    this.lock = lock;
    out = new AppendedFile(file, "answers");
  }

  /**
   * What must be the same for answers to go together.
   *
   * @param evaluation the version of the file
   * @param task what was asked
   * @param questions a SHA-256 over the questions
   * @param answeredBy what answered
   * @param calibration a SHA-256 over the calibration, if there was one
   * @param abstention the abstention rule, if there was one
   * @param prior the position prior, if there was one
   */
  record Head(
      int evaluation,
      String task,
      String questions,
      CalibratedFor answeredBy,
      Optional<String> calibration,
      Optional<String> abstention,
      Optional<PositionPrior> prior) {
    static Head of(TelecomAnswerer answerer, String task, List<Question> questions) {
      return new Head(
          VERSION,
          task,
          SplitManifest.digest(questions),
          answerer.calibratedFor(),
          answerer.calibration().map(SavedCalibration::digest),
          answerer.abstention().map(Object::toString),
          answerer.prior());
    }
  }

  /**
   * Opens a file, which is created with its folders if it is not there, and reads its answers.
   *
   * @param asked the questions, in their order
   * @param batchSize the number of questions that are asked together
   * @throws IncompatibleException naming the first difference with both values, if its answers are
   *     of another evaluation
   * @throws io.telecomllm.BusyException if another evaluation writes it
   * @throws InvalidDataException naming file and line, if it is damaged; nothing is changed then
   * @throws StorageException if it cannot be read or written
   */
  static AnswersFile open(Path named, Head head, List<Question> asked, int batchSize) {
    Path absolute = named.toAbsolutePath();
    Path folder = absolute.getParent();
    checkArgument(folder != null, "%s is not a file's name", named);
    Path file =
        followed(Disk.REAL.createFolders(requireNonNull(folder)).resolve(absolute.getFileName()));
    LockFile lock =
        LockFile.take(
            file.resolveSibling(file.getFileName() + ".lock"),
            Disk.REAL,
            holder -> named + ": is written by another evaluation, in " + holder);
    AnswersFile answers = new AnswersFile(file, lock);
    try {
      answers.read(head, asked, batchSize);
      return answers;
    } catch (RuntimeException | Error e) {
      answers.out.close();
      lock.closeAfter(e);
      throw e;
    }
  }

  /** Follows a link, so that a file has one lock whatever its name. */
  private static Path followed(Path file) {
    try {
      return Files.isSymbolicLink(file) ? file.toRealPath() : file;
    } catch (IOException e) {
      throw new StorageException(file + ": links to what cannot be opened: " + e, e);
    }
  }

  private void read(Head head, List<Question> asked, int batchSize) {
    byte[] first = line(JsonRecords.of(head));
    List<Long> ends = complete(head, first, asked);
    int whole =
        answers.size() == asked.size() ? answers.size() : answers.size() / batchSize * batchSize;
    answers.subList(whole, answers.size()).clear();
    long end = ends.isEmpty() ? 0 : ends.get(whole);
    out.open(
        () -> {
          if (Files.exists(file)) {
            Disk.REAL.truncate(file, end);
          }
          return file;
        });
    if (end == 0) {
      out.write(first);
    }
  }

  /** Reads the lines that are complete, and returns where each ends; none if there is no file. */
  private List<Long> complete(Head head, byte[] first, List<Question> asked) {
    List<Long> ends = new ArrayList<>();
    try (InputStream in = Files.newInputStream(file)) {
      JsonLines lines = JsonLines.of(file.toString(), in, MAX_LINE_BYTES);
      Optional<JsonLines.Line> line = lines.next();
      if (line.isPresent() && !line.get().terminated()) {
        checkBegins(line.get(), first);
      }
      while (line.filter(JsonLines.Line::terminated).isPresent()) {
        if (ends.isEmpty()) {
          check(line.get(), head);
        } else {
          add(line.get(), asked);
        }
        ends.add(line.get().end());
        line = lines.next();
      }
      return ends;
    } catch (NoSuchFileException e) {
      return ends;
    } catch (IOException e) {
      throw new StorageException(file + ": cannot be read: " + e, e);
    }
  }

  /** Checks that a first line without an end is one that a killed process was writing. */
  private static void checkBegins(JsonLines.Line line, byte[] first) {
    byte[] found = line.utf8();
    if (found.length > first.length
        || !Arrays.equals(found, 0, found.length, first, 0, found.length)) {
      throw line.invalid("does not begin as the answers of this evaluation do", null);
    }
  }

  private void check(JsonLines.Line line, Head head) {
    Map<String, @Nullable Object> here = JsonRecords.of(head);
    Map<String, @Nullable Object> there =
        JsonRecords.of(JsonRecords.read(line.object(), Head.class));
    for (String field : here.keySet()) {
      Object mine = here.get(field);
      Object other = there.get(field);
      if (!String.valueOf(mine).equals(String.valueOf(other))) {
        throw new IncompatibleException(
            file
                + ": is of another evaluation: "
                + field
                + " is "
                + other
                + ", here it is "
                + mine);
      }
    }
  }

  private void add(JsonLines.Line line, List<Question> asked) {
    KeptAnswer answer = JsonRecords.read(line.object(), KeptAnswer.class);
    int next = answers.size();
    String expected = next < asked.size() ? asked.get(next).id() : "none";
    if (!answer.id().equals(expected)) {
      throw line.invalid("is of question " + answer.id() + ", expected " + expected, null);
    }
    try {
      answers.add(answer.outcome(asked.get(next)));
    } catch (IllegalArgumentException e) {
      throw line.invalid(String.valueOf(e.getMessage()), e);
    }
  }

  /** Returns the answers that it has, in the order of the questions. */
  List<TimedOutcome> answers() {
    return answers;
  }

  /**
   * Appends the answers of a batch.
   *
   * @throws IllegalArgumentException naming the file, if a line would be too long to be read
   */
  void append(List<TimedOutcome> more) {
    more.forEach(answer -> out.write(line(JsonRecords.of(KeptAnswer.of(answer)))));
  }

  private byte[] line(Map<String, @Nullable Object> fields) {
    byte[] line = (JsonText.line(fields) + "\n").getBytes(StandardCharsets.UTF_8);
    checkArgument(
        line.length <= MAX_LINE_BYTES,
        "%s: an answer takes %s bytes, at most %s are kept; its question's id is too long",
        file,
        line.length,
        MAX_LINE_BYTES);
    return line;
  }

  @Override
  public void close() {
    out.close();
    lock.close();
  }
}
