package io.telecomllm.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.telecomllm.model.LanguageModel;
import io.telecomllm.testing.TinyModel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Averages over orders of the options against asking in each order. */
class PermutationsTest {
  private static final String QUESTION = "What does the function do in the network?";
  private static LanguageModel model;

  @BeforeAll
  static void load() {
    model = TinyModel.load(600);
  }

  @AfterAll
  static void close() {
    model.close();
  }

  private static TelecomAnswerer answerer(int permutations) {
    return TelecomAnswerer.on(model).prompt(TinyModel.prompt()).permutations(permutations).build();
  }

  /** The geometric means of an option's probabilities over these orders, normalised. */
  private static double[] means(List<String> options, int[][] orders) {
    double[] means = new double[options.size()];
    try (TelecomAnswerer plain = answerer(1)) {
      for (int[] order : orders) {
        List<String> turned = Arrays.stream(order).mapToObj(options::get).toList();
        List<Double> found = plain.answer(QUESTION, turned).probabilities();
        for (int place = 0; place < order.length; place++) {
          means[order[place]] += Math.log(found.get(place)) / orders.length;
        }
      }
    }
    double sum = Arrays.stream(means).map(Math::exp).sum();
    return Arrays.stream(means).map(m -> Math.exp(m) / sum).toArray();
  }

  private static double[] found(int permutations, List<String> options) {
    try (TelecomAnswerer answerer = answerer(permutations)) {
      return answerer.answer(QUESTION, options).probabilities().stream()
          .mapToDouble(p -> p)
          .toArray();
    }
  }

  @Test
  void logProbabilitiesAreAveragedOverRotations() {
    List<String> options = List.of("It routes", "It charges", "It pages", "It stores");
    int[][] two = {{0, 1, 2, 3}, {2, 3, 0, 1}};
    int[][] all = {{0, 1, 2, 3}, {3, 0, 1, 2}, {2, 3, 0, 1}, {1, 2, 3, 0}};
    assertThat(found(2, options)).containsExactly(means(options, two), within(1e-5));
    assertThat(found(4, options)).containsExactly(means(options, all), within(1e-5));
    assertThat(found(9, options)).containsExactly(means(options, all), within(1e-5));
    // or the average would show nothing
    assertThat(means(options, all)[0]).isNotCloseTo(found(1, options)[0], within(1e-3));
  }

  @Test
  void optionsThatPointAtOthersStay() {
    List<String> options = List.of("It routes", "It charges", "All of the above");
    int[][] orders = {{0, 1, 2}, {1, 0, 2}};
    assertThat(found(4, options)).containsExactly(means(options, orders), within(1e-5));
    List<String> pointing = List.of("It routes", "It charges", "Both 1 and 2");
    assertThat(found(4, pointing)).isEqualTo(found(1, pointing));
  }

  /** The mean does not depend on the order in which options are given, but for near ties. */
  @Test
  void allRotationsGiveTheSameWhereverTheyBegin() {
    List<String> options = new ArrayList<>(List.of("It routes", "It charges", "It pages"));
    double[] first = found(3, options);
    options.add(options.remove(0));
    double[] turned = found(3, options);
    for (int i = 0; i < 3; i++) {
      assertThat(turned[i]).isCloseTo(first[(i + 1) % 3], within(1e-5));
    }
  }

  @ParameterizedTest
  @CsvSource({"0", "10"})
  void theNumberHasARange(int permutations) {
    assertThatThrownBy(() -> answerer(permutations))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("permutations is " + permutations);
  }
}
