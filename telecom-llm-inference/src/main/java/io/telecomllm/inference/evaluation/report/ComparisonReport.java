package io.telecomllm.inference.evaluation.report;

import static java.util.Objects.requireNonNull;

import io.telecomllm.data.Category;
import io.telecomllm.data.Question;
import io.telecomllm.json.JsonRecords;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes a comparison and the verdict on it: {@value #JSON} for programs and {@value #PAGE} for
 * people, as {@link EvaluationReport} does.
 */
public final class ComparisonReport {
  /** The name of the file for programs. */
  public static final String JSON = "comparison.json";

  /** The name of the file for people. */
  public static final String PAGE = "comparison.html";

  private static final int VERSION = 1;

  private ComparisonReport() {}

  /**
   * Writes both files. An older file of the same name is replaced once the new one is complete.
   *
   * @param folder is created if it does not exist
   * @throws io.telecomllm.StorageException naming the file, if it cannot be written
   */
  public static void write(Path folder, Comparison comparison, Verdict verdict) {
    requireNonNull(folder, "folder is null");
    ReportFiles.write(folder.resolve(JSON), json(comparison, verdict));
    ReportFiles.write(folder.resolve(PAGE), ComparisonPage.of(comparison, verdict));
  }

  private static Map<String, @Nullable Object> json(Comparison comparison, Verdict verdict) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("version", VERSION);
    json.put("baseline", comparison.baseline());
    json.put("candidate", comparison.candidate());
    json.put("passed", verdict.passed());
    json.put("verdict", JsonRecords.of(verdict));
    json.put("all", group(comparison.all()));
    Map<Category, Object> categories = new EnumMap<>(Category.class);
    comparison.byCategory().forEach((category, group) -> categories.put(category, group(group)));
    json.put("byCategory", categories);
    json.put(
        "beyondHeuristic", comparison.beyondHeuristic().map(ComparisonReport::group).orElse(null));
    json.put("lost", ids(comparison.lost()));
    json.put("gained", ids(comparison.gained()));
    return json;
  }

  private static Map<String, @Nullable Object> group(ComparedGroup group) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>(JsonRecords.of(group));
    json.put("pValue", group.pValue());
    json.put("lossPValue", group.lossPValue());
    json.put("visibleLoss", group.visibleLoss());
    return json;
  }

  private static List<String> ids(List<Question> questions) {
    return questions.stream().map(Question::id).toList();
  }
}
