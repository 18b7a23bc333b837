package io.telecomllm.inference.statistics;

import com.google.common.io.Resources;
import io.telecomllm.json.JsonView;
import io.telecomllm.json.StrictJson;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.stream.IntStream;

/** What tools/make_statistics_goldens.py computed with the Python packages. */
public final class Goldens {
  private static final String FILE = "goldens.json";

  private Goldens() {}

  /** Returns all of them. */
  public static JsonView read() {
    try {
      return StrictJson.parseObject(
          FILE, Resources.toByteArray(Resources.getResource(Goldens.class, FILE)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns the fields {@code probabilities} and {@code answers} of a case. */
  public static List<Forecast> forecasts(JsonView json) {
    List<OptionProbabilities> probabilities = probabilities(json, "probabilities");
    List<Long> answers = json.integers("answers", 0, 29);
    return IntStream.range(0, answers.size())
        .mapToObj(i -> new Forecast(probabilities.get(i), answers.get(i).intValue()))
        .toList();
  }

  /** Returns an array of arrays of probabilities. */
  public static List<OptionProbabilities> probabilities(JsonView json, String name) {
    return rows(json, name).stream().map(OptionProbabilities::new).toList();
  }

  /** Returns an array of arrays of numbers. */
  public static List<List<Double>> rows(JsonView json, String name) {
    return json.list(name).stream()
        .map(row -> ((List<?>) row).stream().map(p -> ((Number) p).doubleValue()).toList())
        .toList();
  }

  /** Returns the fields {@code confidences} and {@code right} of a case. */
  public static List<GradedAnswer> graded(JsonView json) {
    List<Double> confidences = json.numbers("confidences");
    List<Boolean> right = booleans(json, "right");
    return IntStream.range(0, right.size())
        .mapToObj(i -> new GradedAnswer(confidences.get(i), right.get(i)))
        .toList();
  }

  /** Returns the questions of a case with their readings and right options. */
  public static List<QuestionReadings> questions(JsonView json) {
    return json.objects("questions").stream()
        .map(one -> new QuestionReadings(readings(one), one.integer("answer", 0, 29)))
        .toList();
  }

  private static List<Reading> readings(JsonView question) {
    return question.objects("readings").stream()
        .map(
            one ->
                new Reading(
                    one.integers("order", 0, 29).stream().map(Long::intValue).toList(),
                    new OptionProbabilities(one.numbers("places"))))
        .toList();
  }

  /** Returns an array of booleans. */
  public static List<Boolean> booleans(JsonView json, String name) {
    return json.list(name).stream().map(Boolean.class::cast).toList();
  }
}
