package io.telecomllm.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.telecomllm.model.LanguageModel;
import io.telecomllm.testing.TinyModel;
import java.util.List;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;
import net.jqwik.api.constraints.UniqueElements;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.junit.jupiter.api.Test;

class AnswerPropertiesTest {
  private static LanguageModel model;
  private static TelecomAnswerer answerer;

  @BeforeContainer
  static void open() {
    model = TinyModel.load(2000);
    answerer = TelecomAnswerer.on(model).prompt(TinyModel.prompt()).build();
  }

  @AfterContainer
  static void close() {
    answerer.close();
    model.close();
  }

  @Property(tries = 150)
  void anAnswerIsTheMostProbableOption(
      @ForAll @StringLength(max = 40) String question,
      @ForAll @Size(min = 2, max = 9) @UniqueElements
          List<@StringLength(max = 20) String> options) {
    Assume.that(!question.isBlank() && options.stream().noneMatch(String::isBlank));
    Answer answer = answerer.answer(question, options);
    assertThat(answer.options()).isEqualTo(options);
    List<Double> probabilities = answer.probabilities();
    assertThat(probabilities).hasSameSizeAs(options);
    assertThat(probabilities.stream().mapToDouble(p -> p).sum()).isCloseTo(1, within(1e-9));
    assertThat(probabilities).allMatch(p -> p >= 0 && p <= answer.confidence());
    assertThat(probabilities.indexOf(answer.confidence())).isEqualTo(answer.option());
    assertThat(answer.text()).isEqualTo(options.get(answer.option()));
  }

  @Test
  void anAnswerIsChecked() {
    List<String> options = List.of("a", "b");
    assertThat(new Answer("?", options, 0, List.of(0.5, 0.5), List.of(), List.of()).confidence())
        .isEqualTo(0.5);
    assertThatThrownBy(() -> new Answer("?", options, 0, List.of(0.25, 0.75), List.of(), List.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("option is 0, the most probable one is 1");
    assertThatThrownBy(() -> new Answer("?", options, 0, List.of(1.0), List.of(), List.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("1 probabilities for 2 options");
    for (List<Double> wrong : List.of(List.of(0.75, 0.75), List.of(Double.NaN, 1.0))) {
      assertThatThrownBy(() -> new Answer("?", options, 0, wrong, List.of(), List.of()))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("probabilities are %s, must be 0 to 1 and sum to 1", wrong);
    }
  }
}
