package io.telecomllm.lineage;

import io.telecomllm.InvalidDataException;
import io.telecomllm.data.Question;
import io.telecomllm.files.AtomicFiles;
import io.telecomllm.json.JsonRecords;
import io.telecomllm.json.JsonText;
import io.telecomllm.json.JsonView;
import io.telecomllm.json.StrictJson;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes {@code lineage.json}, version 2: one object. Unknown fields are ignored.
 *
 * <pre>
 * version      2
 * created      an ISO 8601 instant in UTC
 * base         name, fingerprint (sha256), architecture, weights, compute_type: strings
 * tokenizer    sha256
 * prompt       sha256
 * data         optional: sha256, training, validation (numbers of questions)
 * knowledge    optional, not in version 1: id (sha256), references (number)
 * settings     optional: any object
 * versions     optional: an object of strings
 * metrics      optional: steps, seconds; optional final_loss, accuracy;
 *              evaluations: an array of step, loss
 * probes       an array of question, options (2 to 9 strings), scores (as many numbers, at most 0)
 * </pre>
 *
 * <p>In version 1 the scores of a probe were log-probabilities of whole labels. Version 2 leaves
 * out what all labels begin with, which adds the same to each option of a question: the
 * probabilities among the options, which are all that is compared, are equal.
 */
final class LineageFile {
  static final String NAME = "lineage.json";

  private static final int VERSION = 2;
  private static final int MAX_BYTES = 1 << 22;
  private static final int MAX_PROBES = 64;

  private LineageFile() {}

