package io.telecomllm.inference;

import static io.telecomllm.inference.calibration.AbstentionReason.Kind.NO_OPTION;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.telecomllm.inference.calibration.AbstentionReason;
import io.telecomllm.inference.calibration.CalibratedAnswer;
import io.telecomllm.inference.calibration.Evidence;
import io.telecomllm.inference.statistics.OptionProbabilities;
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
    assertThat(probabilities.indexOf(answer.confidence())).isEqualTo(answer.choice().option());
    assertThat(answer.choice().text()).isEqualTo(options.get(answer.choice().option()));
  }

  @Test
  void aChoiceIsChecked() {
    Evidence even = Evidence.of(OptionProbabilities.of(0.5, 0.5));
    Evidence three = Evidence.of(OptionProbabilities.of(0.5, 0.25, 0.25));
    List<String> options = List.of("a", "b");
    ModelChoice choice =
        new ModelChoice("?", options, CalibratedAnswer.own(even.probabilities()), even, List.of());
    assertThat(choice.option()).isZero();
    assertThat(choice.text()).isEqualTo("a");
    assertThatThrownBy(
            () ->
                new ModelChoice(
                    "?", options, CalibratedAnswer.own(even.probabilities()), three, List.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("3 probabilities for 2 options");
    assertThatThrownBy(
            () ->
                new ModelChoice(
                    "?", options, CalibratedAnswer.own(three.probabilities()), even, List.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("3 probabilities for 2 options");
    assertThatThrownBy(
            () -> new Abstained(choice, new AbstentionReason(NO_OPTION, "none", List.of(1, 2))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("candidate is 2, must be 0 to 1");
  }
}
