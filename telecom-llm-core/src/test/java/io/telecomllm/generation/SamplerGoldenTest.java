package io.telecomllm.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.common.io.Resources;
import com.google.common.primitives.Floats;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Penalties and samplers against the probabilities that transformers' processors leave. */
class SamplerGoldenTest {
  private static final JsonObject GOLDEN = golden();

  private static JsonObject golden() {
    try {
      return JsonParser.parseString(
              Resources.toString(
                  Resources.getResource(SamplerGoldenTest.class, "sampling.json"),
                  StandardCharsets.UTF_8))
          .getAsJsonObject();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  static Stream<JsonElement> cases() {
    return StreamSupport.stream(GOLDEN.getAsJsonArray("cases").spliterator(), false);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void leavesTheSameProbabilities(JsonObject golden) {
    GenerationConfig config =
        GenerationConfig.with(
            c ->
                c.temperature(number(golden, "temperature", 1))
                    .topK((int) number(golden, "top_k", 0))
                    .topP(number(golden, "top_p", 1))
                    .minP(number(golden, "min_p", 0))
                    .repetitionPenalty(number(golden, "repetition_penalty", 1)));
    int[] prompt = list(GOLDEN, "prompt").mapToInt(Double::intValue).toArray();
    float[] logits =
        new Penalties(config, prompt).apply(Floats.toArray(list(GOLDEN, "logits").toList()));
    Sampler.Candidates candidates = Sampler.of(config).candidates(logits);
    double[] found = new double[logits.length];
    double before = 0;
    double total = candidates.sums()[candidates.sums().length - 1];
    for (int i = 0; i < candidates.ids().length; i++) {
      found[candidates.ids()[i]] = (candidates.sums()[i] - before) / total;
      before = candidates.sums()[i];
    }
    double[] expected = list(golden, "probabilities").mapToDouble(p -> p).toArray();
    assertThat(found).containsExactly(expected, within(1e-6));
    // what is left out is left out there too
    for (int id = 0; id < expected.length; id++) {
      assertThat(found[id] > 0).as("token %s", id).isEqualTo(expected[id] > 0);
    }
  }

  /** A fraction falls on a token as often as it is probable. */
  @ParameterizedTest
  @MethodSource("cases")
  void fractionsFallOnTokensByTheirWeight(JsonObject golden) {
    double[] probabilities = list(golden, "probabilities").mapToDouble(p -> p).toArray();
    int[] ids =
        java.util.stream.IntStream.range(0, probabilities.length)
            .filter(id -> probabilities[id] > 0)
            .toArray();
    double[] sums = new double[ids.length];
    double sum = 0;
    for (int i = 0; i < ids.length; i++) {
      sum += 7 * probabilities[ids[i]];
      sums[i] = sum;
    }
    Sampler.Candidates candidates = new Sampler.Candidates(ids, sums);
    int draws = 10_000;
    int[] counts = new int[probabilities.length];
    for (int i = 0; i < draws; i++) {
      counts[candidates.at((i + 0.5) / draws)]++;
    }
    for (int id = 0; id < counts.length; id++) {
      assertThat(counts[id] / (double) draws).isCloseTo(probabilities[id], within(1.5e-4));
    }
    assertThat(candidates.at(0)).isEqualTo(ids[0]);
    assertThat(Arrays.stream(ids).anyMatch(id -> id == candidates.at(Math.nextDown(1.0)))).isTrue();
  }

  private static double number(JsonObject object, String name, double otherwise) {
    return object.has(name) ? object.get(name).getAsDouble() : otherwise;
  }

  private static Stream<Double> list(JsonObject object, String name) {
    JsonArray array = object.getAsJsonArray(name);
    return StreamSupport.stream(array.spliterator(), false).map(JsonElement::getAsDouble);
  }
}