  static void write(Path file, Lineage lineage) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("version", VERSION);
    json.put("created", lineage.created().toString());
    Lineage.Base base = lineage.base();
    Map<String, Object> baseJson = new LinkedHashMap<>();
    baseJson.put("name", base.name());
    baseJson.put("fingerprint", base.fingerprint());
    baseJson.put("architecture", base.architecture());
    baseJson.put("weights", base.weights());
    baseJson.put("compute_type", base.computeType());
    json.put("base", baseJson);
    json.put("tokenizer", lineage.tokenizer());
    json.put("prompt", lineage.prompt());
    lineage.data().ifPresent(data -> json.put("data", JsonRecords.of(data)));
    lineage.knowledge().ifPresent(knowledge -> json.put("knowledge", JsonRecords.of(knowledge)));
    json.put("settings", lineage.settings());
    json.put("versions", lineage.versions());
    lineage.metrics().ifPresent(metrics -> json.put("metrics", metrics(metrics)));
    json.put("probes", lineage.probes().stream().map(JsonRecords::of).toList());
    AtomicFiles.write(file, JsonText.file(json));
  }

  private static Map<String, Object> metrics(Lineage.Metrics metrics) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("steps", metrics.steps());
    json.put("seconds", metrics.seconds());
    metrics.finalLoss().ifPresent(loss -> json.put("final_loss", loss));
    metrics.accuracy().ifPresent(accuracy -> json.put("accuracy", accuracy));
    json.put("evaluations", metrics.evaluations().stream().map(JsonRecords::of).toList());
    return json;
  }

  /**
   * Reads a file of at most 4 MiB.
   *
   * @throws InvalidDataException naming file and field
   */
  static Lineage read(Path file) {
    JsonView json = StrictJson.read(file, MAX_BYTES);
    long version = json.longInteger("version", 1, Long.MAX_VALUE);
    if (version > VERSION) {
      throw json.invalid("version", "1 or 2, which is all that this library reads");
    }
    try {
      return lineage(json);
    } catch (IllegalArgumentException e) {
      throw new InvalidDataException(file + ": " + e.getMessage(), e);
    }
  }

  private static Lineage lineage(JsonView json) {
    JsonView base = json.object("base");
    return new Lineage(
        created(json),
        new Lineage.Base(
            word(base, "name"),
            digest(base, "fingerprint"),
            word(base, "architecture"),
            word(base, "weights"),
            word(base, "compute_type")),
        digest(json, "tokenizer"),
        digest(json, "prompt"),
        json.optionalObject("data").map(LineageFile::data),
        json.optionalObject("knowledge").map(LineageFile::knowledge),
        json.optionalObject("settings").map(LineageFile::values).orElse(Map.of()),
        json.optionalObject("versions").map(JsonView::stringMap).orElse(Map.of()),
        json.optionalObject("metrics").map(LineageFile::readMetrics),
        probes(json));
  }

  private static Instant created(JsonView json) {
    try {
      return Instant.parse(json.string("created"));
    } catch (DateTimeParseException e) {
      throw json.invalid("created", "an instant such as 2026-01-31T12:00:00Z");
    }
  }

  private static String word(JsonView json, String field) {
    String word = json.string(field);
    if (!Lineage.isWord(word)) {
      throw json.invalid(field, Lineage.A_WORD);
    }
    return word;
  }

  private static String digest(JsonView json, String field) {
    String digest = json.string(field);
    if (!Lineage.isDigest(digest)) {
      throw json.invalid(field, "64 hexadecimal digits in lower case");
    }
    return digest;
  }

  private static Lineage.Knowledge knowledge(JsonView json) {
    return new Lineage.Knowledge(
        digest(json, "id"), json.integer("references", 1, Integer.MAX_VALUE));
  }

  private static Lineage.Data data(JsonView json) {
    return new Lineage.Data(
        digest(json, "sha256"),
        json.integer("training", 0, Integer.MAX_VALUE),
        json.integer("validation", 0, Integer.MAX_VALUE));
  }

  private static Map<String, @Nullable Object> values(JsonView json) {
    Map<String, @Nullable Object> values = new LinkedHashMap<>();
    json.names().forEach(name -> values.put(name, json.value(name)));
    return values;
  }

  private static Lineage.Metrics readMetrics(JsonView json) {
    OptionalDouble accuracy = json.optionalNumber("accuracy");
    if (accuracy.isPresent() && (accuracy.getAsDouble() < 0 || accuracy.getAsDouble() > 1)) {
      throw json.invalid("accuracy", "a number from 0 to 1");
    }
    if (json.number("seconds") < 0) {
      throw json.invalid("seconds", "a number of at least 0");
    }
    List<Lineage.Evaluation> evaluations =
        json.objects("evaluations").stream()
            .map(e -> JsonRecords.read(e, Lineage.Evaluation.class))
            .toList();
    return new Lineage.Metrics(
        json.longInteger("steps", 0, Long.MAX_VALUE),
        json.number("seconds"),
        json.optionalNumber("final_loss"),
        evaluations,
        accuracy);
  }

  private static List<Probe> probes(JsonView json) {
    List<JsonView> objects = json.objects("probes");
    if (objects.size() > MAX_PROBES) {
      throw json.invalid("probes", "at most " + MAX_PROBES + " probes");
    }
    List<Probe> probes = new ArrayList<>();
    for (JsonView object : objects) {
      List<String> options = object.strings("options");
      if (options.size() < Question.MIN_OPTIONS || options.size() > Question.MAX_OPTIONS) {
        throw object.invalid("options", "2 to 9 texts");
      }
      List<Double> scores = object.numbers("scores");
      if (scores.size() != options.size() || scores.stream().anyMatch(s -> s >= 1e-3)) {
        throw object.invalid("scores", options.size() + " numbers of at most 0");
      }
      probes.add(new Probe(object.string("question"), options, scores));
    }
    return probes;
  }

  /** Reads the lineage of a folder; empty if it has none. */
  static Optional<Lineage> find(Path folder) {
    Path file = folder.resolve(NAME);
    // a broken link, or a disk that does not answer, is an error and not a missing lineage
    return Files.notExists(file, LinkOption.NOFOLLOW_LINKS)
        ? Optional.empty()
        : Optional.of(read(file));
  }
}
