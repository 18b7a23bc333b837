package io.telecomllm.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class ChoicesTest {
  @Test
  void aQuestionHasTheSoftmaxOfItsOptions() {
    // ln 1, ln 2, ln 5: probabilities 1/8, 2/8, 5/8
    double[] logits = {0, Math.log(2), Math.log(5)};
    Choices wrong = Choices.of(logits, 1);
    assertThat(wrong.right()).isZero();
    assertThat(wrong.loss()).isCloseTo(Math.log(4), within(1e-12));
    assertThat(wrong.chance()).isEqualTo(Math.log(3));
    assertThat(Choices.of(logits, 2).right()).isEqualTo(1);
  }

  @Test
  void theFirstOfEqualOptionsIsChosen() {
    assertThat(Choices.of(new double[] {2, 2}, 0).right()).isEqualTo(1);
    assertThat(Choices.of(new double[] {2, 2}, 1).right()).isZero();
    assertThat(Choices.of(new double[] {2, 2}, 1).loss()).isEqualTo(Math.log(2));
  }

  @Test
  void hugeLogitsDoNotOverflow() {
    Choices one = Choices.of(new double[] {1e30, 0}, 1);
    assertThat(one.loss()).isEqualTo(1e30);
    assertThat(Choices.of(new double[] {Double.NaN, 1}, 1).loss()).isNaN();
    // a probability of 0 in any of several questions
    Choices never = Choices.of(new double[] {Double.NEGATIVE_INFINITY, 0}, 0);
    assertThat(one.plus(never).plus(one).loss()).isInfinite().isPositive();
  }

  @Property
  void aSumIsTheMeanOverAllQuestions(
      @ForAll @Size(min = 1, max = 8) List<@DoubleRange(min = -20, max = 20) Double> differences) {
    Choices sum = Choices.NONE;
    double loss = 0;
    int right = 0;
    for (double difference : differences) {
      Choices one = Choices.of(new double[] {difference, 0}, 0);
      sum = sum.plus(one);
      loss += Math.log1p(Math.exp(-difference));
      right += difference >= 0 ? 1 : 0;
    }
    assertThat(sum.questions()).isEqualTo(differences.size());
    assertThat(sum.right()).isEqualTo(right);
    assertThat(sum.loss()).isCloseTo(loss / differences.size(), within(1e-9));
    assertThat(sum.chance()).isCloseTo(Math.log(2), within(1e-9));
    assertThat(sum.plus(Choices.NONE)).isEqualTo(sum);
  }

  @Test
  void nothingHasNoLoss() {
    assertThat(Choices.NONE.loss()).isNaN();
    assertThat(Choices.NONE.accuracy().count()).isZero();
    assertThatThrownBy(() -> new Choices(2, 3, 1, 1))
        .hasMessage("right is 3, must be 0 to the 2 questions");
  }
}
