package io.telecomllm.data;

import static com.google.common.base.Preconditions.checkArgument;
import static java.util.Objects.requireNonNull;

import io.telecomllm.InvalidDataException;
import io.telecomllm.text.Quoted;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A split that is given by the ids of its questions. Immutable.
 *
 * @param training ids of the questions to train on
 * @param validation ids of the questions to measure with
 */
public record SplitIds(List<String> training, List<String> validation) {
  /** Checks that no id appears twice, on one side or on both. */
  public SplitIds {
    training = List.copyOf(training);
    validation = List.copyOf(validation);
    Set<String> ids = new HashSet<>();
    training.forEach(id -> checkArgument(ids.add(id), "id \"%s\" appears twice", id));
    validation.forEach(id -> checkArgument(ids.add(id), "id \"%s\" appears twice", id));
  }

  /**
   * Returns the published split of TeleQnA's 3GPP subset into 1,461 and 366 questions, on which
   * Phi-2 and Falcon-7B with retrieval were measured: the files {@code TeleQnA_training.txt} and
   * {@code TeleQnA_testing1.txt} of the challenge "Specializing Large Language Models for Telecom
   * Networks" (ITU and Zindi, 2024). Its questions are those with a tag of a 3GPP release, 8 to 19,
   * and 17 others; the first 80 % by their number are for training.
   */
  public static SplitIds published3gpp() {
    return new SplitIds(resource("3gpp-training.txt"), resource("3gpp-validation.txt"));
  }

  /**
   * Reads the two sides from files with an id a line; a number alone is the question of that
   * number, and of a CSV file with the header {@code Question_ID} the first column is read.
   *
   * @throws InvalidDataException naming the file and the line of an id that appears twice
   */
  public static SplitIds read(Path training, Path validation) {
    requireNonNull(training, "training is null");
    requireNonNull(validation, "validation is null");
    Set<String> seen = new HashSet<>();
    List<String> first = ids(TextFile.lines(training), training.toString(), seen);
    return new SplitIds(first, ids(TextFile.lines(validation), validation.toString(), seen));
  }

  /**
   * The questions of a split that a set has, and the ids that it lacks.
   *
   * @param split the questions that were found, in the order of the ids
   * @param missing the ids of the others
   */
  public record Selection(Split split, List<String> missing) {
    /** Copies the list. */
    public Selection {
      missing = List.copyOf(missing);
    }
  }

  /** Returns these questions of a set; those that it lacks are named. */
  public Selection select(List<Question> questions) {
    Map<String, Question> byId = new HashMap<>();
    questions.forEach(question -> byId.put(question.id(), question));
    List<String> missing = new ArrayList<>();
    Split split = new Split(found(training, byId, missing), found(validation, byId, missing));
    return new Selection(split, missing);
  }

  private static List<Question> found(
      List<String> ids, Map<String, Question> byId, List<String> missing) {
    List<Question> found = new ArrayList<>();
    for (String id : ids) {
      Question question = byId.get(id);
      if (question == null) {
        missing.add(id);
      } else {
        found.add(question);
      }
    }
    return found;
  }

  private static List<String> resource(String name) {
    try (InputStream in = SplitIds.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException(name + " is not in the jar");
      }
      return ids(TextFile.lines(in, name), name, new HashSet<>());
    } catch (IOException e) {
      throw new UncheckedIOException(name, e);
    }
  }

  private static List<String> ids(List<String> lines, String file, Set<String> seen) {
    boolean csv = !lines.isEmpty() && lines.get(0).startsWith("Question_ID");
    List<String> ids = new ArrayList<>();
    for (int i = csv ? 1 : 0; i < lines.size(); i++) {
      String line = lines.get(i).strip();
      String id = csv ? line.replaceFirst(",.*", "") : line;
      if (id.isEmpty()) {
        continue;
      }
      id = id.matches("[0-9]+") ? "question " + id : id;
      if (!seen.add(id)) {
        throw new InvalidDataException(
            file + ", line " + (i + 1) + ": \"" + Quoted.line(id) + "\" appears twice");
      }
      ids.add(id);
    }
    return ids;
  }
}
