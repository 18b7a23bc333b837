package io.telecomllm.training.known;

import static com.google.common.base.Preconditions.checkArgument;
import static java.util.stream.Collectors.toUnmodifiableSet;

import io.telecomllm.InvalidDataException;
import io.telecomllm.StorageException;
import io.telecomllm.files.AtomicFiles;
import io.telecomllm.json.JsonLines;
import io.telecomllm.json.JsonRecords;
import io.telecomllm.json.JsonText;
import io.telecomllm.json.JsonView;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What a model knew of some questions. Immutable.
 *
 * @param model the fingerprint of the model, see {@code Lineage.Base}
 * @param prompt the digest of the prompt
 * @param questions the questions, in the order in which they were asked, no id twice
 */
public record KnownQuestions(String model, String prompt, List<Known> questions) {
  private static final int MAX_LINE_BYTES = 1 << 16;

  /** Checks that no id appears twice. */
  public KnownQuestions {
    questions = List.copyOf(questions);
    Set<String> ids = new HashSet<>();
    questions.forEach(
        known -> checkArgument(ids.add(known.id()), "id \"%s\" appears twice", known.id()));
  }

  /** How well a model knows the answer to a question. */
  public enum Level {
    /** It is right in every order of the options. */
    KNOWN,
    /** It is right in some. */
    MAYBE,
    /** It is right in none. */
    UNKNOWN
  }

  /**
   * What a model knew of one question.
   *
   * @param id the question's id
   * @param asked the number of orders in which it was asked, at least 1
   * @param right the number in which it was answered correctly
   * @param probability the mean probability of the right option, 0 to 1
   */
  public record Known(String id, int asked, int right, double probability) {
    /** Checks the ranges. */
    public Known {
      checkArgument(asked >= 1, "asked is %s, must be at least 1", asked);
      checkArgument(right >= 0 && right <= asked, "right is %s, must be 0 to %s", right, asked);
      checkArgument(
          probability >= 0 && probability <= 1, "probability is %s, must be 0 to 1", probability);
    }

    /** Returns how well the answer is known. */
    public Level level() {
      return right == asked ? Level.KNOWN : right == 0 ? Level.UNKNOWN : Level.MAYBE;
    }
  }

  /** Returns other questions of the same model and prompt. */
  KnownQuestions with(List<Known> others) {
    return new KnownQuestions(model, prompt, others);
  }

  /** The first line of a file. */
  private record Head(String model, String prompt) {}

  /** Returns the ids of the questions of these levels. */
  public Set<String> ids(Level... levels) {
    Set<Level> wanted = EnumSet.noneOf(Level.class);
    wanted.addAll(Arrays.asList(levels));
    return questions.stream()
        .filter(known -> wanted.contains(known.level()))
        .map(Known::id)
        .collect(toUnmodifiableSet());
  }

  /** Returns the number of questions of a level. */
  public long count(Level level) {
    return questions.stream().filter(known -> known.level() == level).count();
  }

  /**
   * Writes a file of JSON lines: the model and the prompt first, then a line for each question. The
   * file appears whole or not at all.
   */
  public void save(Path file) {
    StringBuilder text = new StringBuilder();
    text.append(JsonText.line(JsonRecords.of(new Head(model, prompt)))).append('\n');
    questions.forEach(known -> text.append(JsonText.line(JsonRecords.of(known))).append('\n'));
    AtomicFiles.write(file, text.toString().getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Reads a file that {@link #save} wrote.
   *
   * @throws InvalidDataException naming file, line and field, if it is damaged
   * @throws StorageException if it cannot be read
   */
  public static KnownQuestions read(Path file) {
    List<Known> questions = new ArrayList<>();
    try (InputStream in = Files.newInputStream(file)) {
      JsonLines lines = JsonLines.of(file.toString(), in, MAX_LINE_BYTES);
      JsonView first =
          lines.next().orElseThrow(() -> new InvalidDataException(file + ": is empty")).object();
      Head head = JsonRecords.read(first, Head.class);
      Optional<JsonLines.Line> line = lines.next();
      while (line.isPresent()) {
        if (!line.get().terminated()) {
          throw new InvalidDataException(file + ": its last line has no end");
        }
        questions.add(JsonRecords.read(line.get().object(), Known.class));
        line = lines.next();
      }
      return new KnownQuestions(head.model(), head.prompt(), questions);
    } catch (IllegalArgumentException e) {
      throw new InvalidDataException(file + ": " + e.getMessage(), e);
    } catch (IOException e) {
      throw new StorageException(file + ": cannot be read: " + e, e);
    }
  }
}
