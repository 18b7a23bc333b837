package io.telecomllm.data;

import static com.google.common.base.Preconditions.checkArgument;
import static java.util.Objects.requireNonNull;

import io.telecomllm.InvalidDataException;
import io.telecomllm.data.Rejection.Reason;
import io.telecomllm.text.Quoted;
import io.telecomllm.text.Texts;
import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * A cleaned set of questions in TeleQnA's format: every entry of the source is kept or rejected
 * with a reason. Immutable and thread-safe.
 *
 * <p>The source is a JSON object of entries by name, a JSON array of entries, or JSON Lines with an
 * entry on each. Entries of an array or of lines are called what their field {@code id} says if it
 * is a text, otherwise {@code question 0}, {@code question 1}, ... An entry has one of two forms:
 *
 * <ul>
 *   <li>as TeleQnA is published: {@code question}, up to nine options from {@code option 1} to
 *       {@code option 9}, {@code answer} ("option k: text") and {@code category};
 *   <li>as on the Hugging Face hub: {@code question}, {@code choices} (an array of up to nine
 *       texts), {@code answer} (an index from 0) and {@code subject}.
 * </ul>
 *
 * <p>An {@code explanation} is optional, and options at the end may be null. Texts are kept as they
 * are except for white space at their ends. Other fields are ignored, unless they look like a
 * misspelling of one of the first form.
 */
public final class TeleQnADataset {
  // not secret: published with the data set to keep crawlers away
  private static final String PUBLISHED_PASSWORD = "teleqnadataset";

  private final List<Question> questions;
  private final List<Rejection> rejections;

  private TeleQnADataset(List<Question> questions, List<Rejection> rejections) {
    this.questions = List.copyOf(questions);
    this.rejections = List.copyOf(rejections);
  }

  /**
   * Reads the official zip (AES, with its published password), a plain zip with one .txt, .json or
   * .jsonl file in it, or plain JSON, told apart by their first bytes.
   *
   * @throws InvalidDataException if the file is missing, damaged, over 256 MiB when unpacked, or
   *     not JSON in TeleQnA's format
   */
  public static TeleQnADataset read(Path path) {
    return read(path, PUBLISHED_PASSWORD.toCharArray());
  }

  /**
   * Reads a zip with this password, or plain JSON.
   *
   * @param path a zip with one .txt, .json or .jsonl file in it, or JSON
   * @param password for an encrypted zip; neither kept nor changed
   * @throws InvalidDataException if the file is missing, damaged, over 256 MiB when unpacked, or
   *     not JSON in TeleQnA's format; or if the password is wrong
   */
  public static TeleQnADataset read(Path path, char[] password) {
    requireNonNull(path, "path is null");
    requireNonNull(password, "password is null");
    byte[] json = DatasetFile.read(path, password.clone(), DatasetFile.MAX_BYTES);
    return parse(json, path.toString());
  }

  /**
   * Reads plain JSON in UTF-8, such as a resource, to its end. The stream is not closed.
   *
   * @param json the document
   * @param name what messages call the source
   * @throws InvalidDataException if it cannot be read, is over 256 MiB, or is not JSON in TeleQnA's
   *     format
   */
  public static TeleQnADataset read(InputStream json, String name) {
    requireNonNull(json, "json is null");
    requireNonNull(name, "name is null");
    try {
      return parse(DatasetFile.atMost(json, DatasetFile.MAX_BYTES, name), name);
    } catch (IOException e) {
      throw new InvalidDataException(name + ": cannot be read: " + e.getMessage(), e);
    }
  }

  /**
   * Reads plain JSON to its end. The reader is not closed.
   *
   * @param json the document
   * @param name what messages call the source
   * @throws InvalidDataException if it cannot be read, is over 256 MiB, or is not JSON in TeleQnA's
   *     format
   */
  public static TeleQnADataset read(Reader json, String name) {
    requireNonNull(json, "json is null");
    requireNonNull(name, "name is null");
    StringBuilder text = new StringBuilder();
    char[] buffer = new char[1 << 13];
    try {
      for (int n = json.read(buffer); n >= 0; n = json.read(buffer)) {
        text.append(buffer, 0, n);
        if (text.length() > DatasetFile.MAX_BYTES) {
          throw new InvalidDataException(
              name + ": holds more than " + DatasetFile.MAX_BYTES + " characters");
        }
      }
    } catch (IOException e) {
      throw new InvalidDataException(name + ": cannot be read: " + e.getMessage(), e);
    }
    String document = text.toString();
    if (!Texts.isWellFormed(document)) {
      throw new InvalidDataException(name + ": holds half of a surrogate pair");
    }
    return parse(document.getBytes(StandardCharsets.UTF_8), name);
  }

