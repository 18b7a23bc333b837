package io.telecomllm.data;

import static java.util.Objects.requireNonNull;

import io.telecomllm.files.AtomicFiles;
import io.telecomllm.json.JsonText;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The forms in which questions are written; {@link TeleQnADataset} reads both. What was read from a
 * file and written is read again as equal questions, ids included.
 */
public enum QuestionFormat {
  /**
   * As TeleQnA is published: a JSON object of entries by id, with {@code option 1}, {@code option
   * 2}, ..., {@code answer} ("option k: text"), {@code explanation} and {@code category}.
   */
  TELEQNA {
    @Override
    String document(List<Question> questions) {
      Map<String, Object> entries = new LinkedHashMap<>();
      questions.forEach(question -> entries.put(question.id(), entry(question)));
      return JsonText.pretty(entries);
    }
  },
  /**
   * As on the Hugging Face hub: JSON Lines with {@code question}, {@code choices}, {@code answer}
   * (an index from 0), {@code subject}, and also {@code explanation} and {@code id}.
   */
  HUGGING_FACE {
    @Override
    String document(List<Question> questions) {
      StringBuilder lines = new StringBuilder();
      questions.forEach(q -> lines.append(JsonText.line(fields(q))).append('\n'));
      return lines.toString();
    }
  };

  abstract String document(List<Question> questions);

  /**
   * Writes questions; the file appears whole or not at all.
   *
   * @throws io.telecomllm.StorageException naming the file, if the disk refuses
   */
  public void write(List<Question> questions, Path file) {
    requireNonNull(questions, "questions is null");
    requireNonNull(file, "file is null");
    AtomicFiles.write(file, document(questions).getBytes(StandardCharsets.UTF_8));
  }

  private static Map<String, Object> entry(Question question) {
    Map<String, Object> entry = new LinkedHashMap<>();
    entry.put("question", question.text());
    for (int i = 0; i < question.options().size(); i++) {
      entry.put("option " + (i + 1), question.options().get(i));
    }
    entry.put("answer", "option " + (question.answer() + 1) + ": " + question.answerText());
    entry.put("explanation", question.explanation());
    entry.put("category", question.category().label());
    return entry;
  }

  private static Map<String, Object> fields(Question question) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("id", question.id());
    fields.put("question", question.text());
    fields.put("choices", question.options());
    fields.put("answer", question.answer());
    fields.put("explanation", question.explanation());
    fields.put("subject", question.category().label());
    return fields;
  }
}
