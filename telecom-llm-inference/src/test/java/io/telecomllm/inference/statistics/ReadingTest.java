package io.telecomllm.inference.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReadingTest {
  private static final OptionProbabilities PLACES = OptionProbabilities.of(0.2, 0.5, 0.3);

  @Test
  void optionsHaveTheirNumbersInTheQuestion() {
    Reading reading = new Reading(List.of(1, 2, 0), PLACES);
    assertThat(reading.option()).isEqualTo(2);
    assertThat(reading.probabilities()).isEqualTo(OptionProbabilities.of(0.3, 0.2, 0.5));
    assertThat(new Reading(List.of(0, 1, 2), PLACES).probabilities()).isEqualTo(PLACES);
    assertThat(new Reading(List.of(0, 1, 2), PLACES).option()).isEqualTo(1);
  }

  @Test
  void ofEqualPlacesTheFirstIsChosen() {
    Reading reading = new Reading(List.of(1, 0), OptionProbabilities.of(0.5, 0.5));
    assertThat(reading.option()).isEqualTo(1);
    assertThat(reading.probabilities().best()).isEqualTo(0);
  }

  @Test
  void aQuestionFlipsIfAnotherOrderChoosesAnotherOption() {
    Reading first = new Reading(List.of(0, 1, 2), PLACES);
    Reading same = new Reading(List.of(0, 1, 2), OptionProbabilities.of(0.3, 0.4, 0.3));
    Reading other = new Reading(List.of(1, 2, 0), PLACES);
    assertThat(new QuestionReadings(List.of(first), 0).flips()).isFalse();
    assertThat(new QuestionReadings(List.of(first, same), 0).flips()).isFalse();
    assertThat(new QuestionReadings(List.of(first, same, other), 0).flips()).isTrue();
    assertThat(new QuestionReadings(List.of(first), 0).options()).isEqualTo(3);
  }

  @Test
  void readingsCanBeSent() throws IOException, ClassNotFoundException {
    QuestionReadings question =
        new QuestionReadings(List.of(new Reading(List.of(1, 2, 0), PLACES)), 2);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(question);
    }
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      assertThat(in.readObject()).isEqualTo(question);
    }
  }

  @Test
  void wrongValuesAreNamed() {
    assertThatThrownBy(() -> new Reading(List.of(0, 1), PLACES))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("2 options in the order, must be 3 as there are probabilities");
    assertThatThrownBy(() -> new Reading(List.of(0, 1, 1), PLACES))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("order is [0, 1, 1], must hold each number from 0 to 2 once");
    assertThatThrownBy(() -> new Reading(List.of(1, 2, 3), PLACES))
        .hasMessage("order is [1, 2, 3], must hold each number from 0 to 2 once");
    assertThatThrownBy(() -> new Reading(List.of(-1, 0, 1), PLACES))
        .hasMessageContaining("must hold each number from 0 to 2 once");
    Reading three = new Reading(List.of(0, 1, 2), PLACES);
    Reading two = new Reading(List.of(0, 1), OptionProbabilities.of(0, 1));
    assertThatThrownBy(() -> new QuestionReadings(List.of(), 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("there are no readings, expected at least one");
    assertThatThrownBy(() -> new QuestionReadings(List.of(three, two), 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("readings have [3, 2] options, must all have the same number");
    assertThatThrownBy(() -> new QuestionReadings(List.of(three), 3))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("answer is 3, must be 0 to 2");
    assertThatThrownBy(() -> new QuestionReadings(List.of(three), -1))
        .hasMessage("answer is -1, must be 0 to 2");
  }
}