  /**
   * Returns a data set of questions from another source, such as generated ones. Questions with
   * equal options and duplicates are rejected.
   *
   * @throws IllegalArgumentException if two have the same id
   */
  public static TeleQnADataset of(List<Question> questions) {
    requireNonNull(questions, "questions is null");
    Set<String> ids = new HashSet<>();
    Cleaned cleaned = new Cleaned();
    for (Question question : questions) {
      checkArgument(ids.add(question.id()), "id \"%s\" appears twice", question.id());
      EntryCheck.equalOptions(question.id(), question.options())
          .ifPresentOrElse(cleaned.rejected::add, () -> cleaned.add(question));
    }
    return new TeleQnADataset(cleaned.kept, cleaned.rejected);
  }

  private static TeleQnADataset parse(byte[] json, String name) {
    Cleaned cleaned = new Cleaned();
    for (RawEntry entry : TeleQnAJson.parse(json, name)) {
      EntryCheck check = new EntryCheck(entry);
      check.defect().ifPresentOrElse(cleaned.rejected::add, () -> cleaned.add(check.question()));
    }
    return new TeleQnADataset(cleaned.kept, cleaned.rejected);
  }

  /** Returns the questions that were kept, in the order of the source. */
  public List<Question> questions() {
    return questions;
  }

  /** Returns the entries that were rejected, in the order of the source. */
  public List<Rejection> rejections() {
    return rejections;
  }

  /**
   * Returns how many entries were rejected and why, in one line: for each reason the number, and
   * the first entry with its detail. Empty if all were kept.
   */
  public String rejectionSummary() {
    if (rejections.isEmpty()) {
      return "";
    }
    Map<Reason, List<Rejection>> byReason =
        rejections.stream()
            .collect(Collectors.groupingBy(Rejection::reason, TreeMap::new, Collectors.toList()));
    String reasons =
        byReason.entrySet().stream()
            .map(
                of ->
                    "%d %s (first \"%s\": %s)"
                        .formatted(
                            of.getValue().size(),
                            of.getKey(),
                            Quoted.line(of.getValue().get(0).id()),
                            of.getValue().get(0).detail()))
            .collect(Collectors.joining(", "));
    return "%d of %d entries rejected: %s".formatted(rejections.size(), entries(), reasons);
  }

  /** Returns the number of entries in the source, kept and rejected. */
  public int entries() {
    return questions.size() + rejections.size();
  }

  /**
   * Returns the questions of each of the five categories, and of {@link Category#OTHER} if there
   * are any, each list in the order of the source.
   */
  public Map<Category, List<Question>> byCategory() {
    Map<Category, List<Question>> all = new EnumMap<>(Category.class);
    for (Category category : Category.values()) {
      all.put(category, questions.stream().filter(q -> q.category() == category).toList());
    }
    all.remove(Category.OTHER, List.of());
    return Collections.unmodifiableMap(all);
  }

  /** Returns counts over the questions that were kept. */
  public DatasetStatistics statistics() {
    return DatasetStatistics.of(questions);
  }

  /**
   * Splits the questions so that each category has the same share on the validation side and
   * near-duplicates stay on one side. The same seed gives the same split in every JVM, whatever the
   * order of the source.
   *
   * @param validationFraction the share of each category for validation, 0 to less than 1. The
   *     numbers are rounded, so that their sum is the rounded share of all questions; they are
   *     smaller if groups of near-duplicates do not fit
   * @param seed any number
   */
  public Split split(double validationFraction, long seed) {
    return Stratifier.split(questions, validationFraction, seed);
  }

  private record Content(String text, Set<String> options) {}

  /** Collects kept questions and rejections, and compares each question with those before it. */
  private static final class Cleaned {
    final List<Question> kept = new ArrayList<>();
    final List<Rejection> rejected = new ArrayList<>();
    private final Map<Content, Question> byContent = new HashMap<>();

    void add(Question question) {
      Set<String> options =
          question.options().stream().map(Texts::folded).collect(Collectors.toSet());
      Content content = new Content(Texts.folded(question.text()), options);
      Optional.ofNullable(byContent.putIfAbsent(content, question))
          .ifPresentOrElse(
              first -> rejected.add(duplicate(question, first)), () -> kept.add(question));
    }

    private static Rejection duplicate(Question question, Question first) {
      String same = Texts.folded(first.answerText());
      String detail = "of \"" + first.id() + "\"";
      return new Rejection(
          question.id(),
          Reason.DUPLICATE_QUESTION,
          same.equals(Texts.folded(question.answerText()))
              ? detail
              : detail + ", with another answer");
    }
  }
}
