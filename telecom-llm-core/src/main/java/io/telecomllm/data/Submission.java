package io.telecomllm.data;

import static com.google.common.base.Preconditions.checkArgument;
import static java.util.Objects.requireNonNull;

import com.google.common.base.Splitter;
import io.telecomllm.InvalidDataException;
import io.telecomllm.files.AtomicFiles;
import io.telecomllm.text.Quoted;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Answers in the form of the challenge "Specializing Large Language Models for Telecom Networks"
 * (ITU and Zindi, 2024): CSV with the columns {@code Question_ID} (the number in {@code question
 * 17}), {@code Answer_ID} (the option, from 1) and {@code Task} (the model), which may be missing.
 * Its answer keys have the same form. Immutable.
 *
 * @param answers the index of the chosen option, from 0, by the question's id, in the order of the
 *     file
 * @param task the model, such as {@code Phi-2}; empty if there is no such column
 */
public record Submission(Map<String, Integer> answers, String task) {
  private static final String PREFIX = "question ";
  private static final Pattern NUMBER = Pattern.compile("[0-9]{1,9}");
  private static final Splitter COMMA = Splitter.on(',').trimResults();

  /** Checks ids and answers. */
  public Submission {
    requireNonNull(task, "task is null");
    checkArgument(
        task.chars().noneMatch(c -> c == ',' || c == '"' || Character.isISOControl(c)),
        "task holds a comma, a quotation mark or a line break: %s",
        task);
    Map<String, Integer> copy = new LinkedHashMap<>(requireNonNull(answers, "answers is null"));
    copy.forEach(
        (id, answer) -> {
          checkArgument(
              id.startsWith(PREFIX) && NUMBER.matcher(id.substring(PREFIX.length())).matches(),
              "id is \"%s\", expected \"question N\"",
              Quoted.line(id));
          checkArgument(
              answer >= 0 && answer < Question.MAX_OPTIONS,
              "%s: answer is %s, expected 0 to %s",
              id,
              answer,
              Question.MAX_OPTIONS - 1);
        });
    answers = Collections.unmodifiableMap(copy);
  }

  /** Returns the correct answers of questions as a key. */
  public static Submission key(List<Question> questions) {
    Map<String, Integer> answers = new LinkedHashMap<>();
    for (Question question : questions) {
      checkArgument(
          answers.put(question.id(), question.answer()) == null,
          "id \"%s\" appears twice",
          question.id());
    }
    return new Submission(answers, "");
  }

  /**
   * Reads a file; empty columns at the end are passed over.
   *
   * @throws InvalidDataException naming the first line that is anything else, or repeats a question
   */
  public static Submission read(Path csv) {
    requireNonNull(csv, "csv is null");
    List<String> lines = TextFile.lines(csv);
    List<String> header = lines.isEmpty() ? List.of() : cells(lines.get(0));
    boolean withTask = header.equals(List.of("Question_ID", "Answer_ID", "Task"));
    if (!withTask && !header.equals(List.of("Question_ID", "Answer_ID"))) {
      throw new InvalidDataException(
          csv + ", line 1: expected the columns Question_ID, Answer_ID and maybe Task");
    }
    Map<String, Integer> answers = new LinkedHashMap<>();
    String task = "";
    for (int i = 1; i < lines.size(); i++) {
      List<String> cells = cells(lines.get(i));
      if (cells.isEmpty()) {
        continue;
      }
      String place = csv + ", line " + (i + 1) + ": ";
      if (cells.size() != header.size()
          || !NUMBER.matcher(cells.get(0)).matches()
          || !cells.get(1).matches("[1-9]")) {
        throw new InvalidDataException(
            place
                + "expected a question's number and an option from 1 to 9, found \""
                + Quoted.line(lines.get(i))
                + "\"");
      }
      String id = PREFIX + Integer.parseInt(cells.get(0));
      if (answers.put(id, Integer.parseInt(cells.get(1)) - 1) != null) {
        throw new InvalidDataException(place + "repeats " + id);
      }
      String named = withTask ? cells.get(2) : "";
      if (!task.isEmpty() && !task.equals(named)) {
        throw new InvalidDataException(
            place + "the task is \"" + Quoted.line(named) + "\", above it is \"" + task + "\"");
      }
      task = named;
    }
    return new Submission(answers, task);
  }

  private static List<String> cells(String line) {
    List<String> cells = new ArrayList<>(COMMA.splitToList(line));
    while (!cells.isEmpty() && cells.get(cells.size() - 1).isEmpty()) {
      cells.remove(cells.size() - 1);
    }
    return cells;
  }

  /**
   * Writes the answers; the file appears whole or not at all.
   *
   * @throws io.telecomllm.StorageException naming the file, if the disk refuses
   */
  public void write(Path csv) {
    requireNonNull(csv, "csv is null");
    StringBuilder text = new StringBuilder("Question_ID,Answer_ID");
    text.append(task.isEmpty() ? "\n" : ",Task\n");
    answers.forEach(
        (id, answer) ->
            text.append(id.substring(PREFIX.length()))
                .append(',')
                .append(answer + 1)
                .append(task.isEmpty() ? "\n" : "," + task + "\n"));
    AtomicFiles.write(csv, text.toString().getBytes(StandardCharsets.UTF_8));
  }

  /** Returns how many of these questions are answered correctly; a missing answer is wrong. */
  public Accuracy grade(List<Question> questions) {
    int right = 0;
    for (Question question : questions) {
      Integer answer = answers.get(question.id());
      right += answer != null && answer == question.answer() ? 1 : 0;
    }
    return new Accuracy(right, questions.size());
  }
}
