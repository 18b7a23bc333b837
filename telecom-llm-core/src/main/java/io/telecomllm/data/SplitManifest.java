package io.telecomllm.data;

import static java.util.Objects.requireNonNull;

import com.google.common.hash.Hasher;
import com.google.common.hash.Hashing;
import io.telecomllm.Internal;
import io.telecomllm.InvalidDataException;
import io.telecomllm.files.AtomicFiles;
import io.telecomllm.json.JsonRecords;
import io.telecomllm.json.JsonText;
import io.telecomllm.json.StrictJson;
import io.telecomllm.text.Quoted;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/**
 * A record of the questions that a run used: their ids in order and a digest of their content. Two
 * splits are the same exactly if their manifests are equal.
 *
 * <p>The digest covers the training side, then the validation side. Each side is the number of its
 * questions, then for each question its id, text, number of options, options, answer (index from
 * 0), explanation and category label. A number is 4 bytes, big-endian; a text is the number of its
 * UTF-8 bytes, then these bytes.
 *
 * @param training ids of the training side
 * @param validation ids of the validation side
 * @param sha256 the digest, 64 hexadecimal digits in lower case
 */
public record SplitManifest(List<String> training, List<String> validation, String sha256) {
  /** Checks that no id appears twice, on one side or on both. */
  public SplitManifest {
    SplitIds ids = new SplitIds(training, validation);
    training = ids.training();
    validation = ids.validation();
  }

  /**
   * Reads a manifest that {@link #write} wrote.
   *
   * @throws InvalidDataException naming the file and the field, if it is anything else
   */
  public static SplitManifest read(Path json) {
    requireNonNull(json, "json is null");
    return JsonRecords.read(StrictJson.read(json), SplitManifest.class);
  }

  /**
   * Writes the manifest as JSON; the file appears whole or not at all.
   *
   * @throws io.telecomllm.StorageException naming the file, if the disk refuses
   */
  public void write(Path json) {
    requireNonNull(json, "json is null");
    AtomicFiles.write(json, JsonText.file(JsonRecords.of(this)));
  }

  /**
   * Returns the split that this records, from the questions of a data set.
   *
   * @throws InvalidDataException if a question is missing, or one was changed since
   */
  public Split select(List<Question> questions) {
    SplitIds.Selection found = new SplitIds(training, validation).select(questions);
    if (!found.missing().isEmpty()) {
      throw new InvalidDataException(
          "%d questions of the split manifest are missing, the first is \"%s\""
              .formatted(found.missing().size(), Quoted.line(found.missing().get(0))));
    }
    String digest = of(found.split()).sha256();
    if (!digest.equals(sha256)) {
      throw new InvalidDataException(
          "the questions of the split manifest were changed: their digest is "
              + digest
              + ", expected "
              + Quoted.line(sha256));
    }
    return found.split();
  }

  static SplitManifest of(Split split) {
    Hasher hasher = Hashing.sha256().newHasher();
    add(hasher, split.training());
    add(hasher, split.validation());
    return new SplitManifest(
        ids(split.training()), ids(split.validation()), hasher.hash().toString());
  }

  /** Returns the digest of questions that are no split: that of one side. */
  @Internal
  public static String digest(List<Question> questions) {
    Hasher hasher = Hashing.sha256().newHasher();
    add(hasher, questions);
    return hasher.hash().toString();
  }

  private static List<String> ids(List<Question> questions) {
    return questions.stream().map(Question::id).toList();
  }

  private static void add(Hasher hasher, List<Question> questions) {
    add(hasher, questions.size());
    for (Question question : questions) {
      add(hasher, question.id());
      add(hasher, question.text());
      add(hasher, question.options().size());
      question.options().forEach(option -> add(hasher, option));
      add(hasher, question.answer());
      add(hasher, question.explanation());
      add(hasher, question.category().label());
    }
  }

  // Guava's putInt is little-endian
  private static void add(Hasher hasher, int number) {
    hasher.putInt(Integer.reverseBytes(number));
  }

  private static void add(Hasher hasher, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    add(hasher, bytes.length);
    hasher.putBytes(bytes);
  }
}
